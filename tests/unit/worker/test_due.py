"""What the worker does when it is due: once, and only what is still wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic import clock, consent, contacts, database, handoffs, tasks
from clinic.models import Outbox, Task
from clinic.triage import alarms, followups
from tests.support import databases, surroundings
from worker.due import do_due


@pytest.fixture(autouse=True)
def contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A German phone at the demo clinic."""
    with databases.demo(tmp_path):
        for _ in surroundings.documented(monkeypatch):
            clock.freeze(clock.parse_instant(surroundings.SUNDAY))
            with database.transaction() as session:
                contact_id = contacts.by_address(session, phone="+4915120000001").id
            yield contact_id


def later(**step: int) -> None:
    clock.freeze(clock.now() + timedelta(**step))


def said() -> list[str]:
    with database.read() as session:
        return [row.message["text"] for row in session.execute(select(Outbox).order_by(Outbox.id)).scalars()]


def test_two_minutes_of_silence_raise_the_alarm_once(contact: int) -> None:
    with database.transaction() as session:
        alarms.ask_first(session, contact, ["chest_pain"], "de")
    assert do_due() == 0 and said() == []
    later(minutes=2)
    assert do_due() == 1 and do_due() == 0
    assert len(said()) == 1 and "112" in said()[0]
    with database.read() as session:
        handoff = handoffs.current(session, contact)
        assert handoff is not None and (handoff.reason, handoff.priority) == ("emergency", "urgent")


def test_an_answer_in_time_leaves_nothing_to_do(contact: int) -> None:
    with database.transaction() as session:
        alarms.ask_first(session, contact, ["chest_pain"], "de")
        alarms.not_now(session, contact)
    later(minutes=5)
    assert do_due() == 0 and said() == []


def _promised(contact: int) -> None:
    with database.transaction() as session:
        due = clock.now() + followups.AFTER
        tasks.schedule(session, contact, followups.KIND, due, {"complaint": "cold", "language": "de"})


def test_the_look_back_on_the_next_day(contact: int) -> None:
    _promised(contact)
    later(hours=22)
    assert do_due() == 1
    assert len(said()) == 1 and "Erkältung" in said()[0]


@pytest.mark.parametrize("why", ["a person has the chat", "no messages wanted"])
def test_nobody_is_looked_back_at_who_does_not_want_it(contact: int, why: str) -> None:
    _promised(contact)
    if why == "a person has the chat":
        handoffs.open_handoff(contact, "asked", "de", "")
    else:
        consent.refuse(contact, "reminders")
    later(hours=22)
    assert do_due() == 1 and said() == []


def _tried(contact_id: int, seconds: int) -> None:
    """What has failed is due after so many seconds and not before."""
    with database.read() as session:
        later(seconds=seconds - 1)
        assert tasks.due(session) == []
        later(seconds=1)
        assert contact_id in {task.contact_id for task in tasks.due(session)}


def test_twenty_that_fail_do_not_keep_an_alarm_waiting(contact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def broken(_session: object, contact_id: int, *_: object) -> None:
        tries.append(contact_id)
        raise RuntimeError("cold")

    monkeypatch.setattr(followups, "ask", broken)
    with database.transaction() as session:
        for number in range(25):
            who = contacts.by_address(session, phone=f"+49151200001{number:02d}").id
            tasks.schedule(session, who, followups.KIND, clock.now(), {"complaint": "cold", "language": "de"})
        alarms.ask_first(session, contact, ["chest_pain"], "de")
    later(minutes=2)
    assert do_due() == 1
    assert len(said()) == 1 and "112" in said()[0]
    assert len(tries) == 19
    assert do_due() == 0 and len(set(tries)) == 25
    assert do_due() == 0 and len(tries) == 25
    _tried(tries[0], 60)


def test_an_alarm_that_fails_is_tried_again_soon(contact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction() as session:
        alarms.ask_first(session, contact, ["chest_pain"], "de")
    later(minutes=2)

    def broken(*_: object) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as patched:
        patched.setattr(alarms, "raise_alarm", broken)
        assert do_due() == 0 and said() == []
    _tried(contact, 5)
    assert do_due() == 1 and "112" in said()[0]


def test_what_fails_stays_due(contact: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    _promised(contact)
    later(hours=22)

    def broken(*_: object) -> None:
        raise RuntimeError("cold")

    monkeypatch.setattr(followups, "ask", broken)
    assert do_due() == 0 and "RuntimeError" in caplog.text and "cold" not in caplog.text
    with database.read() as session:
        assert [task.kind for task in session.execute(select(Task).where(Task.done_at.is_(None))).scalars()] == [
            followups.KIND
        ]
