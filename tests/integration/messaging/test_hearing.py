"""Voice notes with a transcriber: the message waits for its words, but not for ever, and never for nothing."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import Mock

import pytest

from clinic import clock, database, encryption, media, messaging, transcription
from clinic.messaging import timers
from clinic.models import Handoff, Inbox, Medium, Outbox
from clinic.texts import text
from connectors.whatsapp import alarm, hearing, turns
from tests.support.whatsapp import EchoBot, contact, message, of_messages, rows, wait_for, webhook
from worker import media as worker_media


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


class Ear:
    """Hears the same in everything."""

    def __init__(self, words: str) -> None:
        self.words = words

    def transcribe(self, content: bytes, mime_type: str) -> str:
        return self.words


def kept(monkeypatch: pytest.MonkeyPatch, words: str) -> media.Job:
    """A voice note that the worker keeps, and will hear these words in."""
    monkeypatch.setattr(transcription, "transcriber", lambda: Ear(words))
    monkeypatch.setattr(media, "content", lambda medium: iter([b"ogg"]))
    owner, raw = contact(), voice()
    with database.transaction() as session:
        messaging.receive(session, wamid=raw["id"], contact_id=owner, kind="audio", payload=raw, sent_at=clock.now())
        media.register(session, raw["id"], "audio", "4711")
    with database.transaction() as session:
        job = media.claim(session, 1)
        assert job is not None
    assert worker_media._kept(job, Mock(mime_type="audio/ogg", sha256="0" * 64, size=3))
    return job


DANGER = "he is not breathing"


@pytest.mark.parametrize(("words", "alarms"), [(DANGER, 1), ("an appointment please", 0), ("", 0)])
def test_an_emergency_that_is_heard_after_the_note_was_answered(
    words: str, alarms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = kept(monkeypatch, words)
    with database.transaction() as session:
        assert messaging.finish(session, job.inbox_id, [{"text": "Please write"}])
    for _ in range(2):
        worker_media.listen(job)
    assert len(said()) == 1 + alarms
    assert [row.priority for row in rows(Handoff)] == ["urgent"] * alarms
    assert all("112" in words for words in said()[1:])


def test_words_of_a_note_that_still_waits_or_was_taken_back_raise_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    job = kept(monkeypatch, DANGER)
    worker_media.listen(job)
    assert (said(), rows(Handoff)) == ([], [])
    with database.transaction() as session:
        messaging.revoke(session, rows(Inbox)[0].wamid, job.contact_id, clock.now(), payload={})
        assert not alarm.heard_late(session, job.inbox_id, DANGER)


def test_words_that_come_while_the_note_is_being_answered_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    job = kept(monkeypatch, DANGER)
    monkeypatch.setattr(hearing, "waits", lambda session, row: False)
    incoming = turns.load(job.contact_id)
    assert incoming is not None and incoming.heard is None
    worker_media.listen(job)
    turns.save(incoming, turns.Answer(messages=[{"text": "Please write"}]))
    assert [row.priority for row in rows(Handoff)] == ["urgent"]
    assert "112" in said()[1]


def test_a_note_whose_listener_was_killed_is_heard_again_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    job = kept(monkeypatch, "an appointment please")

    def killed() -> list[int]:
        with database.transaction() as session:
            session.get(Medium, 1).next_attempt_at = timers.machine_now()
        with database.read() as session:
            return worker_media.unheard(session, 5)

    assert rows(Medium)[0].next_attempt_at is not None
    with database.read() as session:
        assert worker_media.unheard(session, 5) == []
    for _ in range(worker_media.MOST_LISTENS - 1):
        assert killed() == [job.id]
        with database.transaction() as session:
            assert worker_media.claim_unheard(session, job.id) is not None
        with database.transaction() as session:
            assert worker_media.claim_unheard(session, job.id) is None
    assert killed() == []


def test_the_worker_looks_for_such_a_note_when_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    job = kept(monkeypatch, "an appointment please")
    with database.transaction() as session:
        session.get(Medium, job.id).next_attempt_at = timers.machine_now()
    fetcher = worker_media.Fetcher(Mock())
    fetcher.look()
    fetcher.close()
    assert media.transcript_of(rows(Medium)[0]) == "an appointment please"


def test_without_a_transcriber_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(transcription.NAME, "")
    with webhook(EchoBot()) as server:
        server.post(of_messages(voice()))
        wait_for(said)
    assert rows(Inbox)[0].next_attempt_at is None
