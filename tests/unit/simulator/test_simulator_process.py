"""The real process: what a kill leaves behind, and how it ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from simulator_kit import ACCOUNT, NUMBER, SECRET, TOKEN, VERIFY, Clinic, eventually

from simulator.settings import Settings

JONAS = "4915112345678"


@contextmanager
def process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "WHATSAPP_APP_SECRET": SECRET,
        "WHATSAPP_ACCESS_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": ACCOUNT,
        "WHATSAPP_VERIFY_TOKEN": VERIFY,
        "SIMULATOR_PORT": str(settings.port),
        "SIMULATOR_WEBHOOK_URL": settings.webhook_url,
        "SIMULATOR_DATABASE": str(settings.database),
    }
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "simulator"]
    running = subprocess.Popen(command, cwd=root, env={**os.environ, **environment}, stderr=subprocess.PIPE)
    try:
        eventually(lambda: healthy(settings), 15)
        yield running
    finally:
        running.kill()
        running.communicate()


def healthy(settings: Settings) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{settings.port}/health", timeout=1).ok
    except requests.ConnectionError:
        return False


def test_a_kill_loses_neither_message_nor_webhook(settings: Settings, clinic: Clinic) -> None:
    base = f"http://127.0.0.1:{settings.port}/control/phones/{JONAS}"
    clinic.answers[:] = [503] * 3
    with process(settings) as running:
        wamid = requests.post(f"{base}/send", json={"text": "Hallo"}, timeout=5).json()["wamid"]
        running.send_signal(signal.SIGKILL)
        running.wait(5)
    clinic.answers.clear()
    before = len(clinic.posts)
    with process(settings):
        [message] = requests.get(f"{base}/messages", timeout=5).json()["messages"]
        assert (message["wamid"], message["text"]) == (wamid, "Hallo")
        eventually(lambda: len(clinic.posts) > before)
    assert {each["id"] for each in clinic.messages()} == {wamid}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_quietly_with_a_page_open(settings: Settings, clinic: Clinic, ending: signal.Signals) -> None:
    with process(settings) as running:
        address = f"http://127.0.0.1:{settings.port}/control/events"
        with requests.get(address, stream=True, timeout=5) as stream:
            assert next(stream.iter_lines())
            running.send_signal(ending)
            running.wait(3)
        assert running.stderr is not None
        errors = running.stderr.read()
    assert b"Traceback" not in errors
    assert b"ERROR" not in errors
