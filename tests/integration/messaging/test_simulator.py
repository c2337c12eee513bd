"""The real way: the simulator as WhatsApp, the webhook, an echoing bot, the worker as its own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp.turns import Turn
from tests.support.whatsapp import PHONE, SECRET, VERIFY_TOKEN, EchoBot, free_port, rows, wait_for, webhook

PROJECT = Path(__file__).resolve().parents[3]
PHONE_PATH = f"/control/phones/%2B{PHONE}"


class Simulator:
    """The simulator's control API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, **body: Any) -> Any:
        answer = requests.post(self.url + path, json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def said(self, direction: str = "out") -> list[Any]:
        """The messages of the chat, oldest first; "out" are the clinic's."""
        answer = requests.get(f"{self.url}{PHONE_PATH}/messages", timeout=10).json()
        return [message for message in answer["messages"] if message["direction"] == direction]

    def texts(self) -> list[str]:
        return [message["text"] for message in self.said()]


def start(module: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module], cwd=PROJECT, env=environment)


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    if process.poll() is None:
        process.send_signal(how)
    process.wait(20)


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
def stage(database_url: str, tmp_path: Path) -> Iterator[Any]:
    """Simulator and webhook run; a test starts workers itself."""
    port = free_port()
    with webhook(MenuBot()) as server:
        environment = {
            **os.environ,
            "CLINIC_DATABASE_URL": database_url,
            "OUTBOX_GRACE_SECONDS": "3",
            "SIMULATOR_DATABASE": str(tmp_path / "simulator.db"),
            "SIMULATOR_PORT": str(port),
            "SIMULATOR_WEBHOOK_URL": f"{server.url}/webhook",
            "WHATSAPP_ACCESS_TOKEN": "token",
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_BUSINESS_ACCOUNT_ID": "200",
            "WHATSAPP_GRAPH_URL": f"http://127.0.0.1:{port}",
            "WHATSAPP_PHONE_NUMBER_ID": "100",
            "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        }
        process = start("simulator", environment)
        try:
            simulator = Simulator(f"http://127.0.0.1:{port}")
            wait_for(lambda: _up(simulator.url), 20)
            simulator.post("/control/phones", phone=f"+{PHONE}", name="Anna", user_id="DE.77")
            yield simulator, environment
        finally:
            end(process)


def _up(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_text_taps_and_other_kinds_are_answered_once(stage: Any) -> None:
    simulator, environment = stage
    worker = start("worker", environment)
    try:
        simulator.post("/control/webhooks", duplicate=True)
        simulator.post(f"{PHONE_PATH}/send", text="hällo / مرحبا")
        wait_for(lambda: len(simulator.said()) == 1)
        simulator.post(f"{PHONE_PATH}/send", text="/restart")
        wait_for(lambda: len(simulator.said()) == 2)
        simulator.post(f"{PHONE_PATH}/send", text="list")
        wait_for(lambda: len(simulator.said()) == 3)
        simulator.post(f"{PHONE_PATH}/send", tap="Doctor 7")
        wait_for(lambda: len(simulator.said()) == 4)
        simulator.post(f"{PHONE_PATH}/send", text="buttons")
        wait_for(lambda: len(simulator.said()) == 6)
        simulator.post(f"{PHONE_PATH}/send", tap="/deny")
        wait_for(lambda: len(simulator.said()) == 7)
        simulator.post(f"{PHONE_PATH}/send", type="audio")
        wait_for(lambda: len(simulator.said()) == 8)
        assert [message["type"] for message in simulator.said()] == [
            *("text", "text", "interactive", "text", "interactive", "location", "text", "text"),
        ]
        texts = simulator.texts()
        assert texts[0] == "utter_introduction\n\necho: hällo / مرحبا"
        assert texts[1] == "echo: restart"
        assert texts[3] == 'echo: /inform{"doctor": "7"}'
        assert texts[6:] == ["echo: /deny", "utter_please_write"]
        wait_for(lambda: {row.status for row in rows(Outbox)} == {"delivered"})
        assert all(row.processed_at for row in rows(Inbox))
    finally:
        end(worker)
    assert worker.returncode == 0


def test_a_killed_worker_loses_and_doubles_nothing(stage: Any) -> None:
    simulator, environment = stage
    # The first answer is accepted but never comes: that is where it is killed.
    simulator.post("/control/faults", next_responses=[{"timeout_after_accepting": True, "seconds": 5}])
    worker = start("worker", environment)
    for number in range(4):
        simulator.post(f"{PHONE_PATH}/send", text=str(number))
    wait_for(lambda: rows(Outbox) and rows(Outbox)[0].wamid, 20)
    end(worker, signal.SIGKILL)
    worker = start("worker", environment)
    try:
        wait_for(lambda: len(simulator.said()) == 4, 20)
        assert simulator.texts() == ["utter_introduction\n\necho: 0", "echo: 1", "echo: 2", "echo: 3"]
    finally:
        end(worker)


def test_errors_of_the_api_are_survived(stage: Any) -> None:
    simulator, environment = stage
    faults = [{"status": 500}, {"status": 400, "code": 131056}, {"status": 500, "code": 131000}]
    simulator.post("/control/faults", next_responses=faults)
    worker = start("worker", environment)
    try:
        simulator.post(f"{PHONE_PATH}/send", text="one")
        simulator.post(f"{PHONE_PATH}/send", text="two")
        wait_for(lambda: len(simulator.said()) == 2, 30)
        assert simulator.texts() == ["utter_introduction\n\necho: one", "echo: two"]
    finally:
        end(worker)


def test_a_phone_that_hides_its_number_is_answered_too(stage: Any) -> None:
    simulator, environment = stage
    simulator.post("/control/phones", phone=f"+{PHONE}", name="Anna", user_id="DE.77", hides_number=True)
    worker = start("worker", environment)
    try:
        simulator.post(f"{PHONE_PATH}/send", text="who am I")
        wait_for(lambda: len(simulator.said()) == 1)
        assert "delivered" in wait_for(
            lambda: [row.status for row in rows(Outbox) if row.status not in ("sent", "sending")]
        )
    finally:
        end(worker)
