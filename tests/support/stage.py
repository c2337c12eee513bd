"""A stage for tests with real processes: the simulator as WhatsApp, workers and servers that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support.whatsapp import PHONE, SECRET, VERIFY_TOKEN, free_port, wait_for

PROJECT = Path(__file__).resolve().parents[2]


class Simulator:
    """The simulator's control API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, **body: Any) -> Any:
        """Order something under /control."""
        answer = requests.post(f"{self.url}/control{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def send(self, phone: str = PHONE, **what: Any) -> None:
        """The patient does something."""
        self.post(f"/phones/{phone}/send", **what)

    def said(self, direction: str = "out", phone: str = PHONE) -> list[Any]:
        """The messages of the chat, oldest first; "out" are the clinic's."""
        answer = requests.get(f"{self.url}/control/phones/{phone}/messages", timeout=10).json()
        return [message for message in answer["messages"] if message["direction"] == direction]

    def texts(self, phone: str = PHONE) -> list[str]:
        """What the clinic said."""
        return [message["text"] for message in self.said(phone=phone)]

    def transcript(self) -> dict[str, Any]:
        """Everything that crossed, of all phones, and how many webhooks are `pending`."""
        return dict(requests.get(f"{self.url}/control/transcript", timeout=30).json())

    def counters(self) -> dict[str, Any]:
        """What went wrong how often, among other numbers."""
        return dict(requests.get(f"{self.url}/control/counters", timeout=10).json())

    def pending(self) -> int:
        """Webhooks that have not been accepted yet."""
        return int(requests.get(f"{self.url}/control/webhooks", timeout=10).json()["pending"])


def start(environment: dict[str, str], *module: str) -> subprocess.Popen[bytes]:
    """Run `python -m module …`."""
    return subprocess.Popen([sys.executable, "-m", *module], cwd=PROJECT, env=environment)


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """Stop a process, or kill it."""
    if process.poll() is None:
        process.send_signal(how)
    process.wait(20)


def is_up(url: str) -> bool:
    """Does somebody answer there?"""
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


@contextmanager
def simulator(database_url: str, webhook_url: str, folder: Path) -> Iterator[tuple[Simulator, dict[str, str]]]:
    """The simulator, and the environment for whoever belongs to it; `PHONE` has its chat."""
    port = free_port()
    environment = {
        **os.environ,
        "CLINIC_DATABASE_URL": database_url,
        "OUTBOX_GRACE_SECONDS": "3",
        "SIMULATOR_DATABASE": str(folder / "simulator.db"),
        "SIMULATOR_PORT": str(port),
        "SIMULATOR_WEBHOOK_URL": webhook_url,
        "WHATSAPP_ACCESS_TOKEN": "token",
        "WHATSAPP_APP_SECRET": SECRET,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": "200",
        "WHATSAPP_GRAPH_URL": f"http://127.0.0.1:{port}",
        "WHATSAPP_PHONE_NUMBER_ID": "100",
        "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
    }
    process = start(environment, "simulator")
    try:
        played = Simulator(f"http://127.0.0.1:{port}")
        wait_for(lambda: is_up(f"{played.url}/health"), 20)
        played.post("/phones", phone=f"+{PHONE}", name="Anna", user_id="DE.77")
        yield played, environment
    finally:
        end(process)
