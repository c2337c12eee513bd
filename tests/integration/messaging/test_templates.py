"""Templates from the repository to a phone: submitted, approved by webhook, used after the 24 hours; and the doctor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from clinic import clock, database, messaging
from clinic.models import Template
from connectors.whatsapp.__main__ import main
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.settings import graph_settings
from tests.support.stage import Simulator, simulator
from tests.support.whatsapp import EchoBot, contact, rows, wait_for, webhook
from worker.loop import Worker

ALL = 9 * 5
REMINDER: dict[str, Any] = {
    "text": "Tomorrow at nine",
    "fallback": {
        "name": "appointment_reminder",
        "parameters": {
            "body": {"patient": "Ida", "when": "Monday, 9:00", "practitioner": "Dr Keller", "location": "Lindenweg 5"}
        },
    },
}


@pytest.fixture
def played(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with webhook(EchoBot()) as server, simulator(database_url, f"{server.url}/webhook", tmp_path) as (played, environment):
        for name, value in environment.items():
            if name.startswith("WHATSAPP_"):
                monkeypatch.setenv(name, value)
        yield played


def states() -> list[str]:
    return [row.status for row in rows(Template)]


def test_from_the_repository_to_the_account(played: Simulator, capsys: Any) -> None:
    assert main(["templates", "compare"]) == 1
    assert main(["templates", "submit", "--yes"]) == 0, capsys.readouterr()
    # The simulator approves at once, and says so by webhook.
    wait_for(lambda: states() == ["APPROVED"] * ALL, 30)
    capsys.readouterr()
    assert main(["templates", "compare"]) == 0, capsys.readouterr()
    address = requests.get(f"{played.url}/v25.0/4000000000000001/subscriptions", headers=_app(), timeout=5).json()
    assert main(["doctor", "--url", address["data"][0]["callback_url"]]) == 0, capsys.readouterr().out
    played.post("/templates/check_back/en", status="PAUSED", quality="RED")
    wait_for(lambda: states().count("PAUSED") == 1)
    assert main(["templates", "compare"]) == 1
    assert "RED" in capsys.readouterr().out


def test_after_a_day_the_template_goes_out(played: Simulator, capsys: Any) -> None:
    assert main(["templates", "submit", "--yes", "appointment_reminder", "answer_waiting"]) == 0, capsys.readouterr()
    assert main(["templates", "pull"]) == 0
    played.send(text="hello")
    wait_for(lambda: len(_sent(played)) == 1)
    later = _later(played, hours=25)
    patient = contact()
    with database.transaction() as session:
        messaging.enqueue(session, patient, REMINDER)
        messaging.enqueue(session, patient, {"text": "What you asked: yes."})
    worker = Worker(Graph(graph_settings()))
    clock.freeze(later)
    for _ in range(3):
        worker.run_once()
    said = played.said()
    assert [message["type"] for message in said[1:]] == ["template", "template"], said
    assert "Dr Keller" in said[1]["text"]


def _app() -> dict[str, str]:
    return {"Authorization": "Bearer 4000000000000001|test-app-secret"}


def _sent(played: Simulator) -> list[Any]:
    Worker(Graph(graph_settings())).run_once()
    return played.said()


def _later(played: Simulator, **span: float) -> datetime:
    later = clock.now() + timedelta(**span)
    played.post("/clock", now=later.isoformat())
    return later
