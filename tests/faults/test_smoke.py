"""A minute of what `make faults` does for longer: every process is killed while twenty patients write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import databases
from tests.support.storm import Storm, echoing, run, scene


@pytest.mark.timeout(180)
def test_a_short_storm(tmp_path: Path) -> None:
    storm = Storm(seed=7, conversations=20, seconds=9, messages=(2, 3), kill_every=(1.5, 2.5))
    with databases.fresh("sqlite", tmp_path) as database_url, scene(database_url, tmp_path) as (played, crew):
        echoing(crew)
        verdict = run(storm, played, crew, database_url)
    assert verdict.clean, verdict.report()
