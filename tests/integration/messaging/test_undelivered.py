"""What becomes of an answer that was not, or may not have been, delivered: nothing vanishes or goes round in circles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from clinic import conversations, database, handoffs, messaging
from clinic.messaging import claiming, outbox
from clinic.models import Handoff
from clinic.models.messaging import Outbox
from connectors.whatsapp import intake
from connectors.whatsapp.graph import GraphError, Trouble
from tests.support.whatsapp import of_status, rows, writes
from worker.loop import Worker

pytestmark = pytest.mark.usefixtures("database_url")
UNSURE = GraphError(Trouble.UNSURE, "unsure", "the connection broke off")


class Script:
    """A Graph API that answers what it is told, in turn, and then accepts."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.opaques: list[str] = []

    def send(self, body: Mapping[str, Any]) -> str | None:
        self.opaques.append(body["biz_opaque_callback_data"])
        answer = self.answers.pop(0) if self.answers else f"wamid.OUT{len(self.opaques)}"
        if isinstance(answer, GraphError):
            raise answer
        return str(answer()) if callable(answer) else answer


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_GRACE_SECONDS", 0)
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 0)
    monkeypatch.setattr(outbox, "FIRST_STATUS_DELAY", 0)
    monkeypatch.setattr("worker.verdict.FIRST_DELAY", 0)


def say(*texts: str) -> int:
    who = writes()
    with database.transaction() as session:
        for text in texts:
            messaging.enqueue(session, who, {"text": text})
    return who


def only(index: int = 0) -> Any:
    return rows(Outbox)[index]


def failed(opaque: str, wamid: str, code: int) -> None:
    error = {"code": code, "title": "Something went wrong"}
    intake.store(of_status(opaque, wamid, "failed", errors=[error]))


def send(graph: Script, times: int = 1) -> None:
    for _ in range(times):
        Worker(graph).run_once()


def test_maybe_sent_is_sent_three_times_at_most(caplog: pytest.LogCaptureFixture) -> None:
    say("1", "2")
    graph = Script(UNSURE, UNSURE, UNSURE)
    send(graph, 6)
    assert len(graph.opaques) == 4
    first, second = rows(Outbox)
    assert (first.status, first.error_code, second.status) == ("parked", "unsure", "sent")
    assert "nobody knows" in first.error_detail
    assert [record.levelname for record in caplog.records if f"outbox {first.id}" in record.getMessage()][-1] == "ERROR"
    (handoff,) = rows(Handoff)
    assert (handoff.reason, handoff.status) == ("undelivered", "open")


def test_other_trouble_in_between_does_not_lift_the_limit() -> None:
    say("1")
    retry = GraphError(Trouble.RETRY, "2", "try again")
    graph = Script(UNSURE, retry, UNSURE, retry, UNSURE, retry)
    send(graph, 9)
    assert len(graph.opaques) == 5
    assert only().status == "parked"


def test_a_late_status_still_settles_what_was_unsure() -> None:
    say("1")
    graph = Script(UNSURE, UNSURE, UNSURE)
    send(graph, 4)
    intake.store(of_status(graph.opaques[0], "wamid.LATE", "sent"))
    assert (only().status, only().wamid, only().error_code) == ("sent", "wamid.LATE", None)


def test_accepted_without_an_id_is_not_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    say("1", "2")
    graph = Script(None)
    send(graph, 2)
    assert len(graph.opaques) == 2
    assert [(row.status, row.wamid) for row in rows(Outbox)] == [("sent", None), ("sent", "wamid.OUT2")]
    assert "without an id" in caplog.text
    intake.store(of_status(graph.opaques[0], "wamid.ECHO", "delivered"))
    assert (only().status, only().wamid) == ("delivered", "wamid.ECHO")


@pytest.mark.parametrize(("trouble", "status"), [(Trouble.PERMANENT, "failed"), (Trouble.REFUSED, "failed")])
def test_what_is_refused_for_good_is_shown_to_staff(
    trouble: Trouble, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    who = say("1", "2")
    send(Script(*[GraphError(trouble, "131026", "Undeliverable")] * 2), 3)
    assert [row.status for row in rows(Outbox)] == [status] * 2
    assert [record.levelname for record in caplog.records if "131026" in record.getMessage()].count("ERROR") == 2
    (handoff,) = rows(Handoff)
    assert (handoff.contact_id, handoff.reason, handoff.status) == (who, "undelivered", "open")
    assert "131026" in handoff.summary
    assert "Undeliverable" in handoff.summary


def test_what_is_built_wrongly_is_shown_too() -> None:
    who = writes()
    with database.transaction() as session:
        messaging.enqueue(
            session, who, {"text": "too long", "choices": [{"id": str(n), "title": "x" * 30} for n in range(2)]}
        )
    send(Script())
    assert [row.reason for row in rows(Handoff)] == ["undelivered"]


def test_a_person_who_has_the_chat_keeps_it() -> None:
    who = say("1")
    claimed = handoffs.claim(handoffs.open_handoff(who, "asked", "en", "").id, "Mia")
    send(Script(GraphError(Trouble.PERMANENT, "131026", "Undeliverable")))
    assert [(row.id, row.reason, row.status) for row in rows(Handoff)] == [(claimed.id, "asked", "claimed")]


def test_closing_it_does_not_open_the_next_one() -> None:
    say("1")
    refused = GraphError(Trouble.PERMANENT, "131026", "Undeliverable")
    send(Script(refused))
    conversations.close(rows(Handoff)[0].id)
    send(Script(refused))
    assert [row.status for row in rows(Outbox)] == ["failed", "failed"]
    assert [row.status for row in rows(Handoff)] == ["closed"]


def test_a_passing_failure_reported_later_is_sent_again() -> None:
    say("1")
    graph = Script()
    send(graph)
    failed(graph.opaques[0], "wamid.OUT1", 131000)
    assert only().status == "queued"
    send(graph)
    assert len(graph.opaques) == 2
    assert (only().status, only().wamid, rows(Handoff)) == ("sent", "wamid.OUT2", [])


def test_a_repeated_report_of_the_first_try_does_not_touch_the_second() -> None:
    say("1")
    graph = Script()
    send(graph)
    for _ in range(3):
        failed(graph.opaques[0], "wamid.OUT1", 131000)
    send(graph)
    failed(graph.opaques[0], "wamid.OUT1", 131000)
    failed(graph.opaques[0], "wamid.OUT1", 131026)
    send(graph)
    assert len(graph.opaques) == 2
    assert only().status == "sent"
    intake.store(of_status(graph.opaques[1], "wamid.OUT2", "delivered"))
    assert only().status == "delivered"


def test_a_report_that_is_faster_than_the_answer_is_not_lost() -> None:
    say("1")
    graph = Script()

    def fails() -> str:
        failed(graph.opaques[0], "wamid.FIRST", 131000)
        return "wamid.FIRST"

    graph.answers = [fails]
    send(graph, 2)
    assert len(graph.opaques) == 2
    assert (only().status, only().wamid) == ("sent", "wamid.OUT2")


def test_a_failure_that_does_not_pass_goes_to_staff(caplog: pytest.LogCaptureFixture) -> None:
    say("1")
    graph = Script()
    for number in range(1, 10):
        send(graph)
        failed(only().opaque, f"wamid.OUT{number}", 131000)
    assert len(graph.opaques) == 1 + outbox.MOST_RESENDS
    assert (only().status, only().error_code) == ("failed", "131000")
    assert [row.reason for row in rows(Handoff)] == ["undelivered"]
    assert any(record.levelname == "ERROR" and "131000" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("code", [131026, 131047, 131049, 999999])
def test_a_final_failure_reported_later_goes_to_staff(code: int) -> None:
    say("1")
    graph = Script()
    send(graph)
    for _ in range(2):
        failed(graph.opaques[0], "wamid.OUT1", code)
    send(graph)
    assert len(graph.opaques) == 1
    assert only().status == ("parked" if code == 131047 else "failed")
    assert [row.reason for row in rows(Handoff)] == ["undelivered"]
    assert len(rows(Outbox)) == 1


def test_a_failure_of_what_arrived_is_none() -> None:
    say("1")
    graph = Script()
    send(graph)
    intake.store(of_status(graph.opaques[0], "wamid.OUT1", "delivered"))
    failed(graph.opaques[0], "wamid.OUT1", 131000)
    assert (only().status, rows(Handoff)) == ("delivered", [])
