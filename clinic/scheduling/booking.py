"""Holding, booking and cancelling. Every function is one transaction and writes the audit log.

The database has the last word on double booking (`appointments_overlap`); the row locks on contact and
practitioner only make concurrent bookers queue instead of meeting in a deadlock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, joinedload

from clinic import audit, clock, database
from clinic.models import Appointment, AppointmentType, Contact, Patient, Practitioner, col
from clinic.scheduling.slots import FreeSlot, InvalidKey, slot_at
from clinic.settings import settings

CONSTRAINT = "appointments_overlap"
# Expired holds are kept for this long, so that a slow patient can still confirm what nobody else took.
KEEP_EXPIRED = timedelta(days=1)
_DETAILS = (
    joinedload(Appointment.patient),
    joinedload(Appointment.practitioner),
    joinedload(Appointment.location),
    joinedload(Appointment.appointment_type).joinedload(AppointmentType.specialty),
)

Result = TypeVar("Result")


class SlotTaken(Exception):
    """The slot is not free, or no longer: offer other ones."""


class NotBookable(Exception):
    """What was asked for can not be done at all: no slot's key, no such appointment, not theirs, or over."""


def _transaction(work: Callable[[Session], Result]) -> Result:
    """Run `work` in a transaction; a refusal by the overlap constraint becomes SlotTaken."""

    def once() -> Result:
        with database.transaction() as session:
            return work(session)

    try:
        return database.retrying(once)
    except DBAPIError as error:
        if CONSTRAINT in str(error.orig):
            raise SlotTaken("the database has an overlapping appointment") from error
        raise


def _loaded(session: Session, appointment_id: int, *, lock: bool = False) -> Appointment | None:
    """The appointment with patient, practitioner, location and type, usable after the session is closed."""
    if lock:
        session.execute(select(Appointment.id).where(Appointment.id == appointment_id).with_for_update())
    statement = select(Appointment).where(Appointment.id == appointment_id).options(*_DETAILS)
    found: Appointment | None = session.execute(
        statement, execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    return found


def _own(session: Session, appointment_id: int, contact_id: int) -> Appointment:
    """The locked appointment if it is the contact's, otherwise NotBookable."""
    found = _loaded(session, appointment_id, lock=True)
    if found is None or found.contact_id != contact_id:
        raise NotBookable(f"contact {contact_id} has no appointment {appointment_id}")
    return found


def _record(session: Session, action: str, appointment: Appointment) -> None:
    audit.record(
        session,
        f"contact:{appointment.contact_id}",
        f"appointment.{action}",
        f"appointment:{appointment.id}",
        practitioner=appointment.practitioner_id,
        starts_at=appointment.starts_at.isoformat(),
    )


def _clear_holds(session: Session, contact_id: int, slot: FreeSlot) -> None:
    """Delete this contact's holds, expired holds that stand in the slot's way, and those expired long ago."""
    now = clock.now()
    in_the_way = and_(
        Appointment.practitioner_id == slot.practitioner_id,
        Appointment.starts_at < slot.ends_at,
        Appointment.ends_at > slot.starts_at,
        col(Appointment.held_until) <= now,
    )
    unwanted = or_(Appointment.contact_id == contact_id, in_the_way, col(Appointment.held_until) <= now - KEEP_EXPIRED)
    session.execute(
        delete(Appointment).where(Appointment.status == "held", unwanted),
        execution_options={"synchronize_session": False},
    )


def _queue_up(session: Session, contact_id: int, practitioner_id: int) -> None:
    """Wait for whoever else holds for this contact or with this practitioner just now; always in this order."""
    for row, identity in ((Contact.id, contact_id), (Practitioner.id, practitioner_id)):
        session.execute(select(row).where(row == identity).with_for_update(key_share=True))


def _hold_until() -> datetime:
    return clock.now() + timedelta(minutes=settings().hold_minutes)


def hold(contact_id: int, key: str) -> Appointment:
    """Keep the slot with this key for the contact, who has `CLINIC_HOLD_MINUTES` to confirm; other holds of theirs go.

    Raises SlotTaken when it is no longer free (or past, or never was a slot: offer others), NotBookable when the key
    is none.
    """
    try:
        wanted = FreeSlot.parse(key)
    except InvalidKey as error:
        raise NotBookable(str(error)) from error

    def work(session: Session) -> Appointment:
        if wanted.starts_at <= clock.now():
            raise SlotTaken("the slot lies in the past")
        _queue_up(session, contact_id, wanted.practitioner_id)
        slot = slot_at(session, key, holder=contact_id)
        if slot is None:
            raise SlotTaken("the slot is not free")
        _clear_holds(session, contact_id, slot)
        appointment = Appointment(
            contact_id=contact_id,
            practitioner_id=slot.practitioner_id,
            location_id=slot.location_id,
            appointment_type_id=slot.appointment_type_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            status="held",
            held_until=_hold_until(),
        )
        session.add(appointment)
        session.flush()
        _record(session, "held", appointment)
        return _loaded(session, appointment.id) or appointment

    return _transaction(work)


def _key(appointment: Appointment) -> str:
    return FreeSlot(
        practitioner_id=appointment.practitioner_id,
        practitioner_identifier="",
        location_id=appointment.location_id,
        appointment_type_id=appointment.appointment_type_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    ).key


def confirm(appointment_id: int, contact_id: int, patient_id: int) -> Appointment:
    """Book what the contact holds, for one of its patients. Confirming again gives the same row back.

    An expired hold still counts while nobody else has taken the slot. Raises SlotTaken when the slot is gone (the hold
    may be gone with it) or past, NotBookable on somebody else's hold or patient, and on what is cancelled or over.
    """

    return _transaction(lambda session: _confirm(session, appointment_id, contact_id, patient_id))


def _confirm(session: Session, appointment_id: int, contact_id: int, patient_id: int) -> Appointment:
    patient = session.get(Patient, patient_id)
    if patient is None or patient.contact_id != contact_id:
        raise NotBookable(f"contact {contact_id} has no patient {patient_id}")
    found = _loaded(session, appointment_id, lock=True)
    if found is None:
        raise SlotTaken("the hold expired and is gone")
    if found.contact_id != contact_id:
        raise NotBookable(f"contact {contact_id} has no appointment {appointment_id}")
    if found.status == "booked":
        return found
    if found.status != "held":
        raise NotBookable(f"appointment {appointment_id} is {found.status}")
    if found.starts_at <= clock.now():
        raise SlotTaken("the slot lies in the past")
    if slot_at(session, _key(found), holder=contact_id) is None:
        raise SlotTaken("the slot is no longer offered")
    found.status, found.patient_id = "booked", patient_id
    found.held_until, found.booked_at = None, clock.now()
    session.flush()
    _record(session, "booked", found)
    return _loaded(session, appointment_id) or found


def move(old_id: int, hold_id: int, contact_id: int, patient_id: int) -> Appointment:
    """Book what the contact holds instead of its appointment `old_id`: both happen or neither. Again changes nothing.

    An old one that is cancelled already or has begun stays as it is. Raises what `confirm` raises.
    """

    def work(session: Session) -> Appointment:
        old = _own(session, old_id, contact_id)
        new = _confirm(session, hold_id, contact_id, patient_id)
        if old.id != new.id and old.status == "booked" and old.starts_at > clock.now():
            _cancel(session, old)
        return new

    return _transaction(work)


def release(appointment_id: int, contact_id: int) -> None:
    """Let a hold of the contact go. Nothing happens when it is gone already or not a hold of theirs."""

    def work(session: Session) -> None:
        found = _loaded(session, appointment_id, lock=True)
        if found is not None and found.contact_id == contact_id and found.status == "held":
            _record(session, "released", found)
            session.delete(found)

    _transaction(work)


def cancel(appointment_id: int, contact_id: int) -> Appointment:
    """Cancel a booked appointment of the contact; the slot is free again. Cancelling twice changes nothing.

    Raises NotBookable when it is not theirs, not booked, or has begun.
    """

    def work(session: Session) -> Appointment:
        found = _own(session, appointment_id, contact_id)
        if found.status == "cancelled":
            return found
        if found.status != "booked":
            raise NotBookable(f"appointment {appointment_id} is {found.status}")
        if found.starts_at <= clock.now():
            raise NotBookable("the appointment has begun already")
        _cancel(session, found)
        return found

    return _transaction(work)


def _cancel(session: Session, appointment: Appointment) -> None:
    appointment.status, appointment.cancelled_at = "cancelled", clock.now()
    _record(session, "cancelled", appointment)


def by_id(session: Session, appointment_id: int) -> Appointment:
    """The appointment with patient, practitioner, location and type loaded; NotBookable when there is none."""
    found = _loaded(session, appointment_id)
    if found is None:
        raise NotBookable(f"there is no appointment {appointment_id}")
    return found


def upcoming(session: Session, contact_id: int) -> list[Appointment]:
    """The contact's booked appointments that have not begun, the next one first, with all details loaded."""
    statement = (
        select(Appointment)
        .where(Appointment.contact_id == contact_id, Appointment.status == "booked", Appointment.starts_at > clock.now())
        .options(*_DETAILS)
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return list(session.execute(statement).scalars())


def between(session: Session, start: datetime, end: datetime) -> list[Appointment]:
    """All appointments that start from `start` up to and without `end` (aware), whatever their status, by time."""
    statement = (
        select(Appointment)
        .where(Appointment.starts_at >= start, Appointment.starts_at < end)
        .options(*_DETAILS)
        .order_by(Appointment.starts_at, Appointment.practitioner_id, Appointment.id)
    )
    return list(session.execute(statement).scalars())


def coming(session: Session, limit: int = 100) -> list[Appointment]:
    """Everybody's booked appointments that have not begun, the next one first, with all details loaded."""
    statement = (
        select(Appointment)
        .where(Appointment.status == "booked", Appointment.starts_at > clock.now())
        .options(*_DETAILS)
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(limit)
    )
    return list(session.execute(statement).scalars())
