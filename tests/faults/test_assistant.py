"""The real assistant: Rasa with the trained model, action server, worker and gateway, all killed at random."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.assistants import OTHERS, TEXTS, assistants, two_databases
from tests.support.storm import Storm, run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]


def test_two_hundred_conversations(tmp_path: Path) -> None:
    victims = (*OTHERS, *OTHERS, "rasa")
    storm = Storm(seed=20261129, texts=TEXTS, seconds=240, victims=victims, kill_every=(8.0, 12.0), patience=400)
    with assistants(tmp_path, 1) as (played, crew, database_url):
        verdict = run(storm, played, crew, database_url, echoes=False)
        assert crew.kills["rasa"] >= 2
    assert verdict.clean, verdict.report()


def test_two_servers_and_two_workers(tmp_path: Path) -> None:
    """On one PostgreSQL, which keeps the conversations of both."""
    victims = (*OTHERS, "worker1", *OTHERS, "worker1", "rasa", "rasa1")
    storm = Storm(20261130, 100, texts=TEXTS, seconds=150, victims=victims, kill_every=(8.0, 12.0), patience=400)
    with two_databases() as urls, assistants(tmp_path, 2, **urls) as (played, crew, database_url):
        verdict = run(storm, played, crew, database_url, echoes=False)
    assert verdict.clean, verdict.report()
