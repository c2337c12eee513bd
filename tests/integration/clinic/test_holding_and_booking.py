"""Holding, confirming, releasing and cancelling; what the database itself refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from clinic import clock, database
from clinic.models import Appointment, AuditLog, Practitioner, TimeOff
from clinic.scheduling import booking
from clinic.scheduling.booking import NotBookable, SlotTaken, between, cancel, confirm, hold, release, upcoming
from clinic.scheduling.slots import free_slots
from tests.support import clinics

pytestmark = pytest.mark.usefixtures("database_url")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def keys(database_url: str) -> list[str]:
    """The keys of one morning's nine slots of one doctor, 9:00 to 11:40."""
    clinics.doctor()
    with database.read() as session:
        return [slot.key for slot in free_slots(session, start=clock.parse_instant("2026-11-23T00:00:00Z"))]


def later(minutes: float) -> None:
    clock.freeze(clock.now() + minutes * MINUTE)


def rows() -> list[Appointment]:
    with database.read() as session:
        return list(session.execute(select(Appointment).order_by(Appointment.id)).scalars())


def test_a_hold_is_a_row_with_everything_on_it(keys: list[str]) -> None:
    contact = clinics.contact()
    held = hold(contact.id, keys[0])
    assert (held.status, held.contact_id, held.patient_id) == ("held", contact.id, None)
    assert held.held_until == clock.now() + 10 * MINUTE
    assert held.ends_at - held.starts_at == 20 * MINUTE
    assert (held.practitioner.name, held.location.identifier, held.appointment_type.code, held.patient) == (
        "Dr. anna-weber", "main", "dermatology", None,
    )  # fmt: skip


def test_confirming_books_and_confirming_again_changes_nothing(keys: list[str]) -> None:
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    held = hold(contact.id, keys[0])
    booked = confirm(held.id, contact.id, patient.id)
    assert (booked.id, booked.status, booked.held_until) == (held.id, "booked", None)
    assert (booked.booked_at, booked.patient.name) == (clock.now(), "Maria Schmidt")
    later(5)
    again = confirm(held.id, contact.id, patient.id)
    assert (again.id, again.booked_at) == (booked.id, booked.booked_at)
    assert len(rows()) == 1


def test_a_held_slot_is_taken_for_others_until_the_hold_expires(keys: list[str]) -> None:
    one, other = clinics.contact(1), clinics.contact(2)
    held = hold(one.id, keys[0])
    with pytest.raises(SlotTaken):
        hold(other.id, keys[0])
    later(9.9)
    with pytest.raises(SlotTaken):
        hold(other.id, keys[0])
    later(0.2)
    taken = hold(other.id, keys[0])
    assert taken.contact_id == other.id
    with pytest.raises(SlotTaken):
        confirm(held.id, one.id, clinics.patient(one.id).id)


def test_an_expired_hold_is_renewed_while_nobody_took_it(keys: list[str]) -> None:
    one, other = clinics.contact(1), clinics.contact(2)
    patient = clinics.patient(one.id)
    held = hold(one.id, keys[0])
    later(60)
    hold(other.id, keys[1])  # elsewhere: leaves the expired hold alone
    assert confirm(held.id, one.id, patient.id).status == "booked"


def test_an_expired_hold_on_a_slot_that_is_no_longer_offered(keys: list[str]) -> None:
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    held = hold(contact.id, keys[0])
    later(60)
    with database.transaction() as session:
        session.add(TimeOff(practitioner_id=1, starts_at=held.starts_at, ends_at=held.ends_at))
    with pytest.raises(SlotTaken):
        confirm(held.id, contact.id, patient.id)
    later(60 * 24)  # and now it is past
    with pytest.raises(SlotTaken):
        confirm(held.id, contact.id, patient.id)


def test_a_new_hold_replaces_the_contacts_own(keys: list[str]) -> None:
    contact = clinics.contact()
    first = hold(contact.id, keys[0])
    same = hold(contact.id, keys[0])
    second = hold(contact.id, keys[1])
    assert [(row.id, row.starts_at) for row in rows()] == [(second.id, second.starts_at)]
    assert len({first.id, same.id, second.id}) == 3, "no id is used twice: old buttons confirm nothing"
    with pytest.raises(SlotTaken):
        confirm(first.id, contact.id, clinics.patient(contact.id).id)


def test_booked_appointments_survive_new_holds(keys: list[str]) -> None:
    contact = clinics.contact()
    booked = confirm(hold(contact.id, keys[0]).id, contact.id, clinics.patient(contact.id).id)
    hold(contact.id, keys[1])
    with pytest.raises(SlotTaken):
        hold(contact.id, keys[0])
    assert [row.status for row in rows()] == ["booked", "held"]
    with database.read() as session:
        assert [a.id for a in upcoming(session, contact.id)] == [booked.id]


def test_nobody_touches_what_belongs_to_others(keys: list[str]) -> None:
    one, other = clinics.contact(1), clinics.contact(2)
    mine, theirs = clinics.patient(one.id), clinics.patient(other.id)
    held = hold(one.id, keys[0])
    with pytest.raises(NotBookable):
        confirm(held.id, other.id, theirs.id)
    with pytest.raises(NotBookable):
        confirm(held.id, one.id, theirs.id)
    release(held.id, other.id)
    booked = confirm(held.id, one.id, mine.id)
    with pytest.raises(NotBookable):
        confirm(booked.id, other.id, theirs.id)
    with pytest.raises(NotBookable):
        cancel(booked.id, other.id)
    assert rows()[0].status == "booked"


def test_what_is_no_key_can_not_be_held(keys: list[str]) -> None:
    with pytest.raises(NotBookable):
        hold(clinics.contact().id, "nonsense")


@pytest.mark.parametrize(
    "key",
    ["1.1.1.202611230807", "7.1.1.202611230800", "1.1.1.202611240300", "1.1.1.203011230800", "1.1.1.202011230800"],
)
def test_slots_the_clinic_never_offered(keys: list[str], key: str) -> None:
    with pytest.raises(SlotTaken):
        hold(clinics.contact().id, key)
    assert rows() == []


def test_release_and_cancel(keys: list[str]) -> None:
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    held = hold(contact.id, keys[0])
    release(held.id, contact.id)
    release(held.id, contact.id)
    assert rows() == []
    booked = confirm(hold(contact.id, keys[0]).id, contact.id, patient.id)
    release(booked.id, contact.id)
    assert rows()[0].status == "booked", "release lets holds go, not bookings"
    cancelled = cancel(booked.id, contact.id)
    assert (cancelled.status, cancelled.cancelled_at) == ("cancelled", clock.now())
    assert cancel(booked.id, contact.id).status == "cancelled"
    with pytest.raises(NotBookable):
        confirm(booked.id, contact.id, patient.id)
    assert hold(contact.id, keys[0]).starts_at == booked.starts_at, "the slot is free again"


def test_the_past_can_not_be_cancelled(keys: list[str]) -> None:
    contact = clinics.contact()
    booked = confirm(hold(contact.id, keys[0]).id, contact.id, clinics.patient(contact.id).id)
    clock.freeze(booked.starts_at)
    with pytest.raises(NotBookable):
        cancel(booked.id, contact.id)
    with database.read() as session:
        assert upcoming(session, contact.id) == []


def test_upcoming_is_in_order_with_details(keys: list[str]) -> None:
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    for index in (3, 0, 5):
        confirm(hold(contact.id, keys[index]).id, contact.id, patient.id)
    with database.read() as session:
        mine = upcoming(session, contact.id)
        assert len(between(session, mine[0].starts_at, mine[2].starts_at)) == 2
    assert [a.starts_at for a in mine] == sorted(a.starts_at for a in mine)
    assert {(a.patient.name, a.practitioner.name, a.location.identifier) for a in mine} == {
        ("Maria Schmidt", "Dr. anna-weber", "main")
    }


def test_everything_is_in_the_audit_log_without_names(keys: list[str]) -> None:
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    released = hold(contact.id, keys[1])
    release(released.id, contact.id)
    held = hold(contact.id, keys[0])
    confirm(held.id, contact.id, patient.id)
    cancel(held.id, contact.id)
    with database.read() as session:
        log = list(session.execute(select(AuditLog).order_by(AuditLog.id)).scalars())
    about = [entry.action for entry in log if entry.subject == f"appointment:{held.id}"]
    assert about == ["appointment.held", "appointment.booked", "appointment.cancelled"]
    assert {entry.actor for entry in log if entry.action.startswith("appointment.")} == {f"contact:{contact.id}"}
    assert "Schmidt" not in str([(e.subject, e.details) for e in log])


def row(**changes: Any) -> Appointment:
    start = changes.pop("start", 0)
    nine = datetime.fromisoformat("2026-11-23T08:00:00+00:00") + start * MINUTE
    values = {
        "contact_id": 1, "practitioner_id": 1, "location_id": 1, "appointment_type_id": 1, "patient_id": 1,
        "starts_at": nine, "ends_at": nine + 20 * MINUTE, "status": "booked",
    }  # fmt: skip
    return Appointment(**{**values, **changes})


def insert(appointment: Appointment) -> int:
    with database.transaction() as session:
        session.add(appointment)
        session.flush()
        identity: int = appointment.id
    return identity


@pytest.fixture
def book(database_url: str) -> None:
    """A booked row from 9:00 to 9:20, written past all code."""
    clinics.doctor()
    clinics.doctor("omar")
    clinics.patient(clinics.contact().id)
    insert(row())


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("start", [-19, -10, 0, 10, 19])
@pytest.mark.parametrize("status", ["held", "booked"])
def test_the_database_refuses_overlaps(start: int, status: str) -> None:
    until = clock.now() if status == "held" else None
    with pytest.raises(IntegrityError, match="appointments_overlap"):
        insert(row(start=start, status=status, held_until=until))


@pytest.mark.usefixtures("book")
def test_the_database_refuses_longer_and_shorter_ones() -> None:
    for start, minutes in ((-10, 60), (5, 10)):
        overlapping = row(start=start)
        overlapping.ends_at = overlapping.starts_at + minutes * MINUTE
        with pytest.raises(IntegrityError, match="appointments_overlap"):
            insert(overlapping)


@pytest.mark.usefixtures("book")
def test_the_database_allows_neighbours_other_doctors_and_what_is_over() -> None:
    for allowed in (
        row(start=20),
        row(start=-20),
        row(practitioner_id=2),
        row(status="cancelled"),
        row(status="no_show"),
    ):
        insert(allowed)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "change",
    ["status = 'booked'", "practitioner_id = 1, status = 'booked'",
     "starts_at = (SELECT starts_at FROM appointments WHERE id = 1), status = 'booked'"],
)  # fmt: skip
def test_the_database_refuses_updates_into_an_overlap(change: str) -> None:
    identity = insert(row(status="cancelled"))
    with pytest.raises(DBAPIError, match="appointments_overlap"), database.transaction() as session:
        session.execute(text(f"UPDATE appointments SET {change} WHERE id = {identity}"))


@pytest.mark.usefixtures("book")
def test_moving_a_doctors_row_into_anothers_time_is_refused() -> None:
    identity = insert(row(practitioner_id=2))
    with pytest.raises(IntegrityError, match="appointments_overlap"), database.transaction() as session:
        session.get(Appointment, identity).practitioner_id = 1
    with pytest.raises(IntegrityError, match="appointments_overlap"), database.transaction() as session:
        session.add(row(start=30))
        session.flush()
        session.get(Appointment, 1).ends_at += 15 * MINUTE
    with database.transaction() as session:
        session.get(Appointment, 1).ends_at += 5 * MINUTE  # its own old time is no obstacle


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"status": "maybe"}, "ck_appointments_status"),
        ({"ends_at": datetime.fromisoformat("2026-11-23T09:00:00+00:00")}, "ends_after_starts"),
        ({"status": "held"}, "held_until"),
        ({"patient_id": None}, "booked_for_a_patient"),
        ({"contact_id": 99}, "(?i)foreign key"),
    ],
)
def test_the_database_checks_rows(changes: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        insert(row(start=60, **changes))


def test_naive_times_never_reach_the_database(keys: list[str]) -> None:
    with pytest.raises(Exception, match="naive datetime"), database.transaction() as session:
        session.add(TimeOff(practitioner_id=1, starts_at=datetime(2026, 1, 1), ends_at=datetime(2026, 1, 2)))


def test_hold_is_refused_for_a_doctor_who_left(keys: list[str]) -> None:
    with database.transaction() as session:
        session.get(Practitioner, 1).active = False
    with pytest.raises(SlotTaken):
        hold(clinics.contact().id, keys[0])


def test_the_databases_refusal_is_slot_taken(keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Even code that believes the slot to be free ends in SlotTaken, and keeps the contact's earlier hold."""
    one, other = clinics.contact(1), clinics.contact(2)
    hold(one.id, keys[0])
    earlier = hold(other.id, keys[1])
    with database.read() as session:
        believed = booking.slot_at(session, keys[0], holder=one.id)
    monkeypatch.setattr(booking, "slot_at", lambda *_, **__: believed)
    with pytest.raises(SlotTaken, match="overlapping"):
        hold(other.id, keys[0])
    assert [row.contact_id for row in rows()] == [one.id, other.id]
    assert rows()[1].id == earlier.id
