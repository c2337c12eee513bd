"""The computer's clock is put back by an hour: what waited for its next try is not forgotten for that hour."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from clinic import database, media, messaging
from clinic.messaging import timers
from clinic.models import Inbox
from tests.support.media import arrived
from tests.support.whatsapp import rows, writes

pytestmark = pytest.mark.usefixtures("database_url")
HOUR = 3600


def pass_by(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The clock jumps."""
    wrong = time.time() + seconds
    monkeypatch.setattr(timers.time, "time", lambda: wrong)


def waiting(contact: int) -> tuple[list[int], Inbox | None]:
    with database.read() as session:
        return messaging.waiting_contacts(session), messaging.next_message(session, contact)


def test_a_message_that_backs_off(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = writes()
    (row,) = rows(Inbox)
    with database.transaction() as session:
        messaging.fail(session, row.id, "ValueError", 60)
    assert waiting(contact) == ([], None)
    pass_by(monkeypatch, -HOUR)
    contacts, found = waiting(contact)
    assert contacts == [contact]
    assert found is not None


def test_a_medium_that_backs_off(monkeypatch: pytest.MonkeyPatch) -> None:
    medium = arrived("1")
    with database.transaction() as session:
        media.try_later(session, medium, "no room", 30)
        assert media.due(session) == []
    pass_by(monkeypatch, -HOUR)
    with database.read() as session:
        assert media.due(session) == [medium]


def test_no_timer_is_set_further_ahead_than_counts() -> None:
    timer = timers.later(86_400)
    assert timer <= timers.machine_now() + timers.LONGEST
    assert not timers.is_over(timer)
    assert not timers.is_over(timer + timedelta(seconds=2))
    assert timers.is_over(timer + timedelta(seconds=60))
    assert timers.is_over(None)
