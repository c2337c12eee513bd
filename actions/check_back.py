"""Asking the next day how it is, where the patient wants it; and what the answer leads to."""

from __future__ import annotations

from typing import Optional

from rasa_sdk.events import FollowupAction

from actions.base import Events, Speaker
from actions.intake.state import Intake
from actions.turn import Turn
from clinic import database
from clinic.triage import followups, replies
from clinic.triage.protocols import protocols

OFFER = "check_back"


def promise(turn: Turn, speak: Speaker) -> Events:
    """Yes to "shall I ask tomorrow?"."""
    with database.transaction() as session:
        promised = followups.promise(session, turn.contact_id, turn.language)
    speak.say_text("utter_check_back_promised" if promised else "utter_choice_over")
    return []


def accepted(turn: Turn) -> bool:
    """Whether an answer to the offer begins with a yes, whatever comes behind it ("yes, and may I give her …?")."""
    said = None if turn.is_tap or turn.offered != OFFER else replies.reply(turn.text, turn.language)
    return said is not None and said.yes


def answered(turn: Turn, speak: Speaker) -> Optional[Events]:
    """The answer to "how is it today?"; None when the message is none. Worse is triaged again."""
    answer = turn.value("answer")
    if answer not in followups.ANSWERS:
        return None
    if answer != followups.WORSE:
        speak.say("utter_check_better" if answer == followups.BETTER else "utter_check_same")
        return []
    with database.read() as session:
        complaint = followups.last_complaint(session, turn.contact_id)
    if complaint is None or complaint not in protocols():
        return None
    protocol = protocols()[complaint]
    again = Intake(protocols=(complaint,), known={**dict.fromkeys(protocol.implies, True), "course": "worse"})
    return [*Intake.cleared(), again.kept(), FollowupAction(Intake.FORM)]
