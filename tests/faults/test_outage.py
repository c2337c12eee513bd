"""The database is gone for 20 seconds, twice, while patients write and the bot and the worker are killed besides."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.storm import Event, Storm, echoing, run, scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MOMENTS = (10.0, 45.0)
SECONDS = 20.0


def outages(database_url: str) -> Mapping[float, Event]:
    """When the database goes, and when it comes back."""
    if database_url.startswith("postgresql"):
        postgres.make_durable(database_url)
        return {moment + wait: do for moment in MOMENTS for wait, do in ((0.0, postgres.stop), (SECONDS, postgres.start))}
    lock = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    lock.execute("PRAGMA busy_timeout=10000")

    def take() -> None:
        lock.execute("BEGIN EXCLUSIVE")

    def give() -> None:
        lock.execute("ROLLBACK")

    return {moment + wait: do for moment in MOMENTS for wait, do in ((0.0, take), (SECONDS, give))}


def test_database_gone(database_url: str, tmp_path: Path) -> None:
    storm = Storm(seed=20261125, conversations=120, seconds=70, victims=("bot", "worker"), kill_every=(3.0, 8.0))
    with scene(database_url, tmp_path) as (played, crew):
        echoing(crew)
        verdict = run(storm, played, crew, database_url, events=outages(database_url))
    assert verdict.clean, verdict.report()
