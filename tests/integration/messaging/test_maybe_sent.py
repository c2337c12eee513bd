"""WhatsApp takes a message and never says so: the echo of our own mark in a status settles it before anything is resent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clinic import database, messaging
from clinic.messaging import claiming
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.settings import GraphSettings
from tests.support.stage import Simulator, simulator
from tests.support.whatsapp import rows, wait_for, webhook
from worker.loop import Worker

SILENT = {"timeout_after_accepting": True, "seconds": 30}


@pytest.fixture
def played(database_url: str, tmp_path: Path) -> Iterator[Simulator]:
    """The simulator and the webhook; the patient has written, and two messages wait for them."""
    with webhook() as server, simulator(database_url, f"{server.url}/webhook", tmp_path) as (stage, _):
        stage.send(text="hello")
        (row,) = wait_for(lambda: rows(Inbox))
        with database.transaction() as session:
            for text in ("1", "2"):
                messaging.enqueue(session, row.contact_id, {"text": text})
        stage.post("/faults", next_responses=[SILENT])
        yield stage


@contextmanager
def working(stage: Simulator, patience: float = 1) -> Iterator[None]:
    """A worker that loses its patience after so many seconds."""
    graph = Graph(GraphSettings(stage.url, "v25.0", "100", "token", read_seconds=patience))
    worker = Worker(graph, poll_seconds=0.05)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(20)
        graph.close()


def first() -> Any:
    return rows(Outbox)[0]


def are_read() -> bool:
    return all(row.status in ("delivered", "read") for row in rows(Outbox))


def test_the_status_comes_before_the_answer_fails(played: Simulator) -> None:
    with working(played, patience=5):  # the status takes more than one where the machine is busy
        wait_for(are_read, 20)
    assert played.texts() == ["1", "2"]
    assert (first().attempts, first().resends) == (1, 0)


def test_the_status_comes_after_it(played: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "OUTBOX_GRACE_SECONDS", 30)
    played.post("/webhooks", pause=True)
    with working(played):
        wait_for(lambda: first().error_code == "unsure")
        assert played.texts() == ["1"]
        played.post("/webhooks", pause=False)
        wait_for(are_read)
    assert played.texts() == ["1", "2"]


def test_no_status_comes_in_time(played: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost for certain, and one bubble too many is the price. Statuses of both are about one message."""
    monkeypatch.setattr(claiming, "OUTBOX_GRACE_SECONDS", 2)
    played.post("/webhooks", pause=True)
    with working(played):
        wait_for(lambda: len(played.texts()) == 3, 20)
        assert played.texts() == ["1", "1", "2"]
        played.post("/webhooks", pause=False)
        wait_for(are_read)
    assert (len(rows(Outbox)), first().attempts, first().resends) == (2, 2, 1)
    assert first().wamid is not None
