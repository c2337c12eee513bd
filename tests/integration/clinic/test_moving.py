"""Moving an appointment is one transaction: the new one booked and the old one free, or nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic import clock, database
from clinic.models import Appointment, AuditLog
from clinic.scheduling.booking import NotBookable, SlotTaken, cancel, confirm, hold, move
from clinic.scheduling.slots import free_slots
from tests.support import clinics

MORNING = "2026-11-23T00:00:00Z"


@pytest.fixture
def keys(database_url: str) -> list[str]:
    """The keys of one morning's nine slots of one doctor."""
    clinics.doctor()
    return free()


def free() -> list[str]:
    with database.read() as session:
        return [slot.key for slot in free_slots(session, start=clock.parse_instant(MORNING), limit=9)]


def statuses() -> list[str]:
    with database.read() as session:
        return list(session.execute(select(Appointment.status).order_by(Appointment.id)).scalars())


def ready(keys: list[str], contact_id: int) -> tuple[int, int, int]:
    """Ids of the booked one, the hold that shall replace it, and the patient."""
    person = clinics.patient(contact_id).id
    old = confirm(hold(contact_id, keys[0]).id, contact_id, person)
    return old.id, hold(contact_id, keys[3]).id, person


def test_the_new_one_is_booked_and_the_old_slot_is_free(keys: list[str]) -> None:
    contact = clinics.contact().id
    old, new, person = ready(keys, contact)
    assert keys[0] not in free()
    moved = move(old, new, contact, person)
    assert (moved.id, moved.status, moved.patient.name) == (new, "booked", "Maria Schmidt")
    assert statuses() == ["cancelled", "booked"]
    assert keys[0] in free() and keys[3] not in free()
    with database.read() as session:
        log = session.execute(select(AuditLog.action).where(AuditLog.subject == f"appointment:{old}")).scalars()
        assert list(log) == ["appointment.held", "appointment.booked", "appointment.cancelled"]


def test_moving_again_changes_nothing(keys: list[str]) -> None:
    contact = clinics.contact().id
    ids = ready(keys, contact)
    first = move(ids[0], ids[1], contact, ids[2])
    again = move(ids[0], ids[1], contact, ids[2])
    assert (again.id, again.booked_at, statuses()) == (first.id, first.booked_at, ["cancelled", "booked"])


def test_the_old_one_stays_when_the_new_slot_is_gone(keys: list[str]) -> None:
    contact, other = clinics.contact(1).id, clinics.contact(2).id
    old, new, person = ready(keys, contact)
    clock.freeze(clock.now() + timedelta(minutes=11))
    confirm(hold(other, keys[3]).id, other, clinics.patient(other).id)
    with pytest.raises(SlotTaken):
        move(old, new, contact, person)
    assert statuses() == ["booked", "booked"]
    with database.read() as session:
        assert session.get(Appointment, old).status == "booked"


def test_nobody_moves_what_is_not_theirs(keys: list[str]) -> None:
    one, other = clinics.contact(1).id, clinics.contact(2).id
    theirs, _, _ = ready(keys, other)
    person = clinics.patient(one).id
    new = hold(one, keys[5]).id
    with pytest.raises(NotBookable):
        move(theirs, new, one, person)
    with pytest.raises(NotBookable):
        move(new, theirs, other, person)
    with pytest.raises(NotBookable):
        move(4711, new, one, person)
    assert statuses().count("cancelled") == 0 and statuses().count("booked") == 1


def test_an_old_one_that_is_over_or_cancelled_stays_as_it_is(keys: list[str]) -> None:
    contact = clinics.contact().id
    old, new, person = ready(keys, contact)
    cancel(old, contact)
    assert move(old, new, contact, person).status == "booked"
    assert statuses() == ["cancelled", "booked"]
    later = hold(contact, keys[7]).id
    with database.transaction() as session:
        clock.freeze(session.get(Appointment, new).starts_at + timedelta(minutes=1))
    assert move(new, later, contact, person).status == "booked"
    assert statuses() == ["cancelled", "booked", "booked"], "it has begun: it took place"


def test_moving_and_cancelling_at_once_keeps_the_new_one(keys: list[str]) -> None:
    contact = clinics.contact().id
    old, new, person = ready(keys, contact)
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(move, old, new, contact, person) for _ in range(4)]
        tries += [pool.submit(cancel, old, contact) for _ in range(4)]
        for one in tries:
            one.result()
    assert statuses() == ["cancelled", "booked"]
