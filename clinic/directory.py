"""What the clinic is: its locations, specialties, doctors, hours and holidays, for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from clinic import clock
from clinic.models import (
    Holiday,
    Location,
    OpeningHours,
    Organization,
    Practitioner,
    PractitionerRole,
    Schedule,
    Specialty,
    col,
)
from clinic.settings import settings

# practitioner's id → (location, weekdays from Monday = 0), in order
Weeks = Mapping[int, Sequence[tuple[Location, Sequence[int]]]]

_DETAILS = (
    selectinload(Practitioner.roles).options(joinedload(PractitionerRole.specialty), joinedload(PractitionerRole.location)),
)


class NotSeeded(LookupError):
    """The database knows no clinic yet."""


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`, else in the clinic's default language, else in English, else any; "" of nothing."""
    for code in (language, settings().default_language, "en"):
        if texts.get(code):
            return texts[code]
    return next(iter(texts.values()), "")


def organization(session: Session) -> Organization:
    """The clinic itself; NotSeeded when there is none."""
    found: Organization | None = session.execute(select(Organization).order_by(Organization.id).limit(1)).scalar()
    if found is None:
        raise NotSeeded("the database holds no clinic: run `make seed`, or `python -m clinic seed --file your-clinic.yml`")
    return found


def fact(session: Session, topic: str, language: str) -> str | None:
    """The clinic's own text about a topic ("insurance", "documents") in exactly this language, or None."""
    texts: Mapping[str, str] = organization(session).facts.get(topic) or {}
    return texts.get(language) or None


def specialties(session: Session) -> list[Specialty]:
    """Those that at least one active practitioner offers, in the clinic's order."""
    offered = (
        select(PractitionerRole.specialty_id)
        .join(Practitioner, Practitioner.id == PractitionerRole.practitioner_id)
        .where(col(Practitioner.active).is_(True))
    )
    statement = select(Specialty).where(col(Specialty.id).in_(offered)).order_by(Specialty.position, Specialty.id)
    return list(session.execute(statement).scalars())


def specialty(session: Session, code: str) -> Specialty | None:
    """The specialty with this code."""
    found: Specialty | None = session.execute(select(Specialty).where(Specialty.code == code)).scalar_one_or_none()
    return found


def practitioners(session: Session, specialty: str | None = None) -> list[Practitioner]:
    """Active practitioners (of a specialty's code) by id; `roles` with specialty and location are loaded."""
    statement = select(Practitioner).where(col(Practitioner.active).is_(True)).options(*_DETAILS).order_by(Practitioner.id)
    if specialty is not None:
        having = (
            select(PractitionerRole.practitioner_id)
            .join(Specialty, Specialty.id == PractitionerRole.specialty_id)
            .where(Specialty.code == specialty)
        )
        statement = statement.where(col(Practitioner.id).in_(having))
    return list(session.execute(statement).scalars())


def practitioner(session: Session, identifier: str) -> Practitioner | None:
    """The practitioner with this identifier (active or not), `roles` loaded."""
    statement = select(Practitioner).where(Practitioner.identifier == identifier).options(*_DETAILS)
    found: Practitioner | None = session.execute(statement).scalar_one_or_none()
    return found


def locations(session: Session) -> list[Location]:
    """All locations in the clinic's order, `opening_hours` loaded."""
    statement = select(Location).options(selectinload(Location.opening_hours)).order_by(Location.position, Location.id)
    return list(session.execute(statement).scalars())


def location(session: Session, location_id: int) -> Location | None:
    """The location with this id, `opening_hours` loaded."""
    statement = select(Location).where(Location.id == location_id).options(selectinload(Location.opening_hours))
    found: Location | None = session.execute(statement).scalar_one_or_none()
    return found


def working_weeks(session: Session) -> Weeks:
    """On which weekdays every practitioner works where, by the schedules that hold today."""
    now = today()
    statement = select(Schedule).order_by(Schedule.weekday, Schedule.starts)
    places = {place.id: place for place in locations(session)}
    found: dict[int, dict[int, list[int]]] = {}
    for entry in session.execute(statement).scalars():
        if (entry.valid_from or now) <= now <= (entry.valid_to or now):
            days = found.setdefault(entry.practitioner_id, {}).setdefault(entry.location_id, [])
            if entry.weekday not in days:
                days.append(entry.weekday)
    return {who: [(places[place], days) for place, days in there.items()] for who, there in found.items()}


def specialty_name(specialty: Specialty, language: str) -> str:
    """How the language calls the specialty."""
    return in_language(specialty.names, language)


def location_name(location: Location, language: str) -> str:
    """How the language calls the location."""
    return in_language(location.names, language)


def practitioner_name(practitioner: Practitioner, language: str) -> str:
    """The doctor's name, with title, in the language's script; the Latin one where there is no other."""
    return practitioner.names.get(language) or practitioner.name


def opening_hours(session: Session, location_id: int) -> list[OpeningHours]:
    """The weekly opening hours of a location (local times), Monday first."""
    statement = (
        select(OpeningHours)
        .where(OpeningHours.location_id == location_id)
        .order_by(OpeningHours.weekday, OpeningHours.opens)
    )
    return list(session.execute(statement).scalars())


def today() -> date:
    """The date on the clinic's calendar."""
    return clock.now().astimezone(settings().time_zone).date()


def holidays(session: Session, from_date: date | None = None, days: int = 60) -> list[Holiday]:
    """Holidays from a local date on (default: today) for `days` days, the next one first."""
    first = from_date or today()
    statement = (
        select(Holiday)
        .where(Holiday.date >= first, Holiday.date < first + timedelta(days=days))
        .order_by(Holiday.date, Holiday.location_id)
    )
    return list(session.execute(statement).scalars())
