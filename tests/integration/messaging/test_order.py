"""Who is sent to first: answers before mailings, each contact's messages one after the other, whatever the clock does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from clinic import clock, database, handoffs, messaging
from clinic.messaging import claiming, timers
from clinic.models.messaging import Outbox
from connectors.whatsapp.graph import GraphError, Trouble
from tests.support.whatsapp import EchoBot, contact, message, of_messages, rows, wait_for, webhook, writes
from worker.channel import Channel
from worker.loop import Worker, mend_timers
from worker.sending import claim, deliver

pytestmark = pytest.mark.usefixtures("database_url")
ANNA, BORIS = "4915123000001", "4915123000002"


class Script:
    """A Graph API that accepts everything, and does something meanwhile."""

    def __init__(self, meanwhile: Callable[[str], None] = lambda opaque: None) -> None:
        self.meanwhile = meanwhile
        self.texts: list[str] = []
        self.at: list[float] = []

    def send(self, body: Mapping[str, Any]) -> str:
        self.texts.append(body["text"]["body"])
        self.at.append(time.monotonic())
        self.meanwhile(body["biz_opaque_callback_data"])
        return f"wamid.OUT{len(self.texts)}"


def say(phone: str, *texts: str, priority: str = messaging.REPLY) -> None:
    who = writes(phone)
    with database.transaction() as session:
        for text in texts:
            messaging.enqueue(session, who, {"text": text}, priority=priority)


def status(opaque: str, name: str, **fields: Any) -> None:
    with database.transaction() as session:
        messaging.record_status(session, status=name, at=clock.now(), opaque=opaque, **fields)


def texts(limit: int = 10, **options: Any) -> list[str]:
    return [parcel.message["text"] for parcel in claim(limit, **options)]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent counts as delivered at once."""
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 0)


@pytest.mark.usefixtures("unhurried")
def test_answers_go_before_mailings() -> None:
    for number in range(5):
        say(f"49151230001{number:02d}", f"news {number}", priority=messaging.BULK)
    say(ANNA, "answer")
    assert texts(2) == ["answer", "news 0"] or texts(2) == ["news 0", "answer"]
    say(BORIS, "another answer")
    assert texts(1) == ["another answer"]
    assert texts() == ["news 1", "news 2", "news 3", "news 4"]


@pytest.mark.usefixtures("unhurried")
def test_an_answer_takes_along_what_its_contact_was_to_be_sent_before() -> None:
    for number in range(5):
        say(f"49151230001{number:02d}", f"news {number}", priority=messaging.BULK)
    say(ANNA, "news for Anna", priority=messaging.BULK)
    say(ANNA, "answer")
    assert texts(1) == ["news for Anna"]


@pytest.mark.usefixtures("unhurried")
def test_while_mailings_are_paused_answers_overtake_them() -> None:
    say(ANNA, "news for Anna", priority=messaging.BULK)
    say(ANNA, "answer")
    say(BORIS, "news for Boris", priority=messaging.BULK)
    assert texts(bulk=False) == ["answer"]
    assert texts(bulk=False) == []
    with database.read() as session:
        assert not messaging.due(session, bulk=False)


def test_the_next_message_waits_until_the_one_before_is_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 30)
    say(ANNA, "1", "2")
    say(BORIS, "other")
    assert texts() == ["1", "other"]
    first, second, _ = rows(Outbox)
    with database.transaction() as session:
        messaging.accepted(session, first.id, "wamid.1", first.opaque)
    assert texts() == []
    with database.read() as session:
        assert messaging.follows(session)
    status(first.opaque, "sent")
    assert texts() == []
    status(first.opaque, "delivered")
    assert texts() == ["2"]
    with database.transaction() as session:
        messaging.accepted(session, second.id, "wamid.2", second.opaque)
    say(ANNA, "3")
    status(second.opaque, "failed", code="131026")
    assert texts() == ["3"]


def test_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 0.5)
    say(ANNA, "1", "2")
    graph = Script()
    Worker(graph, poll_seconds=0.02).run_once()
    assert graph.texts == ["1", "2"]
    assert graph.at[1] - graph.at[0] >= 0.5


def test_a_delivery_reported_before_the_answer_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 30)
    say(ANNA, "1", "2")
    graph = Script(lambda opaque: status(opaque, "delivered"))
    Worker(graph, poll_seconds=0.02).run_once()
    assert graph.texts == ["1", "2"]


def test_a_slow_telephone_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """All others are sent to before the second message may go: their order says so, not how quick the machine is."""
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 5)
    say(ANNA, "a1", "a2")
    for number in range(10):
        say(f"49151230001{number:02d}", "b1")
    graph = Script()
    Worker(graph, poll_seconds=0.02).run_once()
    assert sorted(graph.texts[:-1]) == ["a1", *["b1"] * 10]
    assert graph.texts[-1] == "a2"


@pytest.mark.usefixtures("unhurried")
def test_a_clock_put_back_neither_stops_nor_doubles_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    say(ANNA, "waits")
    say(BORIS, "in hand of another worker")
    (waits,) = [parcel.id for parcel in claim(1)]
    with database.transaction() as session:
        messaging.retry(session, waits, 200, "2", "try again")
    assert texts() == ["in hand of another worker"]

    def an_hour_ago() -> datetime:
        return datetime.fromtimestamp(time.time() - 3600, timezone.utc)

    for module in (timers, claiming, messaging.outbox):
        monkeypatch.setattr(module, "machine_now", an_hour_ago)
    assert texts() == []
    mend_timers()
    # The first is due again; the second has its grace time from now on, not in an hour and not at once.
    assert texts() == ["waits"]
    claimed_at = rows(Outbox)[1].claimed_at
    assert abs(claimed_at - an_hour_ago()) < timedelta(seconds=5)


@pytest.mark.usefixtures("unhurried")
def test_a_delivery_waited_for_before_the_clock_was_put_back_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 3)
    say(ANNA, "1", "2")
    (first,) = claim(1)
    with database.transaction() as session:
        messaging.accepted(session, first.id, "wamid.1", first.opaque)
    monkeypatch.setattr(claiming, "machine_now", lambda: datetime.fromtimestamp(time.time() - 600, timezone.utc))
    assert texts() == ["2"]


def test_a_quality_warning_keeps_back_mailings_and_nothing_else() -> None:
    say(ANNA, "news", priority=messaging.BULK)
    (news,) = claim(1)
    channel = Channel()

    class Doubting:
        def send(self, body: Mapping[str, Any]) -> str:
            raise GraphError(Trouble.QUALITY, "131048", "Spam rate limit hit")

    deliver(news, Doubting(), channel)
    assert (channel.is_open(), channel.takes_bulk()) == (True, False)
    assert [(row.status, row.attempts) for row in rows(Outbox)] == [("queued", 0)]
    say(BORIS, "answer")
    (answer,) = claim(5, bulk=channel.takes_bulk())
    deliver(answer, Doubting(), channel)
    again = rows(Outbox)[1]
    assert (again.status, again.error_code, again.next_attempt_at is not None) == ("queued", "131048", True)


def refused(row: Any, attempts: int, seconds: float) -> None:
    """The row has been tried that often, and is tried again in so many seconds."""
    with database.transaction() as session:
        found = session.get(Outbox, row.id)
        found.attempts, found.next_attempt_at = attempts, timers.machine_now() + timedelta(seconds=seconds)


@pytest.mark.usefixtures("unhurried")
def test_what_is_refused_again_and_again_does_not_hold_up_an_emergency() -> None:
    say(ANNA, "refused", "behind it")
    say(ANNA, "call 112", "until help comes", priority=messaging.URGENT)
    refused(rows(Outbox)[0], claiming.STUCK_AFTER - 1, 60)
    assert texts() == []
    refused(rows(Outbox)[0], claiming.STUCK_AFTER, 60)
    assert texts() == ["call 112"]
    # Nothing of the same contact beside it, not even what is due now.
    refused(rows(Outbox)[0], claiming.STUCK_AFTER, -1)
    assert texts() == []
    status(rows(Outbox)[2].opaque, "delivered")
    assert texts() == ["until help comes"]
    status(rows(Outbox)[3].opaque, "delivered")
    assert texts() == ["refused"]
    status(rows(Outbox)[0].opaque, "delivered")
    assert texts() == ["behind it"]


@pytest.mark.usefixtures("unhurried")
def test_an_answer_that_is_not_urgent_waits_however_often_the_one_before_is_refused() -> None:
    say(ANNA, "refused", "behind it")
    refused(rows(Outbox)[0], 100, 60)
    assert texts() == []


def test_the_answer_to_an_emergency_is_urgent() -> None:
    handoffs.open_handoff(contact(ANNA), "asked", "en", "")
    with webhook(EchoBot()) as server:
        server.post(of_messages(message(body="danger"), message(body="thanks", timestamp=1_795_500_001)))
        wait_for(lambda: len(rows(Outbox)) == 2)
    assert [row.priority for row in rows(Outbox)] == [messaging.URGENT, messaging.REPLY]
