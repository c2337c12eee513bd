"""The gateway as real processes: several workers, no Rasa, nothing lost when one of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from clinic.models.messaging import Inbox
from clinic.settings import PROJECT, SettingsError
from connectors.whatsapp.gateway import gateway_settings
from tests.support.whatsapp import SECRET, VERIFY_TOKEN, Running, free_port, message, of_messages, rows, wait_for


class Gateway(Running):
    """A running gateway and its address."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        super().__init__(url)
        self.process = process

    def is_up(self) -> bool:
        with suppress(requests.RequestException):
            return self.get("/").status_code == 200
        return False

    def workers(self) -> list[int]:
        """The ids of its child processes that serve."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.fixture
def gateway(database_url: str) -> Iterator[Gateway]:
    port = free_port()
    env = {
        **os.environ,
        "CLINIC_DATABASE_URL": database_url,
        "GATEWAY_PORT": str(port),
        "GATEWAY_WORKERS": "2",
        "WHATSAPP_APP_SECRET": SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
    }
    command = [sys.executable, "-m", "connectors.whatsapp.gateway"]
    process = subprocess.Popen(command, cwd=PROJECT, env=env)
    running = Gateway(f"http://127.0.0.1:{port}/webhooks/whatsapp", process)
    try:
        wait_for(running.is_up, 20)
        yield running
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()


def test_it_knows_no_rasa() -> None:
    code = "import sys, connectors.whatsapp.gateway; print([m for m in ('rasa', 'tensorflow', 'nlu') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_message_once_though_workers_are_killed(gateway: Gateway) -> None:
    bodies = [of_messages(message(phone=f"49151230020{n % 40:02d}")) for n in range(200)]

    def until_accepted(body: dict[str, object]) -> None:
        """As Meta does: again, until it is a 200; and once more, though it was."""
        accepted = 0
        while accepted < 2:
            with suppress(requests.RequestException):
                accepted += gateway.post(body).status_code == 200

    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(until_accepted, body) for body in bodies]
        wait_for(lambda: len(rows(Inbox)) > 20)
        os.kill(gateway.workers()[0], signal.SIGKILL)
        for one in sent:
            one.result(60)
    assert len(rows(Inbox)) == 200
    wait_for(lambda: len(gateway.workers()) == 2, 20)


def test_no_worker_outlives_a_killed_parent(gateway: Gateway) -> None:
    workers = wait_for(lambda: gateway.workers() if len(gateway.workers()) == 2 else None)
    gateway.process.kill()
    gateway.process.wait()
    wait_for(lambda: not gateway.is_up() and not any(Path(f"/proc/{pid}").exists() for pid in workers), 20)


def test_a_port_that_is_taken_is_named(gateway: Gateway) -> None:
    env = {**os.environ, "GATEWAY_PORT": gateway.url.split(":")[2].split("/")[0]}
    command = [sys.executable, "-m", "connectors.whatsapp.gateway"]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "GATEWAY_PORT" in done.stderr


def test_settings() -> None:
    assert gateway_settings({}).port == 5006
    assert gateway_settings({"GATEWAY_WORKERS": "4"}).workers == 4
    assert gateway_settings({}).workers == 1
    assert gateway_settings({"CLINIC_DATABASE_URL": "postgresql+psycopg2://localhost/clinic"}).workers == 2
    for name, text in (("GATEWAY_PORT", "http"), ("GATEWAY_WORKERS", "0"), ("GATEWAY_PORT", "70000")):
        with pytest.raises(SettingsError, match=name):
            gateway_settings({name: text})
