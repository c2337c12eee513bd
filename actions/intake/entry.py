"""Where an intake begins, whatever the model took the message for: as soon as its words or the model name a complaint."""

from __future__ import annotations

from typing import Optional

from rasa_sdk.events import FollowupAction

from actions.base import Events
from actions.intake import answers
from actions.intake.form import opened
from actions.intake.offer import PERHAPS_UNWELL, told_again, told_lately
from actions.intake.state import Intake
from actions.turn import Turn
from clinic.settings import settings
from clinic.triage.protocols import leading

# From here on it is asked what the complaint is, where none is sure.
SOUNDS_UNWELL = 0.5


def tells(turn: Turn, intake: Intake) -> bool:
    """Whether a message, with the intake that it opens, tells of an illness.

    From PERHAPS_UNWELL on the model has its say about the complaint; where it is sure of none, those that the words name
    count all the same.
    """
    if intake.protocols or turn.unwell >= SOUNDS_UNWELL:
        return True
    return turn.unwell >= PERHAPS_UNWELL and bool(answers.told(turn).complaints)


def begins(turn: Turn) -> Optional[Events]:
    """Events that open the intake with this message; None in a form, for a tap, switched off, or of nobody's illness."""
    if turn.in_form or turn.is_tap or not settings().intake:
        return None
    if asks_on(turn):
        return None
    intake = opened(turn)
    return into(intake) if tells(turn, intake) else None


def asks_on(turn: Turn) -> bool:
    """Whether a message after a verdict names nothing new or worse: "may she go to school with that cough?"."""
    before = told_lately(turn)
    if before is None:
        return False
    now = answers.told(turn)
    named = {protocol.name for protocol in leading(list(now.complaints), list(now.parts))} if now.complaints else set()
    known = {name for name, value in before.known.items() if value is True}
    return named <= {before.verdict.protocol} and {*now.signs} <= known and now.known.get("course") != "worse"


def into(intake: Intake) -> Events:
    """Events that open the form with this intake."""
    return [*Intake.cleared(), intake.kept(), FollowupAction(Intake.FORM)]


def instead_of_booking(turn: Turn) -> Optional[Events]:
    """Events that open the intake, to follow the leaving of a booking; None where the illness was not told twice."""
    before = told_again(turn) if settings().intake else None
    if before is None:
        return None
    first = opened(before)
    return into(answers.added(first, answers.told(turn)) if first.protocols else opened(turn))
