"""After an answer, the symptom questions are offered to somebody who may be unwell: the one place that decides it.

"My eye cream is finished and it is red again" is answered as a wish for a prescription, and rightly so; but nobody has
asked how ill the eye is. The intent gives way only to a message that is surely about an illness (nlu/complaints.py).
A yes begins the intake with that message, so what it told is not asked again. "Black spots before my eye, have you time
this week?" is a booking, and begins as one; the offer stands above its first question, since this may not wait a week.
"""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import List, Optional

from rasa_sdk.events import SlotSet
from sqlalchemy.orm import Session

from actions.base import Events, Speaker
from actions.turn import BESIDE, Event, Turn
from clinic import clock, database, encryption, vocabulary
from clinic.models import Intake
from clinic.settings import settings
from clinic.triage import intakes, reading
from clinic.triage.screen import CERTAIN, LIKELY

# The slot `offer` after the offer, and what its button is about.
OFFER, BEFORE = BESIDE, "before"
# An offer costs a line and a missed illness more, so it is made far below the 0.7 from which the intent gives way. Words
# that name a complaint may be nobody's ("a flu jab"), so the model has to think it possible at least.
PERHAPS_UNWELL, NAMED = 0.2, 0.01
# Who did not take it up has read it: it is not said again for so many turns, nor to who has just answered the questions.
TURNS, LATELY = 5, dt.timedelta(hours=1)
# Who goes on about the illness within so many turns means the offer all the same.
STILL_MEANT = 3
# What actions/emergency.py sets with the number to call: after it nobody is asked how they are.
ALARM = ("emergency", "acted")


def with_offer(turn: Turn, speak: Speaker, events: Events) -> Events:
    """Say the offer below an answer that is said already, where it fits; `events` are the answer's own."""
    if not _fits(turn):
        return events
    speak.say("utter_offer_questions")
    # First, so that a plain yes still gets the person whom the answer itself has offered.
    return [SlotSet("offer", OFFER), *events]


def accepted(turn: Turn) -> bool:
    """Whether the offer is taken up: by its button, or by a yes right after it."""
    if turn.is_tap:
        return turn.intent == "report_symptom" and turn.about == BEFORE
    return turn.offered == OFFER and turn.is_yes


def taken_up_in_words(turn: Turn) -> bool:
    """Whether "yes, ask me" is meant for the offer and not for the question of the form that stands below it."""
    return turn.offered == OFFER and not turn.is_tap and turn.is_yes and vocabulary.mentions("ask_me", turn.text)


def told_before(turn: Turn) -> Optional[Turn]:
    """The message below whose answer the offer stood that is accepted now; None when it is gone (a session later)."""
    return _message_above(turn, turn.earlier()) if accepted(turn) else None


def told_again(turn: Turn) -> Optional[Turn]:
    """The message that began a booking with the offer above it, where the next one goes on about the illness.

    "May I keep your number?" – "I only want to know whether she needs a doctor at all".
    """
    return None if turn.is_tap else _message_above(turn, turn.earlier()[:STILL_MEANT])


def _message_above(turn: Turn, earlier: List[List[Event]]) -> Optional[Turn]:
    said = next((segment[-1] for segment in earlier if _has(segment, "offer", OFFER)), None)
    if said is None:
        return None
    then = copy(turn.tracker)
    then.latest_message = dict(said.get("parse_data") or {})
    return Turn(then)


def _fits(turn: Turn) -> bool:
    if (
        (turn.in_form and not turn.opens_form)
        or turn.is_tap
        or not settings().intake
        or turn.danger.get("level") in (CERTAIN, LIKELY)
    ):
        return False
    return _may_be_unwell(turn) and not _too_soon(turn) and not asked_lately(turn)


def _may_be_unwell(turn: Turn) -> bool:
    if turn.unwell >= PERHAPS_UNWELL:
        return True
    if turn.in_form:  # a booking says what it is for: "a check-up", "my knee"
        return False
    return turn.unwell >= NAMED and bool(reading.read(turn.text, turn.language).complaints)


def _too_soon(turn: Turn) -> bool:
    return any(_has(segment, "offer", OFFER) or _has(segment, *ALARM) for segment in turn.earlier()[:TURNS])


def asked_lately(turn: Turn) -> bool:
    """Whether the questions were answered within the last hour."""
    with database.read() as session:
        return _of_late(session, turn) is not None


def told_lately(turn: Turn) -> Optional[intakes.Told]:
    """What the contact told in an intake that ended within the last hour; None also where nobody can read it."""
    with database.read() as session:
        newest = _of_late(session, turn)
        try:
            return intakes.told(newest) if newest is not None else None
        except encryption.Unreadable:
            return None


def _of_late(session: Session, turn: Turn) -> Optional[Intake]:
    newest = next(iter(intakes.of_contact(session, turn.contact_id)), None)
    return newest if newest is not None and newest.created_at > clock.now() - LATELY else None


def _has(segment: List[Event], slot: str, value: str) -> bool:
    return any((event.get("event"), event.get("name"), event.get("value")) == ("slot", slot, value) for event in segment)
