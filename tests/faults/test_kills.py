"""kill -9 of gateway, bot and worker at random moments, with WhatsApp at its worst: once, in order, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.storm import Storm, echoing, run, scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def test_two_hundred_conversations(database_url: str, tmp_path: Path) -> None:
    with scene(database_url, tmp_path) as (played, crew):
        echoing(crew)
        verdict = run(Storm(seed=20261124), played, crew, database_url)
        assert sum(crew.kills.values()) >= 20
    assert verdict.clean, verdict.report()
