"""A booking that takes the place of an appointment: same doctor, same patient, another time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Dict, Optional

from sqlalchemy.orm import Session

from actions import which
from actions.booking import understand
from actions.booking.state import Booking
from actions.turn import Turn
from clinic import directory
from clinic.models import Appointment
from clinic.settings import settings

ONE_DAY = timedelta(days=1)


def opening(session: Session, turn: Turn, consent: Optional[bool], appointment: Appointment) -> Booking:
    """The booking that moves `appointment`, with what the message wishes: a new time, another doctor."""
    kind = appointment.appointment_type.specialty
    same = appointment.practitioner.identifier
    booking = understand.with_patient(Booking(consent=consent, moves=appointment.id), appointment.patient)
    booking = understand.with_practitioner(session, booking, same, kind.code if kind else None)
    doctors = (str(entity["value"]) for entity in turn.entities("practitioner"))
    other = next((doctor for doctor in doctors if doctor != same), None)
    if other and directory.practitioner(session, other):
        booking = understand.with_practitioner(session, booking, other, turn.value("specialty"))
    return replace(booking, when=_new_time(turn, appointment.starts_at))


def _new_time(turn: Turn, old: datetime) -> Optional[Dict[str, Any]]:
    """The first time that is named and is not the old one's: "Tuesday's to Friday" means Friday."""
    local = old.astimezone(settings().time_zone)
    for entity in turn.entities("time"):
        resolved = entity.get("resolved") or {}
        when = {**resolved, "words": entity["value"], "dateless": bool(entity.get("dateless"))}
        if not resolved.get("from") or not resolved.get("to"):
            continue
        begins, ends = (datetime.fromisoformat(resolved[side]) for side in ("from", "to"))
        if when["dateless"] and not which.covers(entity, old):
            days = {
                side: datetime.combine(local.date(), moment.time(), local.tzinfo).isoformat()
                for side, moment in (("from", begins), ("to", ends))
            }
            return {**when, **days, "dateless": False}
        if not which.covers(entity, old):
            return when
        if resolved.get("grain") == "interval" and begins.date() == local.date() and ends - begins > ONE_DAY:
            # "from Tuesday to Friday" is read as a stretch
            return {**when, "from": (ends - ONE_DAY).isoformat(), "grain": "day"}
    return None
