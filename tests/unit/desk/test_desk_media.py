"""What patients sent, as staff see it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clinic import clock, contacts, database, encryption, handoffs, media, messaging, sealed
from clinic.models import Medium
from desk.app import build
from desk.media import asked_for
from tests.support import databases, surroundings
from tests.support.whatsapp import message

CONTENT = bytes(range(256)) * 8192


@pytest.fixture(autouse=True)
def _clinic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv(sealed.NAME, str(tmp_path / "media"))
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    for _ in surroundings.documented(monkeypatch):
        with databases.demo(tmp_path):
            clock.freeze(clock.parse_instant(surroundings.SUNDAY))
            yield


@pytest.fixture
def page() -> TestClient:
    return TestClient(build("p"), headers={"Authorization": "Basic " + base64.b64encode(b"x:p").decode()})


def kept(kind: str, mime_type: str, content: bytes = CONTENT, name: str | None = None) -> int:
    raw = message(kind)
    with database.transaction() as session:
        owner = contacts.by_address(session, phone="+4915200000001").id
        messaging.receive(session, wamid=raw["id"], contact_id=owner, kind=kind, payload=raw, sent_at=clock.now())
        medium = media.register(session, raw["id"], kind, "4711", original_name=name)
        assert medium is not None
        job = media.claim(session, medium.id)
        assert job is not None
        sealed.write(job.name, iter([content[:1000], content[1000:]]))
        media.stored(session, job.id, mime_type=mime_type, sha256_hex=sha256(content).hexdigest(), size=len(content))
        handoffs.open_handoff(owner, "asked", "en", "look", session=session)
        return job.id


def test_a_photo_is_in_the_page_and_nobody_else_sees_it(page: TestClient) -> None:
    number = kept("image", "image/jpeg")
    assert f'<img src="/media/{number}"' in page.get("/").text
    answer = page.get(f"/media/{number}")
    assert answer.content == CONTENT
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    for path in (f"/media/{number}", f"/play/{number}"):
        assert TestClient(build("p")).get(path).status_code == 401
    assert "img-src 'self'" in page.get("/").headers["Content-Security-Policy"]


def test_anything_else_is_only_saved(page: TestClient) -> None:
    number = kept("document", "text/html", b"<script>alert(1)</script>", name='../../letter "ä".html\r\nX: y')
    answer = page.get(f"/media/{number}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''letter%20%22%C3%A4%22.html")
    assert "\r" not in answer.headers["Content-Disposition"]
    assert "<script>alert" not in page.get("/").text


def test_a_voice_note_is_played_on_a_page_that_stays(page: TestClient) -> None:
    number = kept("audio", "audio/ogg")
    with database.transaction() as session:
        media.keep_transcript(session, number, "<b>it hurts</b>")
    assert f'href="/play/{number}"' in page.get("/").text
    text = page.get(f"/play/{number}").text
    assert f'<audio controls src="/media/{number}">' in text and "refresh" not in text
    assert "&lt;b&gt;it hurts" in text
    part = page.get(f"/media/{number}", headers={"Range": "bytes=990-1009"})
    assert (part.status_code, part.content) == (206, CONTENT[990:1010])
    assert part.headers["Content-Range"] == f"bytes 990-1009/{len(CONTENT)}"


@pytest.mark.parametrize(
    ("header", "given"),
    [
        ("", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=10-999", (10, 100)),
        ("bytes=100-", (0, 100)),
        ("bytes=20-10", (0, 100)),
        ("bytes=-5", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
    ],
)
def test_ranges(header: str, given: tuple[int, int]) -> None:
    assert asked_for(header, 100) == given


@pytest.mark.parametrize("path", ["/media/9", "/play/9", "/media/99999999999999999999", "/media/x", "/media/../etc"])
def test_what_is_not_there(page: TestClient, path: str) -> None:
    assert page.get(path).status_code == 404


def test_what_waits_or_cannot_be_read_is_said(page: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    number = kept("image", "image/jpeg")
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    answer = page.get(f"/media/{number}")
    assert answer.status_code == 500 and "CLINIC_ENCRYPTION_KEY" in answer.text
    with database.transaction() as session:
        session.get(Medium, number).status = "waiting"
    assert "photo: is being fetched" in page.get("/").text
    assert page.get(f"/media/{number}").status_code == 404
