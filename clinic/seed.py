"""Loads a clinic from a YAML file into the database; loading it again changes only what differs.

Rows are found by their identifier (or code); what the file does not mention is left alone, except a practitioner's
roles, schedule and time off and a location's hours, which become what the file says.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import audit, contacts, database
from clinic.models import (
    AppointmentType,
    Holiday,
    Location,
    OpeningHours,
    Organization,
    Practitioner,
    PractitionerRole,
    Schedule,
    Specialty,
    TimeOff,
)
from clinic.seedfacts import facts
from clinic.seedfile import Node, SeedError, read

DEMO = Path(__file__).resolve().parent / "demo" / "clinic.yml"
ROW_TITLE = 24
GENDERS = ("female", "male", "other", "unknown")

__all__ = ["DEMO", "SeedError", "load"]


def _upsert(session: Session, model: Any, key: dict[str, Any], **values: Any) -> Any:
    """The row with this key, made or brought to these values."""
    row = session.execute(select(model).filter_by(**key)).scalar_one_or_none()
    if row is None:
        row = model(**key)
        session.add(row)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    session.flush()
    return row


def _replace(session: Session, model: Any, owner: dict[str, int], wanted: Iterable[dict[str, Any]]) -> None:
    """Make the owner's rows be exactly these: what is there already stays, with its id."""
    missing = list(wanted)
    for row in session.execute(select(model).filter_by(**owner)).scalars():
        same = next((w for w in missing if all(getattr(row, name) == value for name, value in w.items())), None)
        if same is None:
            session.delete(row)
        else:
            missing.remove(same)
    session.flush()
    session.add_all(model(**owner, **values) for values in missing)
    session.flush()


def _phone(node: Node) -> str | None:
    if node.value is None:
        return None
    try:
        contacts.normalise_phone(node.text())
    except contacts.InvalidAddress as error:
        raise node.fail(str(error)) from None
    # As it is written: it is shown to people.
    return node.text()


def _organization(session: Session, node: Node) -> None:
    node.mapping(("identifier", "names", "phone", "facts"))
    identifier = node.get("identifier").identifier()
    other = session.execute(select(Organization.identifier).where(Organization.identifier != identifier)).scalar()
    if other is not None:
        # Otherwise patients would be offered the demo's doctors beside the clinic's own.
        raise node.fail(f"the database holds the clinic {other!r}: give {identifier!r} a CLINIC_DATABASE_URL of its own")
    _upsert(
        session,
        Organization,
        {"identifier": identifier},
        names=node.get("names").texts(),
        phone=_phone(node.get("phone")),
        facts=facts(node.get("facts")),
    )


def _location(session: Session, node: Node, position: int) -> Location:
    node.mapping(("identifier", "names", "address", "latitude", "longitude", "phone", "hours"))
    row: Location = _upsert(
        session,
        Location,
        {"identifier": node.get("identifier").identifier()},
        names=node.get("names").texts(),
        address=node.get("address").texts(),
        latitude=float(node.get("latitude").number(-90, 90)),
        longitude=float(node.get("longitude").number(-180, 180)),
        phone=_phone(node.get("phone")),
        position=position,
    )
    hours = node.get("hours")
    if not isinstance(hours.value, dict):
        raise hours.fail("opening hours per day are expected, such as {mon-fri: 08:00-18:00}")
    wanted = [
        {"weekday": weekday, "opens": opens, "closes": closes}
        for days in hours.value
        for weekday in Node(days, f"{hours.where}.{days}").weekdays()
        for opens, closes in hours.get(days).hours()
    ]
    _replace(session, OpeningHours, {"location_id": row.id}, wanted)
    return row


def _specialty(session: Session, node: Node, position: int) -> Specialty:
    node.mapping(("code", "names"))
    code, names = node.get("code").identifier(), node.get("names").texts(ROW_TITLE)
    row: Specialty = _upsert(session, Specialty, {"code": code}, names=names, position=position)
    return row


def _appointment_type(session: Session, node: Node, position: int, specialties: dict[str, int]) -> None:
    node.mapping(("code", "names", "minutes", "specialty"))
    specialty = node.get("specialty")
    _upsert(
        session,
        AppointmentType,
        {"code": node.get("code").identifier()},
        names=node.get("names").texts(),
        minutes=int(node.get("minutes").number(5, 480)),
        specialty_id=None if specialty.value is None else specialties[specialty.one_of(list(specialties))],
        position=position,
    )


def _stretches(node: Node, locations: dict[str, int]) -> list[dict[str, Any]]:
    """The rows of a practitioner's weekly schedule; SeedError where two overlap."""
    rows: list[dict[str, Any]] = []
    for entry in node.items():
        entry.mapping(("location", "days", "hours", "from", "to"))
        location = locations[entry.get("location").one_of(list(locations))]
        valid = {"valid_from": entry.get("from").optional_date(), "valid_to": entry.get("to").optional_date()}
        for weekday in entry.get("days").weekdays():
            for starts, ends in entry.get("hours").hours():
                # Stretches with dates may follow one another on the same weekday: those the calendar tells apart.
                dated = any(valid.values())
                if any(
                    not dated
                    and not (row["valid_from"] or row["valid_to"])
                    and row["weekday"] == weekday
                    and row["starts"] < ends
                    and row["ends"] > starts
                    for row in rows
                ):
                    raise entry.fail("overlaps another stretch of the same practitioner")
                rows.append({"location_id": location, "weekday": weekday, "starts": starts, "ends": ends, **valid})
    return rows


def _practitioner(session: Session, node: Node, specialties: dict[str, int], locations: dict[str, int]) -> None:
    node.mapping(("identifier", "name", "names", "gender", "languages", "active", "specialties", "schedule", "time_off"))
    row: Practitioner = _upsert(
        session,
        Practitioner,
        {"identifier": node.get("identifier").identifier()},
        name=node.get("name").text(),
        names=node.get("names").other_scripts(),
        gender=node.get("gender").one_of(GENDERS),
        languages=[language.text() for language in node.get("languages").items()],
        active=node.get("active").value is not False,
    )
    owner = {"practitioner_id": row.id}
    offered = [specialties[entry.one_of(list(specialties))] for entry in node.get("specialties").items()]
    if not offered:
        raise node.get("specialties").fail("at least one specialty is expected")
    schedule = _stretches(node.get("schedule"), locations)
    places = dict.fromkeys(stretch["location_id"] for stretch in schedule)
    roles = [{"specialty_id": specialty, "location_id": place} for specialty in offered for place in places]
    _replace(session, PractitionerRole, owner, roles)
    _replace(session, Schedule, owner, schedule)
    away = []
    for entry in node.get("time_off").items():
        entry.mapping(("from", "to"))
        starts_at, ends_at = entry.get("from").moment(), entry.get("to").moment(end=True)
        if ends_at <= starts_at:
            raise entry.fail("ends before it starts")
        away.append({"starts_at": starts_at, "ends_at": ends_at})
    _replace(session, TimeOff, owner, away)


def _holiday(session: Session, node: Node, locations: dict[str, int]) -> None:
    node.mapping(("names", "dates", "location"))
    place = node.get("location")
    location_id = None if place.value is None else locations[place.one_of(list(locations))]
    names = node.get("names").texts()
    for entry in node.get("dates").items():
        _upsert(session, Holiday, {"date": entry.day(), "location_id": location_id}, names=names)


def _known(session: Session, column: Any, model: Any) -> dict[str, int]:
    """identifier → id of everything in the database, so that a file may refer to what an earlier one brought."""
    return dict(session.execute(select(column, model.id)).all())


def load(path: Path | None = None) -> dict[str, int]:
    """Load the file (default: the demo clinic) in one transaction; how many entries of each kind it has.

    Raises SeedError, and changes nothing then.
    """
    content = read(path or DEMO)
    with database.transaction() as session:
        if content.get("organization").value is not None:
            _organization(session, content.get("organization"))
        for position, node in enumerate(content.get("locations").items()):
            _location(session, node, position)
        for position, node in enumerate(content.get("specialties").items()):
            _specialty(session, node, position)
        specialties = _known(session, Specialty.code, Specialty)
        locations = _known(session, Location.identifier, Location)
        for position, node in enumerate(content.get("appointment_types").items()):
            _appointment_type(session, node, position, specialties)
        for node in content.get("practitioners").items():
            _practitioner(session, node, specialties, locations)
        for node in content.get("holidays").items():
            _holiday(session, node, locations)
        audit.record(session, "system", "clinic.seeded", "organization", file=(path or DEMO).name)
    return {key: len(list(content.get(key).items())) for key in content.value if key != "organization"}
