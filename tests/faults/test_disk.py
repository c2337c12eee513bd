"""The disk takes no large file for a while: answers go on, what patients sent waits and is kept whole afterwards.

The worker's files may not grow beyond a limit (RLIMIT_FSIZE): the write fails in the middle of the file, as on a full
disk, and only there: the database is smaller than that.
"""

from __future__ import annotations

import base64
import random
import resource
import sys
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from clinic import database, encryption, media
from clinic.models import Medium
from tests.support.stage import Simulator
from tests.support.storm import Storm, echoing, run, scene
from tests.support.whatsapp import rows, wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="another process's limits are Linux's"),
]

MB = 1024 * 1024
LARGEST = 10 * MB
DOCUMENTS = 4
FULL, FREE = 1.0, 25.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where media are kept, for this process too."""
    kept = tmp_path / "media"
    monkeypatch.setenv("CLINIC_MEDIA", str(kept))
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    yield kept


def findings(seed: int) -> list[bytes]:
    """Scans of 12 MB, each another one."""
    chance = random.Random(seed)
    return [b"%PDF-1.7\n" + chance.randbytes(12 * MB) for _ in range(DOCUMENTS)]


def send(played: Simulator, phones: list[str], documents: list[bytes]) -> None:
    for phone, document in zip(phones, documents, strict=False):
        content = {"content": base64.b64encode(document).decode(), "filename": "findings.pdf"}
        played.send(phone, type="document", document=content)


def test_disk_full(database_url: str, tmp_path: Path, folder: Path) -> None:
    storm = Storm(seed=20261127, conversations=40, seconds=35, victims=("gateway", "bot"), kill_every=(4.0, 8.0))
    documents = findings(storm.seed)
    with scene(database_url, tmp_path) as (played, crew):
        echoing(crew)

        def allow(most: int) -> None:
            resource.prlimit(crew.pid("worker"), resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

        events = {
            FULL: partial(allow, LARGEST),
            FULL + 1: partial(send, played, storm.phones, documents),
            FREE: partial(allow, resource.RLIM_INFINITY),
        }
        verdict = run(storm, played, crew, database_url, events=events)
        assert "cannot be kept" in crew.log("worker")
        wait_for(lambda: all(row.status == "stored" for row in rows(Medium)), 120)
    assert verdict.clean, verdict.report()
    with database.read() as session:
        kept = [b"".join(media.content(session.get(Medium, row.id))) for row in rows(Medium)]
    assert sorted(sha256(each).digest() for each in kept) == sorted(sha256(each).digest() for each in documents)
    assert {path.name for path in folder.iterdir()} == {row.name for row in rows(Medium)}
