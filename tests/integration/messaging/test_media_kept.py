"""What is kept: once, findable, forgotten when it is taken back, and heard when somebody listens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic import clock, database, encryption, media, sealed, transcription
from clinic.models import Medium, Outbox
from clinic.settings import SettingsError
from clinic.texts import text
from connectors.whatsapp.media import MediaSource
from tests.support.media import arrived, fetched, files, medium, opened, upload
from tests.support.stage import Simulator, end, simulator, start
from tests.support.whatsapp import EchoBot, rows, wait_for, webhook
from worker.media import Fetcher, fetch


@pytest.fixture
def stage(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    monkeypatch.setenv("CLINIC_MEDIA", str(tmp_path / "media"))
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    with simulator(database_url, "http://127.0.0.1:9/webhook", tmp_path) as (played, _):
        yield played


@pytest.fixture
def source(stage: Simulator) -> Iterator[MediaSource]:
    with opened(stage) as found:
        yield found


def test_two_workers_fetch_it_once(stage: Simulator) -> None:
    identifier = arrived("4711")
    with database.transaction() as session:
        assert media.claim(session, identifier) is not None
    with database.transaction() as session:
        assert media.claim(session, identifier) is None
        assert media.due(session) == []


def test_a_killed_worker_leaves_no_file_that_nobody_knows(stage: Simulator, source: MediaSource) -> None:
    identifier = arrived(upload(stage))
    with database.transaction() as session:
        job = media.claim(session, identifier)
    assert job is not None
    sealed.folder().mkdir(parents=True)
    (sealed.folder() / f"{job.name}.part").write_bytes(b"half")
    with database.transaction() as session:
        session.get(Medium, identifier).next_attempt_at = None
    row = fetched(identifier, source)
    assert [path.name for path in files()] == [row.name] == [job.name]


def test_what_is_taken_back_is_forgotten(stage: Simulator, source: MediaSource) -> None:
    row = fetched(arrived(upload(stage), original_name="rash.jpg"), source)
    with database.transaction() as session:
        media.erase(session, session.get(Medium, row.id))
    fetcher = Fetcher(source)
    fetcher.look()
    fetcher.close()
    row = medium(row.id)
    assert (row.status, row.name, row.original_name) == ("erased", None, None)
    assert files() == []
    with pytest.raises(FileNotFoundError):
        list(media.content(row))


def test_what_is_too_old_is_forgotten_once_a_day(stage: Simulator, source: MediaSource) -> None:
    old, waiting, new = (arrived(upload(stage), original_name="rash.jpg") for _ in range(3))
    for one in (old, new):
        fetched(one, source)
    with database.transaction() as session:
        for one, days in ((old, 91), (waiting, 100), (new, 89)):
            session.get(Medium, one).created_at = clock.now() - timedelta(days=days)
    fetcher = Fetcher(source, days=90)
    fetcher.look()
    assert [(medium(one).status, medium(one).original_name is None) for one in (old, waiting, new)] == [
        ("erased", True),
        ("erased", True),
        ("stored", False),
    ]
    assert [path.name for path in files()] == [medium(new).name]
    with database.transaction() as session:
        session.get(Medium, new).created_at = clock.now() - timedelta(days=91)
    fetcher._look_again_at = 0.0
    fetcher.look()
    assert medium(new).status == "stored"
    fetcher.close()
    for keeps in (Fetcher(source), Fetcher(source, days=92)):
        keeps.look()
        keeps.close()
    assert medium(new).status == "stored"


@pytest.mark.parametrize(("given", "days"), [("", 90), ("0", 0), (" 30 ", 30)])
def test_for_how_long_the_clinic_keeps_media(given: str, days: int) -> None:
    assert media.days_kept({media.DAYS: given}) == days


@pytest.mark.parametrize("given", ["a month", "-1", "1.5"])
def test_a_number_of_days_is_a_whole_number(given: str) -> None:
    with pytest.raises(SettingsError, match=media.DAYS):
        media.days_kept({media.DAYS: given})


def test_what_is_taken_back_while_it_is_fetched_is_not_kept(stage: Simulator, source: MediaSource) -> None:
    identifier = arrived(upload(stage))
    with database.transaction() as session:
        job = media.claim(session, identifier)
        media.erase(session, session.get(Medium, identifier))
    assert job is not None
    fetch(job, source)
    assert medium(identifier).status == "erased" and files() == []


def test_a_changed_file_is_noticed(stage: Simulator, source: MediaSource, monkeypatch: pytest.MonkeyPatch) -> None:
    row = fetched(arrived(upload(stage)), source)
    [path] = files()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(encryption.Unreadable):
        list(media.content(row))
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    with pytest.raises(encryption.Unreadable):
        list(media.content(row))


class Ear:
    """A transcriber."""

    def transcribe(self, content: bytes, mime_type: str) -> str:
        if content == b"OggS broken":
            raise RuntimeError("cannot decode")
        return f"{mime_type}, {len(content)} bytes"


@pytest.mark.parametrize(("content", "words"), [(b"OggS good", "audio/ogg, 9 bytes"), (b"OggS broken", "")])
def test_a_voice_note_becomes_words(
    stage: Simulator, source: MediaSource, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setenv(transcription.NAME, "anywhere")
    monkeypatch.setattr(transcription, "transcriber", Ear)
    row = fetched(arrived(upload(stage, content, "audio/ogg"), "audio"), source)
    assert row.status == "stored"
    assert media.transcript_of(row) == words
    assert words[:5] not in str(row.transcript) or not words


def test_a_speech_model_that_is_not_there_holds_nothing_up(
    stage: Simulator, source: MediaSource, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(transcription.NAME, "no-such-folder")
    transcription.transcriber.cache_clear()
    row = fetched(arrived(upload(stage, b"OggS", "audio/ogg"), "audio"), source)
    assert media.transcript_of(row) == ""
    assert "is no folder" in caplog.text


def test_the_whole_way(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A patient's photo: webhook, inbox, worker process, file; the patient is thanked."""
    key = encryption.new_key()
    monkeypatch.setenv(sealed.NAME, str(tmp_path / "media"))
    monkeypatch.setenv(encryption.NAME, key)
    with webhook(EchoBot()) as server, simulator(database_url, f"{server.url}/webhook", tmp_path) as (played, environment):
        worker = start(environment, "worker")
        try:
            played.send(type="image", image={"caption": "my arm"})
            wait_for(lambda: [row.status for row in rows(Medium)] == ["stored"], 20)
            wait_for(played.said)
        finally:
            end(worker)
    assert worker.returncode == 0
    [row] = rows(Medium)
    assert row.attempts == 1 and len(b"".join(media.content(row))) == row.size
    assert str(rows(Outbox)[0].message["text"]).endswith(text("utter_media_thanks", "en") + "\n\necho: my arm")
