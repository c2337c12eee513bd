"""Fixtures: a running simulator, and the clinic that takes its webhooks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

# This folder is no package (its name would hide the room's), so its helpers are found by their own name.
sys.path.insert(0, str(Path(__file__).parent))

from simulator_kit import (
    ACCOUNT,
    ANNA,
    NUMBER,
    SECRET,
    TOKEN,
    VERIFY,
    Clinic,
    Running,
    eventually,
    free_port,
    handler,
)

from simulator.settings import Settings


@pytest.fixture(scope="session")
def _clinic() -> Iterator[Clinic]:
    it = Clinic()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(it))
    it.url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield it
    server.shutdown()
    server.server_close()


@pytest.fixture
def clinic(_clinic: Clinic) -> Clinic:
    _clinic.forget()
    return _clinic


def settings_for(clinic: Clinic, folder: Path) -> Settings:
    return Settings(
        app_secret=SECRET,
        access_token=TOKEN,
        phone_number_id=NUMBER,
        business_account_id=ACCOUNT,
        verify_token=VERIFY,
        port=free_port(),
        webhook_url=clinic.url,
        database=folder / "simulator.db",
    )


@pytest.fixture
def settings(tmp_path: Path, clinic: Clinic) -> Settings:
    """For a simulator of the test's own."""
    return settings_for(clinic, tmp_path)


@pytest.fixture(scope="session")
def _running(_clinic: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(settings_for(_clinic, tmp_path_factory.mktemp("simulator")))
    yield running
    running.stop()


@pytest.fixture
def simulator(_running: Running, clinic: Clinic) -> Iterator[Running]:
    """The one that runs for all tests, as new, with Anna's phone."""
    _running.control("/phones", {"phone": ANNA, "name": "Anna Größe", "user_id": "DE.111222333"})
    yield _running
    _running.control("/reset", {})
    eventually(lambda: not _running.app.state.simulator.courier.busy)
