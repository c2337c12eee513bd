"""The desk's page: behind a password, with what staff need, and safe against what patients write."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clinic import clock, consent, contacts, database, handoffs, patients
from clinic.scheduling import booking
from clinic.scheduling.slots import free_slots
from desk import __main__ as command
from desk.app import appointments, build, waiting
from tests.support import databases, surroundings

EVIL = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> {{ 7*7 }}"


@pytest.fixture(autouse=True)
def _clinic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for _ in surroundings.documented(monkeypatch):
        with databases.demo(tmp_path):
            clock.freeze(clock.parse_instant(surroundings.SUNDAY))
            yield


@pytest.fixture
def page() -> TestClient:
    return TestClient(build("pass wörd:x"), headers=basic("anybody:pass wörd:x"))


def basic(credentials: str, scheme: str = "Basic") -> dict[str, str]:
    return {"Authorization": f"{scheme} {base64.b64encode(credentials.encode()).decode()}"}


def contact(number: int = 1) -> int:
    with database.transaction() as session:
        found = contacts.by_address(session, phone=f"+4915200000{number:03d}").id
        consent.grant(found, session=session)
    return int(found)


def booked(contact_id: int, name: str) -> None:
    with database.read() as session:
        slot = free_slots(session, practitioner="anna-weber", start=clock.now(), limit=1)[0]
    held = booking.hold(contact_id, slot.key)
    person = patients.find_or_create(contact_id, name, clock.now().date().replace(year=1985), "self")
    booking.confirm(held.id, contact_id, person.id)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("anybody:wrong"),
        basic("pass wörd:x"),
        basic("anybody:"),
        basic("anybody:pass wörd"),
        basic("anybody:pass wörd:x", "Bearer"),
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic " + "A" * 3},
        {"Authorization": ""},
    ],
)
def test_without_the_password_nothing_is_shown(headers: dict[str, str]) -> None:
    handoffs.open_handoff(contact(), "asked", "en", "secret words")
    answer = TestClient(build("pass wörd:x")).get("/", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "secret words" not in answer.text and "Salama" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/%2e%2e/etc", "/health/", "//health"])
def test_no_way_around_it(path: str) -> None:
    assert TestClient(build("p")).get(path, follow_redirects=False).status_code in (401, 404)


def test_health_needs_no_password() -> None:
    answer = TestClient(build("p")).get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_any_user_name_does(page: TestClient) -> None:
    for name in ("", "nurse", "a b"):
        assert TestClient(build("p")).get("/", headers=basic(f"{name}:p")).status_code == 200
    assert page.get("/").status_code == 200


def test_headers_keep_the_page_to_itself(page: TestClient) -> None:
    headers = page.get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_empty_day(page: TestClient) -> None:
    text = page.get("/").text
    assert "Nobody is waiting." in text and "No appointments yet." in text


def test_who_waits_and_who_comes(page: TestClient) -> None:
    person = contact()
    booked(person, "Maria Schmidt")
    handoffs.open_handoff(person, "asked", "ar", "“أريد موظفًا”")
    clock.freeze(clock.parse_instant("2026-11-22T10:07:30+01:00"))
    text = page.get("/").text
    for part in (
        "“أريد موظفًا”",
        "Arabic",
        "7 min",
        "nobody yet",
        "Maria Schmidt",
        "Dr. Anna Weber",
        "Salama Kreuzberg",
        "Monday, 23 November",
        "8:00",
    ):
        assert part in text, part


def test_the_urgent_and_unclaimed_come_first(page: TestClient) -> None:
    for number, words in ((1, "first"), (2, "second"), (3, "third")):
        clock.freeze(clock.parse_instant(f"2026-11-22T10:0{number}:00+01:00"))
        handoffs.open_handoff(contact(number), "asked", "en", words, "urgent" if number == 3 else "normal")
    handoffs.claim(1, "Nurse Joy")
    assert [entry["summary"] for entry in waiting("en")] == ["third", "second", "first"]
    text = page.get("/").text
    assert text.count('class="urgent"') == 1 and "Nurse Joy" in text


def test_what_is_over_is_not_shown() -> None:
    person = contact()
    handoffs.open_handoff(person, "asked", "en", "words")
    handoffs.close(1)
    booked(person, "Maria Schmidt")
    clock.freeze(clock.parse_instant("2026-11-24T10:00:00+01:00"))
    assert waiting("en") == [] and appointments("en") == []


def test_a_hold_is_no_appointment() -> None:
    person = contact()
    with database.read() as session:
        booking.hold(person, free_slots(session, practitioner="anna-weber", start=clock.now(), limit=1)[0].key)
    assert appointments("en") == []


def test_what_patients_write_is_text(page: TestClient) -> None:
    handoffs.open_handoff(contact(), "asked", "en", EVIL)
    text = page.get("/").text
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text and "49 min" not in text


def test_text_of_either_direction_keeps_its_own(page: TestClient) -> None:
    handoffs.open_handoff(contact(), "asked", "ar", "مرحبا Dr. Weber")
    assert '<td dir="auto">مرحبا Dr. Weber</td>' in page.get("/").text


def test_without_a_password_the_desk_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "environment", dict)
    monkeypatch.setattr(command.uvicorn, "run", lambda *a, **k: pytest.fail("it started"))
    assert command.main() == 2
    assert "DESK_PASSWORD" in capsys.readouterr().err


def test_it_listens_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, object] = {}
    monkeypatch.setattr(command, "environment", lambda: {"DESK_PASSWORD": "p", "DESK_PORT": "8111"})
    monkeypatch.setattr(command.uvicorn, "run", lambda app, **options: started.update(options))
    assert command.main() == 0
    assert (started["host"], started["port"]) == ("127.0.0.1", 8111)
