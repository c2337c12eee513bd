"""What the desk says when messages do not reach patients, and whom Salama does not answer as usual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clinic import channel_state, clock, contacts, database, flood, messaging
from clinic.messaging import window
from clinic.messaging.undelivered import closing_tag
from desk import channel
from desk.app import build
from tests.support import databases, surroundings
from tests.unit.desk.test_desk import EVIL, basic, contact


@pytest.fixture(autouse=True)
def _clinic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for _ in surroundings.documented(monkeypatch):
        with databases.demo(tmp_path):
            clock.freeze(clock.parse_instant(surroundings.SUNDAY))
            yield


def page() -> str:
    return TestClient(build("p"), headers=basic("anybody:p")).get("/").text


def said(who: int, words: str, status: str = "queued", code: str | None = None, detail: str | None = None) -> None:
    with database.transaction() as session:
        row = messaging.enqueue(session, who, {"text": words}, tag=closing_tag(1) if words == "closing" else None)
        row.status, row.error_code, row.error_detail = status, code, detail


def test_on_a_good_day_nothing_of_it_is_shown() -> None:
    said(contact(), "hello", "read")
    text = page()
    assert not any(words in text for words in ("Not delivered", "Held back", 'role="alert"'))


def test_a_stopped_channel_is_the_first_thing_to_see() -> None:
    said(contact(), "hello")
    with database.transaction() as session:
        channel_state.note_stopped(session, "190", 1)
    text = page()
    assert "Nothing has reached patients since Sunday, 22 November, 10:00 AM" in text
    assert "error 190" in text and "WHATSAPP_ACCESS_TOKEN" in text and "connectors.whatsapp doctor" in text
    assert "1 message waits" in " ".join(text.split())
    assert text.index('role="alert"') < text.index("Waiting for a person")
    with database.transaction() as session:
        channel_state.note_open(session)
    assert 'role="alert"' not in page()


def test_what_did_not_arrive_is_listed_with_its_reason() -> None:
    who = contact()
    said(who, "lost", "failed", "131026", "Message undeliverable")
    said(who, EVIL, "parked", "131047")
    said(who, "arrived", "delivered")
    said(who, "later", "parked", window.WAITING, "asked to write")
    said(contact(2), "closing", "parked", window.WAITING)
    found = channel.not_delivered("en")
    assert [(entry["text"][:7], entry["waits"]) for entry in found] == [("later", True), (EVIL[:7], False), ("lost", False)]
    text = page()
    assert "Message undeliverable (error 131026)" in text and "+4915200000001" in text
    assert "when the patient writes again" in text and "<script>alert" not in text
    clock.freeze(clock.now() + timedelta(days=8))
    assert channel.not_delivered("en") == []


def test_a_long_message_is_shortened() -> None:
    said(contact(), "word " * 200, "failed", "1", None)
    (entry,) = channel.not_delivered("en")
    assert len(entry["text"]) <= 160 and entry["text"].endswith("word…")
    assert entry["reason"] == "No reason given (error 1)"


def test_slowed_and_blocked_contacts_with_the_way_back() -> None:
    slowed, blocked, past = contact(1), contact(2), contact(3)
    with database.transaction() as session:
        contacts.get(session, slowed).slowed_until = clock.now() + timedelta(minutes=5)
        contacts.get(session, past).slowed_until = clock.now() - timedelta(minutes=5)
        flood.block(session, blocked, "staff:Mia", clock.now())
    text = page()
    assert "until Sunday, 22 November, 10:05 AM" in text and "blocked by staff since" in text
    assert f"python -m clinic unblock {slowed} --by NAME" in text
    assert [entry["contact"] for entry in channel.held_back("en")] == [slowed, blocked]
    with database.transaction() as session:
        flood.unblock(session, slowed, "staff:Mia")
        flood.unblock(session, blocked, "staff:Mia")
    assert "Held back" not in page()
