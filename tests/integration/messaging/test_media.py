"""What patients send is fetched from the simulator, kept encrypted, and given to nobody else."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from clinic import clock, database, encryption, media
from clinic.models import Medium
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.media import MediaSource
from connectors.whatsapp.settings import GraphSettings, MediaSettings
from tests.support.media import JPEG, arrived, fetched, files, medium, opened, upload
from tests.support.stage import Simulator, simulator
from tests.support.whatsapp import wait_for
from worker.media import Fetcher


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


def test_a_photo_is_kept_encrypted_under_a_name_that_says_nothing(stage: Simulator, source: MediaSource) -> None:
    channel_id = upload(stage)
    row = fetched(arrived(channel_id, sha256_hex=hashlib.sha256(JPEG).hexdigest(), original_name="rash.jpg"), source)
    assert (row.status, row.size, row.mime_type, row.error) == ("stored", len(JPEG), "image/jpeg", None)
    [path] = files()
    assert path.name == row.name and len(path.name) == 48 and channel_id not in path.name
    assert path.stat().st_mode & 0o777 == 0o600
    assert JPEG[:64] not in path.read_bytes()
    assert b"".join(media.content(row)) == JPEG
    assert row.original_name is not None and "rash" not in row.original_name
    assert media.original_name(row) == "rash.jpg"


class Meddled(Graph):
    """Meta on a bad day: `address` changes what is said about a medium, `late` lets addresses expire first."""

    def __init__(self, stage: Simulator) -> None:
        super().__init__(GraphSettings(stage.url, "v25.0", "100", "token"))
        self.asked: list[str] = []
        self.address: dict[str, Any] = {}
        self.late = 0

    def get(self, path: str) -> Any:
        return {**super().get(path), **self.address}

    def download(self, url: str) -> requests.Response:
        self.asked.append(url)
        if len(self.asked) <= self.late:
            url = url.replace("ext=", "ext=1")
        return super().download(url)


@pytest.fixture
def meddled(stage: Simulator) -> Iterator[Meddled]:
    graph = Meddled(stage)
    yield graph
    graph.close()


def through(graph: Graph, stage: Simulator) -> MediaSource:
    return MediaSource(graph, MediaSettings(stage.url, ("lookaside.fbsbx.com",)))


def test_an_address_that_expired_is_asked_for_again(stage: Simulator, meddled: Meddled) -> None:
    meddled.late = 1
    assert fetched(arrived(upload(stage)), through(meddled, stage)).status == "stored"
    assert len(meddled.asked) == 2


def test_an_address_that_is_always_expired_is_tried_a_few_times(stage: Simulator, meddled: Meddled) -> None:
    meddled.late = 99
    identifier = arrived(upload(stage))
    with database.transaction() as session:
        session.get(Medium, identifier).attempts = 3
    row = fetched(identifier, through(meddled, stage))
    assert (row.status, row.attempts) == ("waiting", 4) and row.next_attempt_at is not None
    with database.transaction() as session:
        session.get(Medium, identifier).next_attempt_at = None
    row = fetched(identifier, through(meddled, stage))
    assert (row.status, row.error) == ("failed", "http-404: the content was not given")
    assert files() == []


@pytest.mark.parametrize(
    "host", ["http://evil.example/x", "https://evil.example/x", "https://lookaside.fbsbx.com.evil.example/"]
)
def test_the_token_goes_to_no_other_host(stage: Simulator, meddled: Meddled, host: str) -> None:
    meddled.address = {"url": host}
    row = fetched(arrived(upload(stage)), through(meddled, stage))
    assert row.status == "waiting" and "WHATSAPP_MEDIA_HOSTS" in str(row.error)
    assert meddled.asked == []


@pytest.mark.parametrize(
    "said",
    [
        {"file_size": 999_999_999},
        {"file_size": "999999999"},
        {"mime_type": "image/svg+xml"},
        {"mime_type": "application/x-msdownload"},
    ],
)
def test_what_is_announced_as_too_large_or_of_another_kind_is_not_even_asked_for(
    stage: Simulator, meddled: Meddled, said: dict[str, Any]
) -> None:
    meddled.address = said
    row = fetched(arrived(upload(stage)), through(meddled, stage))
    assert row.status == "refused" and row.error
    assert meddled.asked == [] and files() == []


def test_what_is_larger_than_announced_is_cut_short(
    stage: Simulator, meddled: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(media_limits(), "image", 1024 * 1024)
    meddled.address = {"file_size": 10}
    row = fetched(arrived(upload(stage)), through(meddled, stage))
    assert row.status == "refused" and "at most 1 MB" in str(row.error)
    assert files() == []


def media_limits() -> dict[str, int]:
    from connectors.whatsapp.media import LIMITS

    assert isinstance(LIMITS, dict)
    return LIMITS


def test_another_content_than_announced_is_not_kept(stage: Simulator, meddled: Meddled) -> None:
    meddled.address = {"sha256": "0" * 64}
    row = fetched(arrived(upload(stage)), through(meddled, stage))
    assert row.status == "waiting" and "sha256" in str(row.error)
    assert files() == []


def test_an_id_that_nobody_knows_has_failed(stage: Simulator, source: MediaSource) -> None:
    row = fetched(arrived("4711"), source)
    assert row.status == "failed" and "does not have it any more" in str(row.error)


def test_after_seven_days_nobody_asks(stage: Simulator, source: MediaSource) -> None:
    identifier = arrived(upload(stage))
    with database.transaction() as session:
        session.get(Medium, identifier).created_at = clock.now() - timedelta(days=7, minutes=1)
    assert fetched(identifier, source).status == "failed"


def test_a_full_disk_loses_nothing(stage: Simulator, source: MediaSource, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    identifier = arrived(upload(stage))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        row = fetched(identifier, source)
    assert (row.status, row.error) == ("waiting", "No space left on device")
    assert files() == []
    with database.transaction() as session:
        session.get(Medium, identifier).next_attempt_at = None
    assert fetched(identifier, source).status == "stored"


def test_without_a_key_it_waits_and_somebody_is_told(
    stage: Simulator, source: MediaSource, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    identifier = arrived(upload(stage))
    fetcher = Fetcher(source)
    with monkeypatch.context() as patch:
        patch.setenv(encryption.NAME, "")
        fetcher.look()
        row = medium(identifier)
        assert (row.status, row.attempts) == ("waiting", 0)
        assert "CLINIC_ENCRYPTION_KEY is not set" in caplog.text
    wait_for(lambda: fetcher.look() or medium(identifier).status == "stored")
    fetcher.close()


def test_a_worker_that_is_told_to_stop_does_not_finish_a_long_download(stage: Simulator, source: MediaSource) -> None:
    source.stop()
    row = fetched(arrived(upload(stage)), source)
    assert row.status == "waiting" and "stopped" in str(row.error)
    assert files() == []
