"""kill -9 of every process in turn, at the worst moments of a booking that goes on: nothing is lost, nothing doubled.

The simulator's chat is the patient's side of the truth, the outbox the clinic's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from clinic import database
from clinic.models import Inbox
from tests.support.bookings import check_confirmation, row_of, slot_keys
from tests.support.stack import PROCESSES, Answer, Patient, Records, Stack, says, wait_for

pytestmark = pytest.mark.timeout(240)

PATIENCE = 90.0
SOON = 0.004
Send = Callable[[], str]
Crash = Callable[[Patient, Send], str]


@pytest.fixture(autouse=True)
def everything_runs_afterwards(stack: Stack) -> Iterator[None]:
    """Whatever a test has killed and not started again."""
    yield
    stack.start(*(name for name in PROCESSES if name not in stack.running))
    stack.control("faults", {"next_responses": []})


# ── The moments ──────────────────────────────────────────────────────────────────────────────────────


def before(name: str) -> Crash:
    """It is dead when the patient writes, and comes back later."""

    def crash(patient: Patient, send: Send) -> str:
        patient.stack.kill(name)
        wamid = send()
        if name == "rasa":
            # Meta's side has failed to deliver at least once.
            wait_for(lambda: patient.stack.control("webhooks")["pending"], PATIENCE)
        elif name == "actions":
            # The turn has failed at least once.
            assert wait_for(lambda: inbox_of(patient, wamid).attempts > 0, PATIENCE)
        elif name == "worker":
            # The answer waits in the outbox.
            assert wait_for(lambda: inbox_of(patient, wamid).processed_at, PATIENCE)
        revive(patient.stack, name)
        return wamid

    return crash


def on_arrival(name: str) -> Crash:
    """It dies as soon as the message is stored."""

    def crash(patient: Patient, send: Send) -> str:
        wamid = send()
        assert wait_for(lambda: inbox_of(patient, wamid).id, PATIENCE, every=SOON)
        patient.stack.kill(name)
        revive(patient.stack, name)
        return wamid

    return crash


def when_booked(name: str) -> Crash:
    """It dies when the appointment has just been written, and nobody has been told."""

    def crash(patient: Patient, send: Send) -> str:
        records = Records(patient.stack, patient.phone)
        wamid = send()
        assert wait_for(records.booked, PATIENCE, every=SOON)
        patient.stack.kill(name)
        revive(patient.stack, name)
        return wamid

    return crash


def at_once(name: str) -> Crash:
    """It dies in the moment in which the patient's message has been taken."""

    def crash(patient: Patient, send: Send) -> str:
        wamid = send()
        patient.stack.kill(name)
        revive(patient.stack, name)
        return wamid

    return crash


def accepted_but_not_told(name: str) -> Crash:
    """WhatsApp has taken the answer, and the one who sent it dies before it hears so."""

    def crash(patient: Patient, send: Send) -> str:
        patient.stack.control("faults", {"next_responses": [{"timeout_after_accepting": True, "seconds": 60}]})
        known = len(patient.from_clinic())
        wamid = send()
        assert wait_for(lambda: len(patient.from_clinic()) > known, PATIENCE, every=SOON)
        patient.stack.kill(name)
        revive(patient.stack, name)
        return wamid

    return crash


def revive(stack: Stack, name: str) -> None:
    """Start it again; the simulator may deliver at once what it kept."""
    stack.start(name)
    stack.control("webhooks", {})


# ── The booking ──────────────────────────────────────────────────────────────────────────────────────

NAME, BORN = "Samira Haddad", date(1985, 5, 24)
CONVERSATION = (
    "utter_ask_consent",
    "utter_ask_slot_in_window",
    "utter_ask_patient_name",
    "utter_ask_birth_date",
    "utter_ask_confirm",
    "utter_booked",
)
CONSENT, SLOT, LAST = 1, 2, 5


def orders(answer: Answer | None, step: int, wish: str) -> dict[str, Any]:
    """What the patient does at each step, given the answer to the one before."""
    if step == SLOT:
        assert answer is not None
        return {"tap": row_of(slot_keys(answer)[0])}
    said = {0: wish, 3: NAME, 4: "24 May 1985"}
    return {"text": said[step]} if step in said else {"tap": "/affirm"}


CRASHES = {
    "rasa": {CONSENT: before("rasa"), LAST: when_booked("rasa")},
    "actions": {SLOT: before("actions"), LAST: when_booked("actions")},
    "worker": {CONSENT: before("worker"), SLOT: on_arrival("worker"), LAST: accepted_but_not_told("worker")},
    "simulator": {SLOT: on_arrival("simulator"), LAST: at_once("simulator")},
}


@pytest.mark.parametrize("victim", CRASHES)
def test_every_message_arrives_once_and_in_order(patient: Patient, victim: str) -> None:
    """The booking stands, and the phone shows each answer once."""
    answer, sent = None, []
    for step in range(len(CONVERSATION)):
        order = orders(answer, step, "I need a dermatologist on Friday")
        crash = CRASHES[victim].get(step)
        send = partial(patient.send, order)
        sent.append(crash(patient, send) if crash else send())
        answer = patient.answer_to(sent[-1], PATIENCE)

    assert answer is not None
    check_confirmation(patient, answer, "en", NAME, BORN)
    records = Records(patient.stack, patient.phone)
    assert len(records.appointments("held", "booked")) == 1
    assert len(records.patients()) == 1

    received = patient.from_clinic()
    assert [key for message, key in zip(received, CONVERSATION, strict=False) if not says(message, key, "en")] == []
    assert [message.kind for message in received[len(CONVERSATION) :]] == ["location"]
    rows = records.outbox()
    assert [row.opaque for row in rows] == [message.payload["biz_opaque_callback_data"] for message in received]
    assert [row.wamid for row in rows] == [message.wamid for message in received]
    assert [message.wamid for message in patient.messages() if message.direction == "in"] == sent
    assert all(inbox_of(patient, wamid).processed_at for wamid in sent)


class Nothing:
    """Stands for a row that is not there yet."""

    id = processed_at = None
    attempts = 0


def inbox_of(patient: Patient, wamid: str) -> Any:
    """The inbox row of a message."""
    with database.read(patient.stack.database_url) as session:
        return session.execute(select(Inbox).where(Inbox.wamid == wamid)).scalar() or Nothing
