"""Voice notes with a transcriber: the message waits for its words, but not for ever, and never for nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest

from clinic import clock, database, encryption, media, messaging, transcription
from clinic.models import Inbox, Medium, Outbox
from clinic.texts import text
from connectors.whatsapp import hearing
from tests.support.whatsapp import EchoBot, contact, message, of_messages, rows, wait_for, webhook


@pytest.fixture(autouse=True)
def _transcriber(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    monkeypatch.setenv(transcription.NAME, "a-folder")
    hearing._since.clear()


def voice() -> dict[str, Any]:
    return message("audio", audio={"id": "4711", "mime_type": "audio/ogg; codecs=opus", "voice": True})


def said() -> list[str]:
    return [row.message["text"] for row in rows(Outbox)]


def hear(words: str) -> None:
    """What the worker does."""
    with database.transaction() as session:
        [identifier] = media.due(session)
        media.claim(session, identifier)
        media.stored(session, identifier, mime_type="audio/ogg", sha256_hex="0" * 64, size=3)
        media.keep_transcript(session, identifier, words)


def test_it_is_answered_when_its_words_are_there_and_holds_others_back_until_then() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(voice()))
        wait_for(lambda: rows(Inbox) and rows(Inbox)[0].next_attempt_at)
        assert said() == []
        hear("an appointment please")
        wait_for(said)
    assert said() == ["utter_introduction\n\necho: an appointment please"]
    assert rows(Inbox)[0].processed_at is not None


@pytest.mark.parametrize("status", ["refused", "failed", "erased"])
def test_nobody_waits_for_words_that_cannot_come(status: str) -> None:
    with webhook(EchoBot()) as server:
        server.post(of_messages(voice()))
        wait_for(lambda: rows(Medium))
        with database.transaction() as session:
            session.get(Medium, 1).status = status
        wait_for(said)
    assert said() == ["utter_introduction\n\n" + text("utter_media_voice", "en")]


def test_nobody_waits_longer_than_a_minute_or_a_moment_when_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, raw = contact(), voice()
    with database.transaction() as session:
        messaging.receive(session, wamid=raw["id"], contact_id=owner, kind="audio", payload=raw, sent_at=clock.now())
        media.register(session, raw["id"], "audio", "4711")
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def waits() -> bool:
        with database.read() as session:
            return hearing.waits(session, session.get(Inbox, 1))

    assert waits()
    now[0] += 59
    assert waits()
    later = message()
    with database.transaction() as session:
        messaging.receive(session, wamid=later["id"], contact_id=owner, kind="text", payload=later, sent_at=clock.now())
    assert not waits()


def test_without_a_transcriber_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(transcription.NAME, "")
    with webhook(EchoBot()) as server:
        server.post(of_messages(voice()))
        wait_for(said)
    assert rows(Inbox)[0].next_attempt_at is None
