"""What the database says about who could work when (`Offer`) and what stands against it (`Busy`)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.models import (
    OCCUPYING,
    Appointment,
    AppointmentType,
    Holiday,
    Practitioner,
    PractitionerRole,
    Schedule,
    Specialty,
    TimeOff,
    col,
)

# Longer than any appointment or working day: what touches the edge of a window is loaded too.
MARGIN = timedelta(days=2)


@dataclass(frozen=True)
class Offer:
    """A weekly stretch of one practitioner at one location, and how long a visit there takes."""

    practitioner_id: int
    practitioner_identifier: str
    location_id: int
    appointment_type_id: int
    minutes: int
    weekday: int
    starts: time
    ends: time
    valid_from: date | None
    valid_to: date | None

    def works_on(self, day: date) -> bool:
        """Whether the stretch happens on this local date (holidays aside)."""
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass
class Busy:
    """Taken stretches per practitioner (merged, sorted) and holidays."""

    starts: dict[int, list[datetime]] = field(default_factory=dict)
    ends: dict[int, list[datetime]] = field(default_factory=dict)
    holidays: set[tuple[date, int | None]] = field(default_factory=set)

    def add(self, practitioner_id: int, stretches: Iterable[tuple[datetime, datetime]]) -> None:
        """Take over a practitioner's stretches, in any order, overlapping or not."""
        starts: list[datetime] = []
        ends: list[datetime] = []
        for starts_at, ends_at in sorted(stretches):
            if ends and starts_at <= ends[-1]:
                ends[-1] = max(ends[-1], ends_at)
            else:
                starts.append(starts_at)
                ends.append(ends_at)
        self.starts[practitioner_id], self.ends[practitioner_id] = starts, ends

    def is_free(self, practitioner_id: int, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether nothing stands between the two instants."""
        ends = self.ends.get(practitioner_id, [])
        following = bisect_right(ends, starts_at)
        return following == len(ends) or self.starts[practitioner_id][following] >= ends_at

    def is_holiday(self, day: date, location_id: int) -> bool:
        """Whether the location is closed on this local date."""
        return (day, None) in self.holidays or (day, location_id) in self.holidays


def _usual_type(session: Session, specialty_id: int) -> AppointmentType | None:
    """The specialty's own first type, otherwise the first that belongs to no specialty."""
    statement = (
        select(AppointmentType)
        .where(or_(AppointmentType.specialty_id == specialty_id, col(AppointmentType.specialty_id).is_(None)))
        .order_by(col(AppointmentType.specialty_id).is_(None), AppointmentType.position, AppointmentType.id)
        .limit(1)
    )
    found: AppointmentType | None = session.execute(statement).scalar_one_or_none()
    return found


def _offers(session: Session, *conditions: object, kind: AppointmentType | None = None) -> list[Offer]:
    """Schedules of active practitioners whose role at that location meets the conditions; one specialty each.

    A practitioner of several specialties is offered with the first that matches, so that nothing appears twice.
    """
    statement = (
        select(Schedule, Practitioner.identifier, Specialty.id)
        .join(Practitioner, Practitioner.id == Schedule.practitioner_id)
        .join(
            PractitionerRole,
            and_(
                PractitionerRole.practitioner_id == Schedule.practitioner_id,
                PractitionerRole.location_id == Schedule.location_id,
            ),
        )
        .join(Specialty, Specialty.id == PractitionerRole.specialty_id)
        .where(col(Practitioner.active).is_(True), *conditions)
        .order_by(Schedule.id, PractitionerRole.id)
    )
    found: dict[int, Offer] = {}
    types: dict[int, AppointmentType | None] = {}
    for schedule, identifier, specialty_id in session.execute(statement):
        if kind is None and specialty_id not in types:
            types[specialty_id] = _usual_type(session, specialty_id)
        visit = kind or types[specialty_id]
        if visit is None or schedule.id in found:
            continue
        found[schedule.id] = Offer(
            practitioner_id=schedule.practitioner_id,
            practitioner_identifier=identifier,
            location_id=schedule.location_id,
            appointment_type_id=visit.id,
            minutes=visit.minutes,
            weekday=schedule.weekday,
            starts=schedule.starts,
            ends=schedule.ends,
            valid_from=schedule.valid_from,
            valid_to=schedule.valid_to,
        )
    return list(found.values())


def _of_type(kind: AppointmentType) -> list[object]:
    return [] if kind.specialty_id is None else [Specialty.id == kind.specialty_id]


def offers(session: Session, specialty: str | None, practitioner: str | None, appointment_type: str | None) -> list[Offer]:
    """What matches a specialty's code, a practitioner's identifier and a type's code (each may be None)."""
    conditions: list[object] = []
    if specialty is not None:
        conditions.append(Specialty.code == specialty)
    if practitioner is not None:
        conditions.append(Practitioner.identifier == practitioner)
    if appointment_type is None:
        return _offers(session, *conditions)
    kind = session.execute(select(AppointmentType).where(AppointmentType.code == appointment_type)).scalar_one_or_none()
    return [] if kind is None else _offers(session, *conditions, *_of_type(kind), kind=kind)


def offers_of(session: Session, practitioner_id: int, appointment_type_id: int) -> list[Offer]:
    """What one practitioner offers of one appointment type."""
    kind = session.get(AppointmentType, appointment_type_id)
    if kind is None:
        return []
    return _offers(session, Practitioner.id == practitioner_id, *_of_type(kind), kind=kind)


def busy(session: Session, practitioner_ids: set[int], start: datetime, end: datetime, holder: int | None = None) -> Busy:
    """What is taken around the stretch. Holds count until they expire, and not at all for the contact `holder`."""
    first, last = start - MARGIN, end + MARGIN
    taken: dict[int, list[tuple[datetime, datetime]]] = {id_: [] for id_ in practitioner_ids}
    appointments = select(Appointment.practitioner_id, Appointment.starts_at, Appointment.ends_at).where(
        col(Appointment.practitioner_id).in_(practitioner_ids),
        col(Appointment.status).in_(OCCUPYING),
        or_(Appointment.status != "held", col(Appointment.held_until) > clock.now()),
        Appointment.ends_at > first,
        Appointment.starts_at < last,
    )
    if holder is not None:
        appointments = appointments.where(or_(Appointment.status != "held", Appointment.contact_id != holder))
    time_off = select(TimeOff.practitioner_id, TimeOff.starts_at, TimeOff.ends_at).where(
        col(TimeOff.practitioner_id).in_(practitioner_ids), TimeOff.ends_at > first, TimeOff.starts_at < last
    )
    for statement in (appointments, time_off):
        for practitioner_id, starts_at, ends_at in session.execute(statement):
            taken[practitioner_id].append((starts_at, ends_at))
    found = Busy()
    for practitioner_id, stretches in taken.items():
        found.add(practitioner_id, stretches)
    holidays = select(Holiday.date, Holiday.location_id).where(col(Holiday.date).between(first.date(), last.date()))
    found.holidays = {(day, location_id) for day, location_id in session.execute(holidays)}
    return found
