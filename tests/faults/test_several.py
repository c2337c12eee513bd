"""Two workers, two bots and a gateway of several workers on one PostgreSQL, and each of them is killed now and then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import databases
from tests.support.storm import Storm, echoing, run, scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def test_two_of_everything(tmp_path: Path) -> None:
    victims = ("gateway", "bot", "bot1", "worker", "worker1")
    storm = Storm(seed=20261128, victims=victims)
    with databases.fresh("postgresql", tmp_path) as database_url, scene(database_url, tmp_path) as (played, crew):
        echoing(crew, bots=2, workers=2)
        verdict = run(storm, played, crew, database_url)
    assert verdict.clean, verdict.report()
