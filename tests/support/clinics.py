"""Small clinics for tests: exactly the doctors and hours that a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import select

from clinic import consent, contacts, database, patients
from clinic.models import (
    AppointmentType,
    Contact,
    Location,
    Organization,
    Patient,
    Practitioner,
    PractitionerRole,
    Schedule,
    Specialty,
)

EVERY_DAY = tuple(range(7))


def doctor(
    identifier: str = "anna-weber",
    *,
    hours: Sequence[tuple[str, str]] = (("09:00", "12:00"),),
    days: Sequence[int] = EVERY_DAY,
    specialty: str = "dermatology",
    minutes: int = 20,
    location: str = "main",
    **schedule: Any,
) -> int:
    """A doctor's id; specialty, its usual visit, location and clinic are made when they are not there yet."""
    with database.transaction() as session:

        def one(model: Any, key: dict[str, Any], **values: Any) -> Any:
            row = session.execute(select(model).filter_by(**key)).scalar_one_or_none()
            if row is None:
                row = model(**key, **values)
                session.add(row)
                session.flush()
            return row

        one(Organization, {"identifier": "test"}, names={"en": "Test clinic"}, facts={})
        place = one(
            Location,
            {"identifier": location},
            names={"en": location},
            address={"en": "1 Road"},
            latitude=1.0,
            longitude=2.0,
        )
        field = one(Specialty, {"code": specialty}, names={"en": specialty})
        one(AppointmentType, {"code": specialty}, names={"en": specialty}, minutes=minutes, specialty_id=field.id)
        person = one(
            Practitioner,
            {"identifier": identifier},
            name=f"Dr. {identifier}",
            names={},
            gender="female",
            languages=["en"],
        )
        one(PractitionerRole, {"practitioner_id": person.id, "specialty_id": field.id, "location_id": place.id})
        for weekday in days:
            for starts, ends in hours:
                stretch = {"weekday": weekday, "starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
                session.add(Schedule(practitioner_id=person.id, location_id=place.id, **stretch, **schedule))
        identity: int = person.id
    return identity


def contact(number: int = 1) -> Contact:
    """A contact that agreed to booking, with a phone of its own."""
    with database.transaction() as session:
        found = contacts.by_address(session, phone=f"+4915200000{number:03d}")
        consent.grant(found.id, session=session)
    return found


def patient(contact_id: int, name: str = "Maria Schmidt") -> Patient:
    """A patient of the contact."""
    return patients.find_or_create(contact_id, name, date(1985, 3, 12), "self")
