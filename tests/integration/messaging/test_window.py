"""The 24 hours: what goes out after them, as which template, and what waits until the patient writes again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic import clock, database, handoffs, messaging
from clinic.messaging import claiming, window
from clinic.models import Contact, Handoff, Template
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp import intake
from connectors.whatsapp.graph import GraphError, Trouble
from tests.support.whatsapp import EchoBot, contact, message, of_messages, of_status, rows, wait_for, webhook, writes
from worker.loop import Worker

pytestmark = pytest.mark.usefixtures("database_url")

MONDAY = clock.parse_instant("2026-11-23T09:00:00+01:00")
CLOSED = GraphError(Trouble.WINDOW, "131047", "Re-engagement message")
REMINDER: Mapping[str, Any] = {"text": "See you tomorrow at 10.", "fallback": {"name": "reminder"}}


class Script:
    """A Graph API that answers what it is told, in turn, and then accepts."""

    def __init__(self, *answers: GraphError) -> None:
        self.answers = list(answers)
        self.bodies: list[Mapping[str, Any]] = []

    def send(self, body: Mapping[str, Any]) -> str:
        self.bodies.append(body)
        if self.answers:
            raise self.answers.pop(0)
        return f"wamid.OUT{len(self.bodies)}"

    @property
    def said(self) -> list[str]:
        """Texts as they are, templates by name."""
        return [b["text"]["body"] if b["type"] == "text" else b["template"]["name"] for b in self.bodies]


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 0)
    clock.freeze(MONDAY)
    yield
    clock.freeze(None)


def later(**span: float) -> datetime:
    now = clock.now() + timedelta(**span)
    clock.freeze(now)
    return now


def say(*messages: Mapping[str, Any]) -> None:
    who = contact()
    with database.transaction() as session:
        for message in messages:
            messaging.enqueue(session, who, message)


def approve(*names: str, status: str = "APPROVED", language: str = "en") -> None:
    with database.transaction() as session:
        for name in names:
            session.add(Template(name=name, language=language, category="UTILITY", status=status))


def send(*answers: GraphError) -> Script:
    graph = Script(*answers)
    Worker(graph).run_once()
    return graph


def only(index: int = 0) -> Any:
    return rows(Outbox)[index]


def test_the_window_is_judged_when_the_message_leaves() -> None:
    who = writes()
    say({"text": "1"})
    with database.read() as session:
        assert messaging.window_closes_at(session, who) == MONDAY + timedelta(hours=24)
        assert messaging.window_closes_at(session, who + 1) is None
    later(hours=23.99)
    assert send().said == ["1"]
    say({"text": "2"})
    later(hours=0.02)
    assert send().said == []
    assert (only(1).status, only(1).error_code) == ("parked", "131047")
    assert "no approved template" in only(1).error_detail
    assert [row.reason for row in rows(Handoff)] == ["undelivered"]


def test_what_whatsapp_itself_reports_opens_no_window() -> None:
    who = writes(kind="system", text=None)
    with database.read() as session:
        assert not window.is_open(session, who)


def test_outside_its_own_template_goes_out() -> None:
    writes()
    approve("reminder")
    say(REMINDER, {"template": {"name": "anything", "language": "en"}})
    later(hours=25)
    assert send().said == ["reminder", "anything"]
    assert [row.status for row in rows(Outbox)] == ["sent", "sent"]
    # Staff read what it says, not what it is called.
    assert messaging.text_of(only().message) == REMINDER["text"]
    assert rows(Handoff) == []


def test_the_template_speaks_the_contacts_language() -> None:
    who = writes()
    approve("reminder")
    approve("reminder", language="de")
    with database.transaction() as session:
        session.get(Contact, who).language = "de"
    say(REMINDER)
    later(hours=25)
    assert send().bodies[0]["template"]["language"]["code"] == "de"


def test_a_template_that_is_not_approved_is_none() -> None:
    writes()
    approve("reminder", status="PAUSED")
    say(REMINDER)
    later(hours=25)
    assert send().said == []
    assert only().status == "parked"


def test_an_answer_without_a_template_waits_for_the_patient_who_is_invited_once() -> None:
    writes()
    approve(window.INVITATION)
    say({"text": "1"}, {"text": "2"})
    later(hours=25)
    assert send().said == [window.INVITATION]
    assert [row.error_code for row in rows(Outbox)] == ["waiting", "waiting", None]
    say({"text": "3"})
    assert send().said == []
    assert rows(Handoff) == []
    later(hours=1)
    writes()
    say({"text": "4"})
    assert send().said == ["1", "2", "3", "4"]


def test_who_writes_again_gets_what_staff_said_also_while_nobody_else_answers() -> None:
    who = writes()
    approve(window.INVITATION)
    handoffs.claim(handoffs.open_handoff(who, "asked", "en", "").id, "Mia")
    say({"text": "from Mia"})
    later(hours=25)
    assert send().said == [window.INVITATION]
    now = later(hours=1)
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(message(body="here I am", timestamp=int(now.timestamp()))))
        wait_for(lambda: [row for row in rows(Inbox) if row.text == "here I am" and row.processed_at])
    assert bot.turns == []
    assert send().said == ["from Mia"]


def test_after_a_week_the_old_answer_stays_away() -> None:
    writes()
    approve(window.INVITATION)
    say({"text": "old"})
    later(hours=25)
    send()
    later(days=8)
    writes()
    say({"text": "new"})
    assert send().said == ["new"]


def test_whatsapp_knows_better_and_the_template_is_tried_once() -> None:
    writes()
    approve("reminder")
    say(REMINDER)
    graph = send(CLOSED)
    assert graph.said == [REMINDER["text"], "reminder"]
    say(REMINDER)
    graph = send(CLOSED, CLOSED)
    assert graph.said == [REMINDER["text"], "reminder"]
    assert (only(1).status, only(1).error_code) == ("parked", "131047")
    assert [row.reason for row in rows(Handoff)] == ["undelivered"]


def test_without_a_template_the_refusal_parks() -> None:
    writes()
    say({"text": "1"}, {"text": "2"})
    assert send(CLOSED).said == ["1", "2"]
    assert [row.status for row in rows(Outbox)] == ["parked", "sent"]


def test_a_refusal_that_comes_as_a_late_status_is_no_other() -> None:
    writes()
    approve("reminder")
    say(REMINDER)
    first = send()
    for _ in range(2):
        report = of_status(first.bodies[0]["biz_opaque_callback_data"], "wamid.OUT1", "failed", errors=[{"code": 131047}])
        intake.store(report)
    second = send()
    assert second.said == ["reminder"]
    report = of_status(second.bodies[0]["biz_opaque_callback_data"], "wamid.OUT1", "failed", errors=[{"code": 131047}])
    intake.store(report)
    assert send().said == []
    assert (only().status, len(rows(Handoff))) == ("parked", 1)


def test_an_invitation_does_not_go_round_when_the_clocks_disagree() -> None:
    writes()
    approve(window.INVITATION)
    say({"text": "1"})
    assert send(CLOSED).said == ["1", window.INVITATION]
    say({"text": "2"})
    assert send(CLOSED).said == ["2"]
    assert send().said == []
    assert [row.error_code for row in rows(Outbox)] == ["waiting", None, "waiting"]
