"""What the clinic writes unasked, when the 24 hours are over: each message as the template that fits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from clinic import clock, conversations, database, handoffs, messaging, tasks
from clinic.messaging import claiming, window
from clinic.models import Handoff, Template
from clinic.models.messaging import Outbox
from clinic.triage import alarms, followups
from connectors.whatsapp.templates.repository import templates
from tests.support.whatsapp import rows, writes
from worker.due import do_due
from worker.loop import Worker

pytestmark = pytest.mark.usefixtures("database_url")

MONDAY = clock.parse_instant("2026-11-23T09:00:00+01:00")


class Graph:
    """Accepts everything."""

    def __init__(self) -> None:
        self.bodies: list[Mapping[str, Any]] = []

    def send(self, body: Mapping[str, Any]) -> str:
        self.bodies.append(body)
        return f"wamid.OUT{len(self.bodies)}"


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(claiming, "OUTBOX_DELIVERED_SECONDS", 0)
    clock.freeze(MONDAY)
    yield
    clock.freeze(None)


@pytest.fixture
def who() -> int:
    """A contact who wrote 25 hours ago, at an account that has every template of the repository in English."""
    found = writes()
    with database.transaction() as session:
        for name, template in templates().items():
            session.add(Template(name=name, language="en", category=template.category, status="APPROVED"))
    later(hours=25)
    return found


def later(**span: float) -> None:
    clock.freeze(clock.now() + timedelta(**span))


def sent() -> list[Mapping[str, Any]]:
    graph = Graph()
    Worker(graph).run_once()
    return graph.bodies


def templates_sent() -> list[str]:
    return [body["template"]["name"] for body in sent()]


def test_the_look_back_asks_the_same_without_naming_the_complaint(who: int) -> None:
    with database.transaction() as session:
        tasks.schedule(session, who, followups.KIND, clock.now(), {"complaint": "cold", "language": "en"})
    assert do_due() == 1
    (body,) = sent()
    assert body["template"]["name"] == "check_back" and "cold" not in str(body)
    taps = [part["parameters"][0]["payload"] for part in body["template"]["components"] if part["type"] == "button"]
    assert taps == [choice["id"] for choice in rows(Outbox)[0].message["choices"]]


def test_a_reply_of_staff_is_announced_and_follows_when_the_patient_writes(who: int) -> None:
    handoff = handoffs.open_handoff(who, "asked", "en", "wants a person")
    conversations.reply(handoff.id, "The result is normal.", by="Mia")
    assert templates_sent() == ["handoff_reply"]
    later(minutes=5)
    writes()
    with database.transaction() as session:
        messaging.enqueue(session, who, {"text": "and more"})
    assert [body["text"]["body"] for body in sent()] == ["The result is normal.", "and more"]


def test_that_a_chat_was_given_back_is_no_reason_to_disturb_anybody(who: int) -> None:
    handoff = handoffs.open_handoff(who, "asked", "en", "wants a person")
    handoffs.claim(handoff.id, "Mia")
    conversations.close(handoff.id)
    assert sent() == []
    assert [(row.status, row.error_code) for row in rows(Outbox)] == [("parked", "waiting")]
    writes()
    with database.transaction() as session:
        messaging.enqueue(session, who, {"text": "hello again"})
    assert [body["text"]["body"] for body in sent()][1:] == ["hello again"]
    assert len(rows(Handoff)) == 1


def test_an_alarm_that_comes_a_day_late_names_no_danger(who: int) -> None:
    with database.transaction() as session:
        alarms.ask_first(session, who, ["chest_pain"], "en")
    later(minutes=3)
    assert do_due() == 1
    (body,) = sent()
    assert body["template"]["name"] == "answer_waiting" and "chest" not in str(body)
    assert rows(Outbox)[0].error_code == "waiting"


def test_every_fallback_is_a_template_of_the_repository() -> None:
    names = {followups.KIND, conversations.ANSWERED, window.INVITATION}
    assert names <= set(templates())
