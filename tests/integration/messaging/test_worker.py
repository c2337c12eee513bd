"""The worker against a scripted Graph API, on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from clinic import channel_state, clock, contacts, database, handoffs, messaging
from clinic.messaging import claiming
from clinic.models import AuditLog, Contact
from clinic.models.messaging import Outbox
from connectors.whatsapp.graph import GraphError, Trouble
from tests.support.whatsapp import contact, rows, wait_for, writes
from worker.loop import Worker
from worker.receipts import Receipts

pytestmark = pytest.mark.usefixtures("database_url")

OTHER = "4915123000002"


class Script:
    """A Graph API that answers what it is told, in turn, and then accepts."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.bodies: list[Mapping[str, Any]] = []
        self.lock = threading.Lock()

    @property
    def texts(self) -> list[str]:
        return [body["text"]["body"] for body in self.bodies]

    def send(self, body: Mapping[str, Any]) -> str:
        with self.lock:
            self.bodies.append(body)
            answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, GraphError):
            raise answer
        if callable(answer):
            answer()
        return f"wamid.OUT{len(self.bodies)}"


def error(trouble: Trouble, code: str = "1", retry_after: float | None = None) -> GraphError:
    return GraphError(trouble, code, "said the script", retry_after)


def say(*texts: str, phone: str = "4915123000001") -> None:
    who = writes(phone)
    with database.transaction() as session:
        for text in texts:
            messaging.enqueue(session, who, {"text": text})


def statuses() -> list[str]:
    return [row.status for row in rows(Outbox)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.verdict.FIRST_DELAY", 0.02)
    monkeypatch.setattr("worker.channel.NUMBER_PAUSE", 0.2)
    monkeypatch.setattr("worker.channel.STOP_PAUSE", 0.2)
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 0)


@pytest.fixture
def running() -> Any:
    """Runs workers in threads, and stops them."""
    started: list[tuple[Worker, threading.Thread]] = []

    def start(graph: Script) -> Worker:
        worker = Worker(graph, poll_seconds=0.02)
        thread = threading.Thread(target=worker.run)
        thread.start()
        started.append((worker, thread))
        return worker

    yield start
    for worker, thread in started:
        worker.stop()
        thread.join(10)
        assert not thread.is_alive()


def test_once_sends_everything_in_order_and_stops() -> None:
    say("1", "2", "3")
    graph = Script()
    Worker(graph).run_once()
    assert graph.texts == ["1", "2", "3"]
    assert statuses() == ["sent"] * 3
    first = rows(Outbox)[0]
    assert first.wamid == "wamid.OUT1"
    assert graph.bodies[0]["biz_opaque_callback_data"] == first.opaque
    assert graph.bodies[0]["to"] == "+4915123000001"


def test_a_retry_keeps_the_order_and_holds_up_nobody_else(running: Any) -> None:
    say("1", "2")
    say("other", phone=OTHER)
    graph = Script(*[error(Trouble.RETRY)] * 2)
    running(graph)
    wait_for(lambda: statuses() == ["sent"] * 3)
    assert [text for text in graph.texts if text != "other"][-2:] == ["1", "2"]
    assert "2" not in graph.texts[: graph.texts.index("1") + 1]


def test_it_backs_off_by_the_machines_clock_even_when_the_clinics_is_frozen(running: Any) -> None:
    clock.freeze(clock.parse_instant("2026-11-24T09:00:00+01:00"))
    say("1")
    running(Script(error(Trouble.PAIR), error(Trouble.RETRY)))
    wait_for(lambda: statuses() == ["sent"])
    assert rows(Outbox)[0].attempts == 3


def test_a_message_that_will_never_go_out_lets_the_next_one_pass() -> None:
    say("1", "2", "3")
    graph = Script(error(Trouble.PERMANENT, "131026"), error(Trouble.WINDOW, "131047"))
    Worker(graph).run_once()
    assert [(row.status, row.error_code) for row in rows(Outbox)] == [
        ("failed", "131026"),
        ("parked", "131047"),
        ("sent", None),
    ]


def test_few_tries_are_few(running: Any) -> None:
    say("1")
    graph = Script(*[error(Trouble.FEW, "131053")] * 9)
    running(graph)
    wait_for(lambda: statuses() == ["failed"])
    assert len(graph.bodies) == 5


def test_an_account_error_keeps_everything_and_is_said_once(running: Any, caplog: pytest.LogCaptureFixture) -> None:
    say("1", "2")
    graph = Script(*[error(Trouble.STOP, "190")] * 2)
    running(graph)
    wait_for(lambda: len(graph.bodies) == 2)
    assert statuses() in (["queued", "queued"], ["sending", "queued"])
    wait_for(lambda: statuses() == ["sent", "sent"])
    assert graph.texts == ["1", "1", "1", "2"]
    assert [row.attempts for row in rows(Outbox)] == [1, 1]
    alerts = [record for record in caplog.records if "WHATSAPP_ACCESS_TOKEN" in record.getMessage()]
    assert len(alerts) == 1
    wait_for(lambda: channel_news() == ["channel.stopped", "channel.open"])
    with database.read() as session:
        assert channel_state.stopped(session) is None


def channel_news() -> list[str]:
    return [row.action for row in rows(AuditLog) if row.subject == channel_state.SUBJECT]


def test_who_looks_sees_what_stopped_the_channel_also_after_a_restart() -> None:
    say("1", "2")
    Worker(Script(error(Trouble.STOP, "190"))).run_once()
    with database.read() as session:
        found = channel_state.stopped(session)
        assert found is not None
        assert found.details == {"code": "190", "waiting": 2}
    Worker(Script()).run_once()
    assert (statuses(), channel_news()) == (["sent", "sent"], ["channel.stopped", "channel.open"])


def test_what_cannot_go_to_a_user_id_goes_to_the_phone_once_it_is_known() -> None:
    with database.transaction() as session:
        who = contacts.by_address(session, user_id="DE.1").id
        messaging.receive(session, wamid="in", contact_id=who, kind="text", payload={}, sent_at=clock.now())
        messaging.enqueue(session, who, {"text": "1"})
        messaging.enqueue(session, who, {"text": "2"})

    def shows() -> None:
        with database.transaction() as session:
            contacts.by_address(session, phone=OTHER, user_id="DE.1")
        raise error(Trouble.PHONE, "131062")

    graph = Script(error(Trouble.PHONE, "131062"), shows, error(Trouble.PHONE, "131062"))
    Worker(graph).run_once()
    assert [(body.get("recipient"), body.get("to")) for body in graph.bodies] == [
        *(("DE.1", None), ("DE.1", None), (None, f"+{OTHER}")),
    ]
    assert [(row.status, row.error_code) for row in rows(Outbox)] == [("parked", "131062"), ("failed", "131062")]


def test_a_patient_who_stopped_marketing_is_remembered_as_such() -> None:
    say("news", "more")
    Worker(Script(error(Trouble.REFUSED, "131050"), error(Trouble.REFUSED, "131049"))).run_once()
    assert statuses() == ["failed", "failed"]
    assert rows(Contact)[0].marketing_stopped_at is not None


def test_a_changed_holder_of_the_telephone_gets_nothing() -> None:
    say("1")
    with database.transaction() as session:
        session.get(Contact, rows(Contact)[0].id).identity_key = "known"
    graph = Script(error(Trouble.PERMANENT, "137000"))
    Worker(graph).run_once()
    assert graph.bodies[0]["recipient_identity_key_hash"] == "known"
    assert statuses() == ["failed"]


def test_a_throttled_number_pauses_everybody(running: Any) -> None:
    say("1")
    say("other", phone=OTHER)
    graph = Script(error(Trouble.NUMBER, "130429", retry_after=0.3), error(Trouble.NUMBER, "130429", retry_after=0.3))
    started = time.monotonic()
    running(graph)
    wait_for(lambda: statuses() == ["sent", "sent"])
    assert time.monotonic() - started >= 0.3


def test_maybe_sent_is_settled_by_the_status_and_not_sent_again() -> None:
    say("1", "2")
    graph = Script(error(Trouble.UNSURE))
    Worker(graph).run_once()
    assert statuses() == ["sending", "queued"]
    with database.transaction() as session:
        messaging.record_status(session, status="sent", at=clock.now(), opaque=rows(Outbox)[0].opaque, wamid="wamid.ECHO")
    Worker(graph).run_once()
    assert graph.texts == ["1", "2"]
    assert rows(Outbox)[0].wamid == "wamid.ECHO"


def test_without_a_status_it_is_sent_again_after_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    say("1")
    graph = Script(error(Trouble.UNSURE))
    Worker(graph).run_once()
    Worker(graph).run_once()
    assert len(graph.bodies) == 1
    monkeypatch.setattr(claiming, "OUTBOX_GRACE_SECONDS", 0)
    Worker(graph).run_once()
    assert graph.texts == ["1", "1"]
    assert (statuses(), rows(Outbox)[0].attempts) == (["sent"], 2)


def test_a_status_that_is_faster_than_the_answer_is_kept() -> None:
    say("1")

    def delivered() -> None:
        with database.transaction() as session:
            messaging.record_status(session, status="delivered", at=clock.now(), opaque=rows(Outbox)[0].opaque)

    Worker(Script(delivered)).run_once()
    (row,) = rows(Outbox)
    assert (row.status, row.wamid) == ("delivered", "wamid.OUT1")


def test_what_breaks_a_limit_fails_with_the_fields_name() -> None:
    who = writes()
    with database.transaction() as session:
        choices = [{"id": str(n), "title": "x" * 30} for n in range(2)]
        messaging.enqueue(session, who, {"text": "too long", "choices": choices})
    say("next")
    graph = Script()
    Worker(graph).run_once()
    bad, good = rows(Outbox)
    assert (bad.status, good.status) == ("failed", "sent")
    assert "title: 30 characters, the limit is 24" in bad.error_detail


def test_many_workers_send_each_message_once_and_in_order(running: Any) -> None:
    phones = [f"49151230002{n:02d}" for n in range(6)]
    for phone in phones:
        say(*(f"{phone}-{n}" for n in range(6)), phone=phone)
    graph = Script()
    for _ in range(4):
        running(graph)
    wait_for(lambda: set(statuses()) == {"sent"}, 30)
    assert len(graph.texts) == 36
    for phone in phones:
        assert [text for text in graph.texts if text.startswith(phone)] == [f"{phone}-{n}" for n in range(6)]


def test_stop_finishes_what_is_being_sent() -> None:
    say("1", "2")
    sending = threading.Event()

    def slow() -> None:
        sending.set()
        time.sleep(0.3)

    worker = Worker(Script(slow), poll_seconds=0.02)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert sending.wait(5)
    worker.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert statuses() == ["sent", "queued"]


def test_the_worker_comes_back_with_the_database(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say("1")
    monkeypatch.setattr("worker.loop.TROUBLE_SECONDS", 0.05)
    away = [True]
    look = messaging.due

    def gone(session: Any, **options: Any) -> bool:
        if away[0]:
            raise RuntimeError("the database is away")
        return look(session, **options)

    monkeypatch.setattr(messaging, "due", gone)
    running(Script())
    time.sleep(0.2)
    away[0] = False
    wait_for(lambda: statuses() == ["sent"])


class Marks:
    """Keeps what was marked as read."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        self.seen.append((wamid, typing))
        raise error(Trouble.RETRY)


def arrive(wamid: str, phone: str = "4915123000001", kind: str = "text", processed: bool = False) -> None:
    who = contact(phone)
    now = clock.now()
    with database.transaction() as session:
        messaging.receive(session, wamid=wamid, contact_id=who, kind=kind, payload={}, sent_at=now, text="hi")
        if processed:
            row = messaging.next_message(session, who)
            assert row is not None
            messaging.finish(session, row.id)


def test_new_messages_are_marked_as_read_once() -> None:
    arrive("old")
    marks = Marks()
    receipts = Receipts(marks)
    receipts.look()
    arrive("first")
    arrive("newest")
    arrive("done", OTHER, processed=True)
    arrive("thumb", "4915123000003", kind="reaction")
    claimed = handoffs.open_handoff(contact("4915123000004"), "asked", "en", "")
    handoffs.claim(claimed.id, "Mia")
    arrive("for Mia", "4915123000004")
    receipts.look()
    receipts.look()
    wait_for(lambda: len(marks.seen) == 2)
    receipts.close()
    assert marks.seen == [("newest", True), ("done", False)]


def test_a_row_in_hand_is_not_claimed_again_however_slow(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_GRACE_SECONDS", 0)
    say("1")
    graph = Script(lambda: time.sleep(0.3))
    running(graph)
    wait_for(lambda: statuses() == ["sent"])
    assert graph.texts == ["1"]


def test_what_was_accepted_is_written_down_even_if_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.sending.SETTLE_PAUSE", 0.02)
    monkeypatch.setattr(claiming, "OUTBOX_GRACE_SECONDS", 0)
    say("1")
    real, calls = messaging.accepted, []

    def away(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) < 5:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))
        real(*arguments)

    monkeypatch.setattr(messaging, "accepted", away)
    graph = Script()
    Worker(graph, poll_seconds=0.02).run_once()
    assert (graph.texts, statuses()) == (["1"], ["sent"])


def test_it_goes_on_until_the_worker_is_told_to_stop(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the database is away: the row would be sent a second time."""
    monkeypatch.setattr("worker.sending.SETTLE_PAUSE", 0.02)
    monkeypatch.setattr("worker.sending.SETTLE_SECONDS", 0.1)
    say("1")
    real, away = messaging.accepted, [True]

    def accepted(*arguments: Any) -> None:
        if away[0]:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))
        real(*arguments)

    monkeypatch.setattr(messaging, "accepted", accepted)
    graph = Script()
    running(graph)
    wait_for(lambda: graph.texts)
    time.sleep(0.5)
    away[0] = False
    wait_for(lambda: statuses() == ["sent"])
    assert graph.texts == ["1"]


def test_after_that_it_tries_only_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.sending.SETTLE_PAUSE", 0.02)
    monkeypatch.setattr("worker.sending.SETTLE_SECONDS", 0.1)
    say("1")
    tries: list[float] = []

    def accepted(*_: Any) -> None:
        tries.append(time.monotonic())
        raise OperationalError("UPDATE", {}, Exception("server closed the connection"))

    monkeypatch.setattr(messaging, "accepted", accepted)
    worker = Worker(Script(), poll_seconds=0.02)
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_for(lambda: tries)
    time.sleep(0.3)
    assert thread.is_alive()
    stopped = time.monotonic()
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert tries[-1] >= stopped and statuses() == ["sending"]
