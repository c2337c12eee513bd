"""The demo clinic in the database, a clinic's own file, and the directory that reads it."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from clinic import clock, database, directory, seed
from clinic.models import Base, TimeOff
from clinic.scheduling.slots import free_slots
from clinic.seed import SeedError
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.topics import TOPICS

pytestmark = pytest.mark.usefixtures("database_url")
TWO_DOCTORS = ("dermatology", "general_practice", "paediatrics", "gynaecology", "dentistry")


def everything() -> dict[str, list[Any]]:
    """All rows of the clinic's own tables."""
    with database.read() as session:
        return {
            name: [tuple(row) for row in session.execute(text(f"SELECT * FROM {name} ORDER BY id"))]
            for name in Base.metadata.tables
            if name != "audit_log"
        }


def test_seeding_again_changes_nothing() -> None:
    counts = seed.load()
    before = everything()
    assert seed.load() == counts
    assert everything() == before


def test_the_demo_clinic_is_complete() -> None:
    assert seed.load()["practitioners"] == 14
    with database.read() as session:
        house = directory.organization(session)
        for language in SUPPORTED_LANGUAGES:
            assert house.names[language]
            for topic in house.facts.keys() - {"contact"}:
                assert 50 < len(directory.fact(session, topic, language) or "") < 900, topic
        assert house.facts.keys() == {*TOPICS} - {"opening_hours", "location"}, "those two stand in other tables"
        assert directory.fact(session, "insurance", "fr") is None
        assert directory.fact(session, "contact", "en") is None
        specialties = directory.specialties(session)
        assert len(specialties) == 9
        for specialty in specialties:
            doctors = directory.practitioners(session, specialty.code)
            assert len(doctors) >= (2 if specialty.code in TWO_DOCTORS else 1)
            assert all(len(directory.specialty_name(specialty, language)) <= 24 for language in SUPPORTED_LANGUAGES)
            assert len(free_slots(session, specialty=specialty.code, start=clock.now())) == 9
        for person in directory.practitioners(session):
            assert {role.location.identifier for role in person.roles} <= {"kreuzberg", "neukoelln"}
            assert all(len(directory.practitioner_name(person, language)) <= 24 for language in SUPPORTED_LANGUAGES)
            assert {"ar", "ru"} <= set(person.names)
        assert {place.identifier for place in directory.locations(session)} == {"kreuzberg", "neukoelln"}


def test_doctors_work_while_their_location_is_open() -> None:
    seed.load()
    with database.read() as session:
        outside = session.execute(
            text(
                "SELECT s.id FROM schedules s WHERE NOT EXISTS (SELECT 1 FROM opening_hours o WHERE o.location_id = "
                "s.location_id AND o.weekday = s.weekday AND o.opens <= s.starts AND s.ends <= o.closes)"
            )
        )
        assert list(outside) == []


def test_nobody_works_in_two_places_at_once() -> None:
    seed.load()
    with database.read() as session:
        twice = session.execute(
            text(
                "SELECT a.id, b.id FROM schedules a JOIN schedules b ON a.practitioner_id = b.practitioner_id AND "
                "a.weekday = b.weekday AND a.id < b.id AND a.starts < b.ends AND b.starts < a.ends"
            )
        )
        assert list(twice) == []


def test_names_in_other_scripts() -> None:
    seed.load()
    with database.read() as session:
        anna = directory.practitioner(session, "anna-weber")
        assert anna is not None
        assert [directory.practitioner_name(anna, code) for code in ("en", "de", "ar", "ru")] == [
            "Dr. Anna Weber", "Dr. Anna Weber", "د. آنا فيبر", "д-р Анна Вебер",
        ]  # fmt: skip
        assert directory.practitioner(session, "nobody") is None
        assert directory.specialty(session, "nothing") is None


def test_holidays_and_hours() -> None:
    seed.load()
    with database.read() as session:
        christmas = directory.holidays(session, date(2026, 12, 24), days=3)
        assert [h.date.day for h in christmas] == [24, 25, 26]
        assert directory.holidays(session)[0].date == date(2026, 12, 24), "from today on"
        place = directory.locations(session)[0]
        monday = [(h.opens, h.closes) for h in directory.opening_hours(session, place.id) if h.weekday == 0]
        assert monday == [(time(8), time(13)), (time(14), time(18))]
        assert directory.location(session, place.id).identifier == "kreuzberg"  # type: ignore[union-attr]
        assert directory.location(session, 99) is None
        assert (
            free_slots(
                session,
                start=clock.parse_instant("2026-12-24T00:00:00Z"),
                end=clock.parse_instant("2026-12-27T00:00:00Z"),
            )
            == []
        )


def test_an_empty_database_says_so() -> None:
    with database.read() as session, pytest.raises(directory.NotSeeded, match="make seed"):
        directory.organization(session)


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """A clinic's own small file: change it and load it."""
    content = {
        "organization": {"identifier": "mine", "names": "My Clinic"},
        "locations": [
            {"identifier": "main", "names": "Main", "address": "1 Road", "latitude": 1, "longitude": 2.5,
             "hours": {"mon": "08:00-12:00"}}
        ],
        "specialties": [{"code": "ent", "names": "ENT"}],
        "appointment_types": [{"code": "visit", "names": "Visit", "minutes": 15}],
        "practitioners": [
            {"identifier": "a-b", "name": "Dr. A. B.", "gender": "male", "languages": ["en"], "specialties": ["ent"],
             "schedule": [{"location": "main", "days": "mon", "hours": "08:00-12:00"}],
             "time_off": [{"from": date(2026, 12, 1), "to": date(2026, 12, 2)}]}
        ],
        "holidays": [{"names": "Day", "dates": [date(2026, 12, 3)], "location": "main"}],
    }  # fmt: skip

    def load() -> dict[str, int]:
        path = tmp_path / "own.yml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return seed.load(path)

    load.content = content  # type: ignore[attr-defined]
    return load


def test_a_clinics_own_file_and_its_changes(own: Any) -> None:
    own()
    person = own.content["practitioners"][0]
    with database.read() as session:
        slot = free_slots(session, specialty="ent", start=clock.now())[0]
        assert (slot.ends_at - slot.starts_at).seconds == 15 * 60
        away = session.query(TimeOff).one()
        assert (away.ends_at - away.starts_at).days == 2
    person["schedule"][0]["hours"] = "08:00-12:00, 13:00-14:00"
    person["time_off"] = []
    own.content["appointment_types"][0]["minutes"] = 60
    own()
    with database.read() as session:
        assert free_slots(session, specialty="ent", start=clock.now())[0].practitioner_id == slot.practitioner_id
        monday = free_slots(session, start=clock.now(), end=clock.parse_instant("2026-11-24T00:00:00Z"))
        assert len(monday) == 5
        assert session.query(TimeOff).count() == 0
    person["active"] = False
    own()
    with database.read() as session:
        assert directory.practitioners(session) == []
        assert directory.specialties(session) == []


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("practitioners", 0, "specialties"), ["magic"], r"practitioners\[0\].specialties\[0\]: 'magic' is not one of ent"),
        (("practitioners", 0, "schedule", 0, "location"), "moon", r"schedule\[0\].location: 'moon' is not one of main"),
        (("practitioners", 0, "gender"), "f", r"practitioners\[0\].gender"),
        (("practitioners", 0, "specialties"), [], "at least one specialty"),
        (("practitioners", 0, "schedule", 0, "hours"), "8-12", "are no hours"),
        (("practitioners", 0, "surname"), "B", "unknown surname"),
        (("practitioners", 0, "time_off", 0, "to"), date(2026, 11, 1), "ends before it starts"),
        (("appointment_types", 0, "minutes"), 3, r"appointment_types\[0\].minutes: a number from 5"),
        (("appointment_types", 0, "specialty"), "x", r"appointment_types\[0\].specialty: 'x' is not"),
        (("locations", 0, "latitude"), 91, r"locations\[0\].latitude"),
        (("locations", 0, "phone"), "call us", r"locations\[0\].phone"),
        (("locations", 0, "hours"), None, "opening hours per day"),
        (("specialties", 0, "names"), "x" * 25, "longer than 24 characters in en"),
        (("specialties", 0, "names"), {"en": "ENT"}, r"specialties\[0\].names: nothing for ar, de, pt, ru"),
        (("holidays", 0, "dates", 0), "Christmas", r"holidays\[0\].dates\[0\]: 'Christmas' is no date"),
        (("organization", "names"), None, "organization.names"),
    ],
)  # fmt: skip
def test_mistakes_are_named_and_change_nothing(own: Any, path: tuple[Any, ...], value: Any, says: str) -> None:
    target = own.content
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(SeedError, match=says):
        own()
    assert not any(everything().values())


def test_one_database_holds_one_clinic(own: Any) -> None:
    seed.load()
    before = everything()
    with pytest.raises(SeedError, match="organization: the database holds the clinic 'salama'"):
        own()
    assert everything() == before


def test_overlapping_stretches_are_a_mistake(own: Any) -> None:
    schedule = own.content["practitioners"][0]["schedule"]
    schedule.append({"location": "main", "days": "mon-tue", "hours": "11:00-13:00"})
    with pytest.raises(SeedError, match=r"schedule\[1\]: overlaps another stretch"):
        own()
