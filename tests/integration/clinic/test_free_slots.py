"""Free slots out of real tables: what is offered, what is not, and what the clock change does to it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clinic import clock, database
from clinic.models import Appointment, AppointmentType, Holiday, Location, Practitioner, TimeOff
from clinic.scheduling.booking import cancel, confirm, hold
from clinic.scheduling.slots import FreeSlot, InvalidKey, free_slots, slot_at
from clinic.settings import settings
from tests.support import clinics

pytestmark = pytest.mark.usefixtures("database_url")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def found(start: str = "2026-11-23", **wanted: Any) -> list[FreeSlot]:
    end = wanted.pop("end", None)
    with database.read() as session:
        return free_slots(
            session,
            start=at(start, settings().time_zone),
            end=at(end, settings().time_zone) if end else None,
            **{"limit": 100, **wanted},
        )


def walls(slots: list[FreeSlot]) -> list[str]:
    return [f"{slot.starts_at.astimezone(settings().time_zone):%d %H:%M}" for slot in slots]


def add(row: Any) -> None:
    with database.transaction() as session:
        session.add(row)


def test_a_weekly_schedule_becomes_slots() -> None:
    clinics.doctor(days=[0, 2], hours=[("09:00", "10:00"), ("14:00", "14:40")])
    assert walls(found(end="2026-11-30")) == [
        "23 09:00", "23 09:20", "23 09:40", "23 14:00", "23 14:20",
        "25 09:00", "25 09:20", "25 09:40", "25 14:00", "25 14:20",
    ]  # fmt: skip


def test_limit_order_and_paging() -> None:
    clinics.doctor("b-doctor", hours=[("09:00", "10:00")])
    clinics.doctor("a-doctor", hours=[("09:00", "09:40")])
    first = found(limit=3)
    assert [(s.practitioner_identifier, w) for s, w in zip(first, walls(first), strict=True)] == [
        ("b-doctor", "23 09:00"), ("a-doctor", "23 09:00"), ("b-doctor", "23 09:20"),
    ]  # fmt: skip
    more = found(limit=3, after=first[-1].starts_at)
    assert walls(more) == ["23 09:40", "24 09:00", "24 09:00"]
    assert found(limit=0) == []


def test_only_the_future_with_half_an_hour_to_come() -> None:
    clinics.doctor()
    clock.freeze(at("2026-11-23T09:20:00"))
    assert walls(found(limit=1)) == ["23 10:00"]
    clock.freeze(at("2026-11-23T09:30:01"))
    assert walls(found(limit=1)) == ["23 10:20"]


def test_nothing_beyond_ninety_days() -> None:
    clinics.doctor(hours=[("09:00", "09:20")])
    last = found(limit=1000)[-1].starts_at
    assert clock.now() + timedelta(days=89) < last <= clock.now() + timedelta(days=90)
    assert found(start="2027-03-01") == []


def test_specialty_and_practitioner() -> None:
    clinics.doctor("anna-weber", hours=[("09:00", "09:20")])
    clinics.doctor("omar-haddad", hours=[("09:00", "09:15")], specialty="general_practice", minutes=15)
    ours = found(specialty="general_practice", limit=1)[0]
    assert (ours.practitioner_identifier, ours.ends_at - ours.starts_at) == ("omar-haddad", timedelta(minutes=15))
    assert {s.practitioner_identifier for s in found(practitioner="anna-weber")} == {"anna-weber"}
    assert len(found(limit=2)) == 2
    assert found(specialty="dermatology", practitioner="omar-haddad") == []
    assert found(specialty="astrology") == []
    assert found(practitioner="nobody") == []


def test_a_part_of_the_day_is_local() -> None:
    clinics.doctor(hours=[("08:00", "18:00")])
    afternoon = walls(found(end="2026-11-25", part=(time(15), time(16))))
    assert afternoon == ["23 15:00", "23 15:20", "23 15:40", "24 15:00", "24 15:20", "24 15:40"]
    assert walls(found(end="2026-11-24", part=(time(17, 30), time(8, 10)))) == ["23 08:00", "23 17:40"]


def test_time_off_and_holidays() -> None:
    anna = clinics.doctor("anna", hours=[("09:00", "10:00")])
    clinics.doctor("omar", hours=[("09:00", "09:20")], location="branch")
    add(TimeOff(practitioner_id=anna, starts_at=at("2026-11-23T09:10"), ends_at=at("2026-11-23T09:40")))
    assert walls(found(practitioner="anna", end="2026-11-24")) == ["23 09:40"]
    with database.read() as session:
        branch = session.query(Location).filter_by(identifier="branch").one().id
    add(Holiday(date=date(2026, 11, 24), location_id=branch, names={}))
    add(Holiday(date=date(2026, 11, 25), names={}))
    assert {s.practitioner_identifier for s in found("2026-11-24", end="2026-11-25")} == {"anna"}
    assert found("2026-11-25", end="2026-11-26") == []


def test_schedules_have_their_dates() -> None:
    clinics.doctor(hours=[("09:00", "09:20")], valid_from=date(2026, 11, 24), valid_to=date(2026, 11, 25))
    assert walls(found()) == ["24 09:00", "25 09:00"]


def test_doctors_who_left_are_not_offered() -> None:
    anna = clinics.doctor()
    key = found(limit=1)[0].key
    with database.transaction() as session:
        session.get(Practitioner, anna).active = False
    assert found() == []
    with database.read() as session:
        assert slot_at(session, key) is None


def test_taken_slots_are_gone_and_come_back() -> None:
    clinics.doctor(hours=[("09:00", "10:00")])
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    held = hold(contact.id, found(limit=1)[0].key)
    assert walls(found(end="2026-11-24")) == ["23 09:20", "23 09:40"]
    clock.freeze(clock.now() + timedelta(minutes=11))
    assert walls(found(end="2026-11-24")) == ["23 09:00", "23 09:20", "23 09:40"], "the hold expired"
    confirm(held.id, contact.id, patient.id)
    clock.freeze(clock.now() + timedelta(hours=2))
    assert walls(found(end="2026-11-24")) == ["23 09:20", "23 09:40"]
    cancel(held.id, contact.id)
    assert walls(found(end="2026-11-24")) == ["23 09:00", "23 09:20", "23 09:40"]


def test_a_longer_appointment_takes_every_slot_it_touches() -> None:
    anna = clinics.doctor(hours=[("09:00", "10:20")])
    contact = clinics.contact()
    add(
        Appointment(
            patient_id=clinics.patient(contact.id).id, contact_id=contact.id, practitioner_id=anna,
            location_id=1, appointment_type_id=1, status="booked",
            starts_at=at("2026-11-23T09:10"), ends_at=at("2026-11-23T09:50"),
        )
    )  # fmt: skip
    assert walls(found(end="2026-11-24")) == ["23 10:00"]


def test_a_doctor_of_two_specialties_is_offered_once() -> None:
    clinics.doctor("sara", hours=[("09:00", "09:40")], specialty="gynaecology", minutes=20)
    with database.transaction() as session:
        sara = session.query(Practitioner).one().id
    clinics.doctor("sara", days=[], specialty="general_practice", minutes=10)
    assert walls(found(end="2026-11-24")) == ["23 09:00", "23 09:20"]
    general = found(end="2026-11-24", specialty="general_practice")
    assert (len(general), {s.practitioner_id for s in general}) == (4, {sara})


def test_another_type_of_appointment() -> None:
    clinics.doctor(hours=[("09:00", "10:00")])
    add(AppointmentType(code="surgery", names={}, minutes=60))
    assert walls(found(end="2026-11-24", appointment_type="surgery")) == ["23 09:00"]
    assert found(appointment_type="unknown") == []


def test_slot_at_knows_what_is_free() -> None:
    clinics.doctor()
    contact, other = clinics.contact(1), clinics.contact(2)
    slot = found(limit=1)[0]
    hold(contact.id, slot.key)
    with database.read() as session:
        assert slot_at(session, slot.key) is None
        assert slot_at(session, slot.key, holder=contact.id) == slot
        assert slot_at(session, slot.key, holder=other.id) is None
        assert slot_at(session, slot.key.replace("0800", "0807")) is None, "not on the grid"
        assert slot_at(session, "99.1.1.202611230800") is None
        assert slot_at(session, "1.99.1.202611230800") is None
        assert slot_at(session, "1.1.99.202611230800") is None
        assert slot_at(session, "1.1.1.202011230800") is None, "past"
        with pytest.raises(InvalidKey):
            slot_at(session, "nonsense")


@pytest.mark.parametrize(
    ("zone", "now", "day", "expected"),
    [
        ("Europe/Berlin", "2026-10-20", "2026-10-25", ["25 01:00", "25 01:40", "25 02:20", "25 03:20"]),
        ("Europe/Berlin", "2027-03-20", "2027-03-28", ["28 01:00", "28 01:40", "28 03:20"]),
        ("America/Sao_Paulo", "2018-11-01", "2018-11-04", ["04 01:00", "04 01:40", "04 02:20", "04 03:00"]),
        ("Africa/Cairo", "2027-04-20", "2027-04-30", ["30 01:00", "30 01:40", "30 02:20", "30 03:00"]),
    ],
)
def test_nights_on_which_the_clock_changes(
    monkeypatch: pytest.MonkeyPatch, zone: str, now: str, day: str, expected: list[str]
) -> None:
    """Forty real minutes each, no local time that does not exist, none twice, and none overlapping."""
    monkeypatch.setenv("CLINIC_TIMEZONE", zone)
    settings.cache_clear()
    clock.freeze(at(now, ZoneInfo(zone)))
    clinics.doctor(hours=[("01:00", "04:00")], minutes=40)
    slots = found(day, end=f"{day}T23:00")
    assert walls(slots) == expected
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=40) for slot in slots)
    with database.read() as session:
        assert [slot_at(session, slot.key) for slot in slots] == slots


def test_morning_hours_stay_across_the_change() -> None:
    clinics.doctor(hours=[("08:00", "08:20")])
    clock.freeze(at("2026-10-20"))
    slots = found("2026-10-24", end="2026-10-27")
    assert walls(slots) == ["24 08:00", "25 08:00", "26 08:00"]
    assert [slot.starts_at.hour for slot in slots] == [6, 7, 7]


def test_a_day_of_a_big_clinic_is_found_quickly() -> None:
    """30 doctors, 90 full days: the nearest nine slots in well under a second."""
    for number in range(30):
        clinics.doctor(f"doctor-{number}", hours=[("08:00", "18:00")], minutes=15)
    with database.read() as session:
        begun = perf_counter()
        assert len(free_slots(session, specialty="dermatology", start=clock.now())) == 9
        assert perf_counter() - begun < 1
