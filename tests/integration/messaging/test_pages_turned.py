"""A list with more choices than fit is turned over like pages, without the assistant."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import database, handoffs, messaging
from clinic.messaging.window import SENT_AS
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp.outbound.building import content
from tests.support.whatsapp import EchoBot, contact, message, of_messages, rows, wait_for, webhook

pytestmark = pytest.mark.usefixtures("database_url")


def doctors(count: int, text: str = "Which one?") -> dict[str, Any]:
    return {
        "text": text,
        "choices": [{"id": f'/inform{{"n": "{n}"}}', "title": f"Doctor {n}"} for n in range(1, count + 1)],
    }


def offered(wamid: str, document: dict[str, Any], **also: Any) -> None:
    who = contact()
    with database.transaction() as session:
        row = messaging.enqueue(session, who, document)
        row.message = {**document, **also}
        row.wamid, row.status = wamid, "delivered"


def more(page: int, of: str | None = None, **fields: Any) -> dict[str, Any]:
    reply = {"type": "list_reply", "list_reply": {"id": f"page:{page}", "title": f"⋯ {page}/3"}}
    context: dict[str, Any] = {"context": {"id": of}} if of else {}
    return of_messages(message("interactive", interactive=reply, **context, **fields))


def titles(row: Outbox) -> list[str]:
    sections = content(row.message)["interactive"]["action"]["sections"]
    return [entry["title"] for section in sections for entry in section["rows"]]


def test_a_tap_on_more_shows_the_next_page_without_a_turn() -> None:
    offered("wamid.LIST", {**doctors(21), "reply_to": "wamid.EARLIER"}, **{SENT_AS: {"name": "old", "language": "en"}})
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(more(2, "wamid.LIST"))
        wait_for(lambda: len(rows(Outbox)) == 2)
        server.post(more(3))
        wait_for(lambda: len(rows(Outbox)) == 3)
    assert bot.turns == []
    _, second, third = rows(Outbox)
    assert titles(second) == [f"Doctor {n}" for n in range(10, 19)] + ["⋯ 3/3"]
    assert titles(third) == ["Doctor 19", "Doctor 20", "Doctor 21", "⋯ 1/3"]
    assert set(second.message) == {"text", "choices", "page"}
    with database.read() as session:
        assert messaging.last_choices(session, contact())["Doctor 1"] == '/inform{"n": "1"}'


def test_the_list_that_was_tapped_is_turned_and_not_a_newer_one() -> None:
    offered("wamid.OLD", doctors(21))
    offered("wamid.NEW", doctors(12, "Which day?"))
    with webhook(EchoBot()) as server:
        server.post(more(2, "wamid.NOBODY_KNOWS"))
        wait_for(lambda: len(rows(Outbox)) == 3)
        server.post(more(2, "wamid.OLD"))
        wait_for(lambda: len(rows(Outbox)) == 4)
    assert [row.message["text"] for row in rows(Outbox)[2:]] == ["Which day?", "Which one?"]


def test_pages_turn_while_somebody_waits_for_a_person_but_not_while_one_talks() -> None:
    offered("wamid.LIST", doctors(21))
    handoff = handoffs.open_handoff(contact(), "asked", "en", "wants a person")
    with webhook(EchoBot()) as server:
        server.post(more(2, "wamid.LIST"))
        wait_for(lambda: len(rows(Outbox)) == 2)
        handoffs.claim(handoff.id, "Mia")
        server.post(more(3, "wamid.LIST"))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert [row.message.get("page") for row in rows(Outbox)] == [None, 2]


def test_more_of_a_list_that_is_not_there_never_reaches_the_assistant() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(more(2, "wamid.GONE"))
        wait_for(lambda: rows(Outbox))
    assert bot.turns == []
    assert "utter_please_write" in rows(Outbox)[0].message["text"]
