"""Fifty people want one slot at one moment, from threads of several processes: one gets it, the others another.

The processes are started afresh (not forked), each with an engine of its own, as Salama's servers are.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from clinic import clock, database
from clinic.models import Appointment, Patient
from clinic.scheduling.booking import SlotTaken, confirm, hold
from clinic.scheduling.slots import free_slots
from tests.support import clinics

BOOKERS = 50
IN_PROCESSES = 30  # of them; the others are threads of the test itself
PROCESSES = 2


def book(contact_id: int, patient_id: int, key: str) -> tuple[int, bool, int]:
    """Book the slot, or else one of those that are offered instead: (contact, got the wanted one, appointment)."""
    wanted = key
    for _ in range(BOOKERS):
        try:
            held = hold(contact_id, wanted)
            return contact_id, wanted == key, confirm(held.id, contact_id, patient_id).id
        except SlotTaken:
            with database.read() as session:
                offered = free_slots(session, specialty="dermatology", start=clock.now(), limit=60)
            # People pick different rows of the list that they are shown.
            wanted = offered[contact_id % len(offered)].key
    raise AssertionError("never offered a slot that was free")


def book_all(bookers: list[tuple[int, int]], key: str, ready: Any, start: Any) -> list[tuple[int, bool, int]]:
    """Every booker in a thread of its own, all at once when `start` is set."""

    def one(booker: tuple[int, int]) -> tuple[int, bool, int]:
        ready.release()
        assert start.wait(30)
        return book(*booker, key)

    with ThreadPoolExecutor(len(bookers)) as pool:
        return list(pool.map(one, bookers))


def _in_process(url: str, now: str, bookers: list[tuple[int, int]], key: str, ready: Any, start: Any, out: Any) -> None:
    os.environ.update({"CLINIC_DATABASE_URL": url, "CLINIC_NOW": now, "CLINIC_TIMEZONE": "Europe/Berlin"})
    out.put(book_all(bookers, key, ready, start))


@pytest.mark.timeout(60)
def test_fifty_bookers_on_one_slot(database_url: str) -> None:
    for number in range(4):
        clinics.doctor(f"doctor-{number}", hours=[("09:00", "12:00")])
    bookers = []
    for number in range(BOOKERS):
        contact = clinics.contact(number)
        bookers.append((contact.id, clinics.patient(contact.id).id))
    with database.read() as session:
        key = free_slots(session, practitioner="doctor-0", start=clock.now())[0].key

    spawn = multiprocessing.get_context("spawn")
    ready, start, out = spawn.Semaphore(0), spawn.Event(), spawn.Queue()
    share = IN_PROCESSES // PROCESSES
    processes = [
        spawn.Process(
            target=_in_process,
            args=(database_url, clock.now().isoformat(), bookers[n * share : (n + 1) * share], key, ready, start, out),
        )
        for n in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(1) as pool:
        here = pool.submit(book_all, bookers[IN_PROCESSES:], key, ready, start)
        for _ in range(BOOKERS):
            assert ready.acquire(timeout=30)
        start.set()
        results = here.result() + [result for _ in processes for result in out.get(timeout=30)]
    for process in processes:
        process.join(10)
        assert process.exitcode == 0

    assert len(results) == BOOKERS
    assert sum(got for _, got, _ in results) == 1, "exactly one gets the slot"
    with database.read() as session:
        rows = list(
            session.execute(select(Appointment).order_by(Appointment.practitioner_id, Appointment.starts_at)).scalars()
        )
    assert [row.status for row in rows] == ["booked"] * BOOKERS, "the other 49 got something else"
    assert {row.id for row in rows} == {appointment for _, _, appointment in results}
    for one, other in pairwise(rows):
        assert one.practitioner_id != other.practitioner_id or one.ends_at <= other.starts_at


@pytest.mark.timeout(60)
def test_the_database_alone_lets_only_one_in(database_url: str) -> None:
    """The same, without any code in between: fifty plain inserts of overlapping rows, half of them a bit later."""
    doctor = clinics.doctor()
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    nine = clock.parse_instant("2026-11-23T09:00:00+01:00")

    def insert(number: int) -> bool:
        start = nine + timedelta(minutes=10 * (number % 2))

        def once() -> bool:
            with database.transaction() as session:
                session.add(
                    Appointment(
                        patient_id=patient.id, contact_id=contact.id, practitioner_id=doctor, location_id=1,
                        appointment_type_id=1, status="booked", starts_at=start, ends_at=start + timedelta(minutes=20),
                    )
                )  # fmt: skip
            return True

        try:
            return database.retrying(once)
        except DBAPIError as error:
            assert "appointments_overlap" in str(error), error
            return False

    with ThreadPoolExecutor(BOOKERS) as pool:
        assert sum(pool.map(insert, range(BOOKERS))) == 1


@pytest.mark.timeout(60)
def test_one_impatient_contact_ends_with_one_hold(database_url: str) -> None:
    """Twenty taps of one phone on different rows, at once: whatever wins, one hold is left."""
    for number in range(3):
        clinics.doctor(f"doctor-{number}")
    contact = clinics.contact()
    with database.read() as session:
        keys = [slot.key for slot in free_slots(session, start=clock.now(), limit=20)]
        assert session.query(Patient).count() == 0
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda key: hold(contact.id, key), keys))
    with database.read() as session:
        left = session.query(Appointment).filter_by(contact_id=contact.id).count()
    assert left == 1
