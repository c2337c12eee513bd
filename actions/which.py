"""Which of their appointments somebody means: by a tap, by what was offered, by day, doctor or person, or by asking."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from rasa_sdk.events import SlotSet

from actions.base import Choice, Events, Speaker
from actions.booking import reading
from actions.booking.ask import HINT, shortened
from actions.turn import Turn
from clinic import database, directory, formats
from clinic.models import Appointment
from clinic.scheduling import booking
from clinic.settings import settings

# The slot `offer` after a question: "which-cancel" (a list is on the screen), "cancel-12" (this one, yes or no?).
CANCEL, MOVE = "cancel", "move"
INTENTS = {CANCEL: "cancel_appointment", MOVE: "reschedule_appointment"}
QUESTIONS = {CANCEL: "utter_which_cancel", MOVE: "utter_which_move"}
NAMED_BY = ("time", "practitioner", "relation", "specialty")
ROWS = 10


def coming(turn: Turn) -> List[Appointment]:
    """The contact's booked appointments that have not begun, the next one first."""
    with database.read() as session:
        return booking.upcoming(session, turn.contact_id)


def about(purpose: str, appointment: Appointment) -> str:
    """What a button carries that answers for this appointment: "cancel-12"."""
    return f"{purpose}-{appointment.id}"


def _id(purposes: Sequence[str], value: Optional[str]) -> Optional[int]:
    purpose, _, number = (value or "").partition("-")
    return int(number) if purpose in purposes and number.isdecimal() else None


def tapped(turn: Turn) -> Optional[int]:
    """The id of the appointment that a tapped button or row is about."""
    return _id(tuple(INTENTS), turn.about)


def offered(turn: Turn) -> Optional[int]:
    """The id of the appointment that the question before this message was about."""
    return None if turn.about else _id((CANCEL,), turn.offered)


def answers(turn: Turn) -> Optional[str]:
    """The purpose whose question a message like "the one on Tuesday" answers, if that was the question before it.

    A day after "shall I cancel it?" is the day to move it to.
    """
    if turn.intent != "inform" or turn.is_tap:
        return None
    if offered(turn) is not None and turn.entities("time"):
        return MOVE
    return next((purpose for purpose in INTENTS if turn.offered == f"which-{purpose}"), None)


def is_named(turn: Turn) -> bool:
    """Whether the message names a day, a doctor or a person."""
    return any(turn.entities(entity) for entity in NAMED_BY)


def covers(entity: Mapping[str, Any], moment: datetime) -> bool:
    """Whether a time that was named ("Tuesday", "at 3") is, or contains, this moment."""
    resolved = entity.get("resolved") or {}
    if not resolved.get("from") or not resolved.get("to"):
        return False
    begins, ends = (datetime.fromisoformat(resolved[side]).astimezone(settings().time_zone) for side in ("from", "to"))
    local = moment.astimezone(settings().time_zone)
    if entity.get("dateless"):
        return begins.time() <= local.time() and (local.time() < ends.time() or ends.time() == time.min)
    return begins <= local < ends


def _fits(turn: Turn) -> Dict[str, Callable[[Appointment], bool]]:
    """For each kind of thing that the message names: whether an appointment has it."""

    def names(kind: str, value: str) -> bool:
        return any(entity["value"] == value for entity in turn.entities(kind))

    return {
        "time": lambda one: any(covers(entity, one.starts_at) for entity in turn.entities("time")),
        "practitioner": lambda one: names("practitioner", one.practitioner.identifier),
        "relation": lambda one: names("relation", one.patient.relation),
        "specialty": lambda one: names("specialty", getattr(one.appointment_type.specialty, "code", "")),
    }


def fitting(turn: Turn, appointments: Sequence[Appointment]) -> List[Appointment]:
    """Those that have what the message names. What none of them has says nothing: it may be the wish for a new one."""
    left = list(appointments)
    for kind, fits in _fits(turn).items():
        if turn.entities(kind):
            left = [one for one in left if fits(one)] or left
    return left


def one(turn: Turn, appointments: Sequence[Appointment]) -> Optional[Appointment]:
    """The one that is meant; None when it could be several."""
    wanted = tapped(turn) or (None if is_named(turn) else offered(turn))
    if wanted is not None:
        return next((appointment for appointment in appointments if appointment.id == wanted), None)
    if (turn.offered or "").startswith("which-") and not turn.is_tap and not turn.entities("time"):
        ids = [str(appointment.id) for appointment in appointments]
        key = reading.key_by_place(turn.text, ids) or _by_number(turn.text, ids)
        if key:
            return next(appointment for appointment in appointments if str(appointment.id) == key)
    left = fitting(turn, appointments)
    return left[0] if len(left) == 1 else None


def _by_number(text: str, ids: Sequence[str]) -> Optional[str]:
    """ "2" for the second row."""
    bare = text.strip(" .!")
    number = int(bare) if bare.isdecimal() else 0
    return ids[number - 1] if 1 <= number <= len(ids) else None


def line(appointment: Appointment, turn: Turn, speak: Speaker) -> str:
    """An appointment in one line: when, with whom, where, for whom."""
    language = turn.language
    return speak.text(
        "utter_appointment_line",
        day=formats.day(appointment.starts_at, language),
        time=formats.clock_time(appointment.starts_at, language),
        practitioner=formats.isolate(directory.practitioner_name(appointment.practitioner, language), language),
        location=directory.location_name(appointment.location, language),
        name=formats.isolate(appointment.patient.name, language),
    )


def ask(turn: Turn, speak: Speaker, appointments: Sequence[Appointment], purpose: str) -> Events:
    """Show the next ten to choose from."""
    rows = [_row(appointment, turn.language, purpose) for appointment in appointments[:ROWS]]
    speak.say(QUESTIONS[purpose], rows)
    return [SlotSet("offer", f"which-{purpose}")]


def _row(appointment: Appointment, language: str, purpose: str) -> Choice:
    doctor = directory.practitioner_name(appointment.practitioner, language)
    return {
        "title": formats.slot_title(appointment.starts_at, language),
        "description": shortened(f"{doctor} · {appointment.patient.name}", HINT),
        "payload": f"/{INTENTS[purpose]}" + json.dumps({"about": about(purpose, appointment)}),
    }


def kept(turn: Turn, speak: Speaker) -> bool:
    """The answer to a no that is about an appointment: it stays. False when the no is about something else."""
    wanted = tapped(turn) or offered(turn)
    if wanted is None:
        return False
    still = next((one for one in coming(turn) if one.id == wanted), None)
    if still is None:
        speak.say_text("utter_choice_over")
    else:
        speak.say_text("utter_kept", appointment=line(still, turn, speak))
    return True
