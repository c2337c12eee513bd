"""A booking in words: for the question before it is made and for the confirmation after."""

from __future__ import annotations

from datetime import date
from typing import Dict

from actions.base import Speaker
from actions.booking.state import Booking
from actions.turn import Turn
from clinic import database, directory, formats
from clinic.models import Appointment
from clinic.scheduling.booking import by_id


def held(booking: Booking) -> Appointment:
    """The appointment that the booking holds or has booked, with its details; NotBookable when it is gone."""
    with database.read() as session:
        return by_id(session, int(booking.appointment or 0))


def of_hold(booking: Booking, turn: Turn) -> Dict[str, str]:
    """`practitioner`, `slot` (day and time), `day`, `time`, `location`, `address` in the turn's language."""
    appointment = held(booking)
    language = turn.language
    return {
        "practitioner": formats.isolate(directory.practitioner_name(appointment.practitioner, language), language),
        "slot": formats.day_time(appointment.starts_at, language),
        "day": formats.day(appointment.starts_at, language),
        "time": formats.clock_time(appointment.starts_at, language),
        "location": directory.location_name(appointment.location, language),
        "address": formats.isolate(directory.in_language(appointment.location.address, language), language),
    }


def text_of(booking: Booking, turn: Turn, speak: Speaker) -> str:
    """The summary, a line each."""
    with database.read() as session:
        field = directory.specialty(session, booking.specialty or "")
    values = of_hold(booking, turn)
    values.pop("slot")
    return speak.text(
        "utter_summary",
        specialty=directory.specialty_name(field, turn.language) if field else "",
        name=formats.isolate(booking.name or "", turn.language),
        birth_date=formats.date(date.fromisoformat(booking.birth_date or ""), turn.language),
        **values,
    )
