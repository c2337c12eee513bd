"""The real way: the simulator as WhatsApp, the webhook, an echoing bot, the worker as its own process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp.turns import Turn
from tests.support.stage import Simulator, end, simulator, start
from tests.support.whatsapp import PHONE, EchoBot, rows, wait_for, webhook

PROJECT = Path(__file__).resolve().parents[3]
PHONE_PATH = f"/phones/%2B{PHONE}"


class MenuBot(EchoBot):
    """Offers a list, and a button."""

    async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
        said = await super().turn(contact_id, text, message_id, fallback)
        if text == "list":
            rows = [{"title": f"Doctor {n}", "payload": f'/inform{{"doctor": "{n}"}}'} for n in range(9)]
            return Turn([{"text": "Which?", "buttons": rows, "metadata": {"list_button": "Doctors"}}], "en")
        if text == "buttons":
            buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]
            pin = {"latitude": 52.5, "longitude": 13.4, "name": "Salama"}
            return Turn([{"text": "Here."}, {"text": "Sure?", "buttons": buttons}, {"custom": {"location": pin}}], "en")
        return said


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[tuple[Simulator, dict[str, str]]]:
    """Simulator and webhook run; a test starts workers itself."""
    with webhook(MenuBot()) as server, simulator(database_url, f"{server.url}/webhook", tmp_path) as played:
        yield played


def test_text_taps_and_other_kinds_are_answered_once(stage: Any) -> None:
    played, environment = stage
    worker = start(environment, "worker")
    try:
        played.post("/webhooks", duplicate=True)
        played.send(text="hällo / مرحبا")
        wait_for(lambda: len(played.said()) == 1)
        played.send(text="/restart")
        wait_for(lambda: len(played.said()) == 2)
        played.send(text="list")
        wait_for(lambda: len(played.said()) == 3)
        played.send(tap="Doctor 7")
        wait_for(lambda: len(played.said()) == 4)
        played.send(text="buttons")
        wait_for(lambda: len(played.said()) == 6)
        played.send(tap="/deny")
        wait_for(lambda: len(played.said()) == 7)
        played.send(type="audio")
        wait_for(lambda: len(played.said()) == 8)
        assert [message["type"] for message in played.said()] == [
            *("text", "text", "interactive", "text", "interactive", "location", "text", "text"),
        ]
        texts = played.texts()
        assert texts[0] == "utter_introduction\n\necho: hällo / مرحبا"
        assert texts[1] == "echo: restart"
        assert texts[3] == 'echo: /inform{"doctor": "7"}'
        assert texts[6:] == ["echo: /deny", "utter_please_write"]
        wait_for(lambda: {row.status for row in rows(Outbox)} == {"delivered"})
        wait_for(lambda: {message["status"] for message in played.said("in")} == {"read"})
        assert all(row.processed_at for row in rows(Inbox))
    finally:
        end(worker)
    assert worker.returncode == 0


def test_a_killed_worker_loses_and_doubles_nothing(stage: Any) -> None:
    played, environment = stage
    # The first answer is accepted but never comes: that is where it is killed.
    played.post("/faults", next_responses=[{"timeout_after_accepting": True, "seconds": 5}])
    worker = start(environment, "worker")
    for number in range(4):
        played.send(text=str(number))
    wait_for(lambda: rows(Outbox) and rows(Outbox)[0].wamid, 20)
    end(worker, signal.SIGKILL)
    worker = start(environment, "worker")
    try:
        wait_for(lambda: len(played.said()) == 4, 20)
        assert played.texts() == ["utter_introduction\n\necho: 0", "echo: 1", "echo: 2", "echo: 3"]
    finally:
        end(worker)


def test_errors_of_the_api_are_survived(stage: Any) -> None:
    played, environment = stage
    faults = [{"status": 500}, {"status": 400, "code": 131056}, {"status": 500, "code": 131000}]
    played.post("/faults", next_responses=faults)
    worker = start(environment, "worker")
    try:
        played.send(text="one")
        played.send(text="two")
        wait_for(lambda: len(played.said()) == 2, 30)
        assert played.texts() == ["utter_introduction\n\necho: one", "echo: two"]
    finally:
        end(worker)


def test_a_phone_that_hides_its_number_is_answered_too(stage: Any) -> None:
    played, environment = stage
    played.post("/phones", phone=f"+{PHONE}", name="Anna", user_id="DE.77", hides_number=True)
    worker = start(environment, "worker")
    try:
        played.send(text="who am I")
        wait_for(lambda: len(played.said()) == 1)
        assert "delivered" in wait_for(
            lambda: [row.status for row in rows(Outbox) if row.status not in ("sent", "sending")]
        )
    finally:
        end(worker)
