"""From a signed POST to rows, answers and statuses, on both databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from clinic import database, messaging
from clinic.models import Contact
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp.settings import WebhookSettings
from tests.support.whatsapp import (
    SECRET,
    SENT_AT,
    VERIFY_TOKEN,
    EchoBot,
    contact,
    message,
    of_messages,
    of_status,
    rows,
    wait_for,
    webhook,
)

pytestmark = pytest.mark.usefixtures("database_url")


def test_handshake() -> None:
    with webhook() as server:
        asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
        answer = server.get("/webhook", **asked)
        assert (answer.status_code, answer.text) == (200, "1158201444")
        assert server.get("/webhook", **{**asked, "hub.verify_token": "wrong"}).status_code == 403
        assert server.get("/webhook", **{**asked, "hub.verify_token": "ключ"}).status_code == 403
        assert server.get("/webhook", **{**asked, "hub.mode": "unsubscribe"}).status_code == 403
        assert server.get("/webhook").status_code == 403
    with webhook(settings=WebhookSettings(SECRET, "")) as server:
        assert server.get("/webhook", **{**asked, "hub.verify_token": ""}).status_code == 403


def test_only_what_is_signed_is_believed() -> None:
    body = json.dumps(of_messages(message())).encode()
    with webhook() as server:
        assert server.post(None, raw=body, secret="another").status_code == 401
        assert server.post(None, raw=b"{not json").status_code == 400
        assert server.post(None, raw=b"\xff\xfe").status_code == 400
        assert server.post(None, raw=b"[" * 100_000).status_code == 400
        assert server.post(None, raw=b'"' + b"x" * 3 * 1024 * 1024 + b'"').status_code == 413
        assert rows(Inbox) == []
        assert server.post(None, raw=body).status_code == 200
    with webhook(settings=WebhookSettings("", "")) as server:
        assert server.post(None, raw=body, secret="").status_code == 503
    assert len(rows(Inbox)) == 1


def test_a_webhook_that_cannot_be_stored_is_asked_for_again() -> None:
    def broken(_document: Any) -> int:
        raise RuntimeError("no database")

    with webhook(store=broken) as server:
        assert server.post(of_messages(message())).status_code == 503


def test_health_says_whether_somebody_answers() -> None:
    with webhook(ready=lambda app: False) as server:
        assert server.get("/").status_code == 503
    with webhook() as server:
        answer = server.get("/")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_every_entry_change_and_message_is_kept() -> None:
    bodies = [of_messages(message(), message()), of_messages(message("image", image={"id": "1"}))]
    both = {"object": "whatsapp_business_account", "entry": [entry for body in bodies for entry in body["entry"]]}
    with webhook() as server:
        assert server.post(both).status_code == 200
    assert [row.kind for row in rows(Inbox)] == ["text", "text", "image"]


def test_twenty_identical_posts_at_once_are_one_message() -> None:
    body = of_messages(*(message(phone=f"49151230000{n:02d}") for n in range(3)))
    with webhook() as server, ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: server.post(body).status_code, range(20)))
    assert answers == [200] * 20
    assert len(rows(Inbox)) == 3
    assert len(rows(Contact)) == 3


def test_a_message_of_nobody_is_kept_and_waits_for_nothing() -> None:
    with webhook() as server:
        assert server.post(of_messages({"id": "wamid.X", "type": "text", "text": {"body": "?"}})).status_code == 200
        assert server.post(of_messages(message(phone="not a phone"))).status_code == 200
        assert server.post({"entry": [{"changes": [{"value": {"messages": ["what", None, 7]}}]}]}).status_code == 200
    kept = rows(Inbox)
    assert len(kept) == 5
    assert all(row.contact_id is None and row.processed_at for row in kept)


def test_what_no_database_takes_is_made_harmless() -> None:
    # A NUL, and half of an emoji, as JSON can write them.
    raw = json.dumps(of_messages(message(body="a"))).replace('"a"', '"a\\u0000b\\ud83d"').encode()
    with webhook() as server:
        assert server.post(None, raw=raw).status_code == 200
    assert rows(Inbox)[0].text == "a\ufffdb\ufffd"


def test_a_phone_and_its_user_id_are_one_contact() -> None:
    with webhook() as server:
        server.post(of_messages(message(from_user_id="DE.123")))
        only_id = message(from_user_id="DE.123")
        del only_id["from"]
        server.post(of_messages(only_id))
    first, second = rows(Inbox)
    assert first.contact_id == second.contact_id is not None


def test_answers_are_written_in_order_with_the_introduction_first() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(message(body="two", timestamp=SENT_AT + 2), message(body="one", timestamp=SENT_AT + 1)))
        wait_for(lambda: len(rows(Outbox)) == 2)
    assert [row.message["text"] for row in rows(Outbox)] == ["utter_introduction\n\necho: one", "echo: two"]
    assert all(row.processed_at for row in rows(Inbox))
    (who,) = rows(Contact)
    assert (who.language, who.introduced_at is not None) == ("en", True)


def test_what_a_dead_process_left_is_answered_at_the_next_start() -> None:
    with webhook() as server:
        server.post(of_messages(message(body="before the crash")))
    assert rows(Outbox) == []
    with webhook(EchoBot()):
        wait_for(lambda: rows(Outbox))


def test_contacts_are_answered_side_by_side_but_each_in_order() -> None:
    bot = EchoBot()
    bot.delay = 0.05
    phones = [f"49151230001{n:02d}" for n in range(8)]
    batch = [message(phone=p, body=f"{n}", timestamp=SENT_AT + n) for n in range(5) for p in phones]
    with webhook(bot) as server:
        server.post(of_messages(*batch))
        wait_for(lambda: len(rows(Outbox)) == 40, 30)
    assert bot.most_at_once > 1
    said: dict[int, list[str]] = {}
    for contact_id, text in bot.turns:
        said.setdefault(contact_id, []).append(text)
    assert len(said) == 8
    assert all(texts == ["0", "1", "2", "3", "4"] for texts in said.values())


def test_statuses_move_forward_only_and_find_their_message_by_the_echo() -> None:
    who = contact()
    with database.transaction() as session:
        opaque = messaging.enqueue(session, who, {"text": "hi"}).opaque
    with webhook() as server:
        for status in ("delivered", "sent", "delivered", "failed", "read", "delivered", "unheard_of"):
            assert server.post(of_status(opaque, "wamid.OUT", status)).status_code == 200
        assert server.post(of_status(None, "wamid.NOBODY", "sent")).status_code == 200
    (row,) = rows(Outbox)
    assert (row.status, row.wamid) == ("read", "wamid.OUT")
    assert row.sent_at == row.delivered_at == row.read_at
    assert row.error_code is None


def test_a_window_that_closed_meanwhile_has_the_message_judged_again() -> None:
    who = contact()
    with database.transaction() as session:
        opaque = messaging.enqueue(session, who, {"text": "hi"}).opaque
    error = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}}
    with webhook() as server:
        server.post(of_status(opaque, "wamid.OUT", "failed", errors=[error]))
    (row,) = rows(Outbox)
    # Into the queue once more, where the next claim looks for a template and parks it when there is none.
    assert (row.status, row.error_code, row.error_detail) == (
        "queued",
        "131047",
        "Re-engagement message: 24 hours",
    )


def test_sent_at_is_the_patients_time_even_in_milliseconds() -> None:
    with webhook() as server:
        server.post(of_messages(message(), message(timestamp=SENT_AT * 1000), message(timestamp="soon")))
    first, second, third = rows(Inbox)
    assert first.sent_at == second.sent_at
    assert abs(third.sent_at - third.received_at) < timedelta(seconds=1)


def test_messages_of_one_second_are_answered_in_the_order_of_the_post() -> None:
    names = [("wamid.ZZ", "first"), ("wamid.BB", "second"), ("wamid.AA", "third")]
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(*(message(wamid=wamid, body=body) for wamid, body in names)))
        wait_for(lambda: len(rows(Outbox)) == 3)
    assert [text for _, text in bot.turns] == ["first", "second", "third"]


def test_the_same_messages_in_another_order_do_not_block_each_other() -> None:
    there = [message(phone=f"4915123000{n:03d}", wamid=f"wamid.{n}") for n in range(30)]
    bodies = [of_messages(*there), of_messages(*reversed(there))] * 6
    with webhook() as server, ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda body: server.post(body).status_code, bodies))
    assert answers == [200] * 12
    assert len(rows(Inbox)) == len(rows(Contact)) == 30
