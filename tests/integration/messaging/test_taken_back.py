"""What was answered before it was taken back: its words leave the conversation, and nobody hears of it."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from clinic import database, handoffs, messaging
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp import consumer
from tests.support.changes import SAID, edited, revoked, said
from tests.support.whatsapp import SENT_AT, EchoBot, Running, contact, of_messages, of_status, rows, wait_for, webhook

pytestmark = pytest.mark.usefixtures("database_url")


def deleted(server: Running) -> None:
    status = of_status(None, "wamid.SAID", "deleted", timestamp=str(SENT_AT + 3600))
    assert server.post(status).status_code == 200


def all_processed() -> bool:
    return all(row.processed_at for row in rows(Inbox))


def test_a_message_is_forgotten_with_its_edits() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        for change in (said(), edited("my number is 99999", 60), edited("danger", 70), revoked()):
            server.post(of_messages(change))
            wait_for(all_processed)
    assert [text for _, text in bot.turns] == [SAID, "danger"], "an edit that is a turn of its own"
    assert bot.forgotten == [(contact(), ["wamid.SAID", "wamid.EDIT60", "wamid.EDIT70"])]


def test_an_edit_alone_forgets_nothing() -> None:
    """What the patient means is still there: an offer to a "stomac pain" is not lost when a letter is put right."""
    bot = EchoBot()
    with webhook(bot) as server:
        for change in (said(), edited("my number is 99999", 60)):
            server.post(of_messages(change))
            wait_for(all_processed)
    assert bot.forgotten == []


def test_what_a_status_says_was_deleted_is_forgotten_once_and_opens_no_window() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(said()))
        wait_for(lambda: rows(Outbox))
        with database.read() as session:
            before = messaging.window_closes_at(session, contact())
        for _ in range(2):
            deleted(server)
        wait_for(lambda: bot.forgotten and all_processed())
    assert bot.forgotten == [(contact(), ["wamid.SAID"])]
    with database.read() as session:
        assert messaging.window_closes_at(session, contact()) == before
    assert len(rows(Outbox)) == 1


def test_of_what_somebody_else_wrote_only_their_own_conversation_is_asked() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(said()))
        wait_for(lambda: rows(Outbox))
        server.post(of_messages(revoked(phone="4915123000099")))
        wait_for(all_processed)
    assert bot.forgotten == [(contact("4915123000099"), ["wamid.SAID"])]


def test_a_conversation_that_cannot_forget_holds_up_nobody_and_is_no_problem_of_the_patient(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(EchoBot):
        async def forget(self, contact_id: int, message_ids: Collection[str]) -> None:
            raise OSError("the tracker's database is away")

    monkeypatch.setattr(consumer, "FIRST_DELAY", 0.01)
    bot = Away()
    with webhook(bot) as server:
        for change in (said(), revoked()):
            server.post(of_messages(change))
            wait_for(all_processed)
    assert [row.in_reply_to for row in rows(Outbox)] == ["wamid.SAID"], "nothing is said to the revoke"
    with database.read() as session:
        assert handoffs.current(session, contact()) is None
    assert "what was taken back stays in the conversation (OSError)" in caplog.text
