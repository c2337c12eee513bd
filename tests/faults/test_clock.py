"""The computers' clocks are put forward and back by an hour while everything runs, each at another moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.support import stage
from tests.support.storm import UP_SECONDS, Event, Storm, run, scene
from tests.support.whatsapp import free_port, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

HOUR = 3600
# Seconds after the beginning: whose clock, and by how many seconds it is wrong from now on.
JUMPS = (
    (8, "worker", HOUR),
    (14, "bot", HOUR),
    (18, "gateway", HOUR),
    (26, "worker", -HOUR),
    (34, "gateway", -HOUR),
    (38, "bot", -HOUR),
    (46, "worker", 0),
    (50, "bot", 0),
    (54, "gateway", 0),
)


def jumps(folder: Path) -> Mapping[float, Event]:
    def put(name: str, seconds: int) -> None:
        (folder / f"{name}.shift").write_text(str(seconds))

    return {float(moment): partial(put, name, seconds) for moment, name, seconds in JUMPS}


def test_clock_jumps(database_url: str, tmp_path: Path) -> None:
    storm = Storm(seed=20261126, conversations=120, seconds=60, kill_every=(3.0, 8.0))
    modules = {
        "gateway": ("connectors.whatsapp.gateway",),
        "bot": ("tests.support.echo_server", str(free_port())),
        "worker": ("worker.__main__",),
    }
    with scene(database_url, tmp_path, ECHO_FAILS="0.05") as (played, crew):
        for name, module in modules.items():
            crew.start(name, "tests.support.shifted", *module, CLOCK_SHIFT=str(tmp_path / f"{name}.shift"))
        address = f"http://127.0.0.1:{crew.environment['GATEWAY_PORT']}/webhooks/whatsapp/"
        wait_for(lambda: stage.is_up(address), UP_SECONDS)
        verdict = run(storm, played, crew, database_url, events=jumps(tmp_path), thinking=timedelta(hours=3))
    assert verdict.clean, verdict.report()
