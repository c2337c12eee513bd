"""How Salama is started: what has to be there, when it is ready, and what becomes of a process that crashes."""

from __future__ import annotations

import io
import shlex
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from honcho.printer import Printer

from clinic import seed
from scripts import processes, run, train
from scripts.processes import RestartingManager

ENV = {f"{name}_PORT": "1" for name in ("RASA", "ACTIONS", "DESK", "SIMULATOR")}


def test_what_takes_long_is_warned_of_and_still_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "READY_WITHIN", 0.2)
    monkeypatch.setattr(run, "POLL_SECONDS", 0.02)
    ready_at = time.monotonic() + 0.5
    monkeypatch.setattr(run, "_answers", lambda address: time.monotonic() > ready_at or address.endswith("/health"))
    run.announce(ENV, demo=False, started=time.monotonic())
    said = capsys.readouterr().out
    assert 1 <= said.count("still not ready") <= 3
    assert "rasa" in said
    assert "Salama is ready" in said


def test_training_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock starts with the processes."""
    told: list[float] = []
    monkeypatch.setattr(run.environment, "apply", lambda demo: ENV)
    monkeypatch.setattr(run, "prepare", lambda env, demo: time.sleep(0.3) or True)
    monkeypatch.setattr(run, "commands", lambda env, demo: {})
    monkeypatch.setattr(run, "announce", lambda env, demo, started: told.append(started))
    monkeypatch.setattr(run.RestartingManager, "loop", lambda self: time.sleep(0.2))
    monkeypatch.setattr(sys, "argv", ["run"])
    before = time.monotonic()
    run.main()
    assert told[0] >= before + 0.3


@pytest.mark.usefixtures("database_url")
def test_a_real_number_needs_a_clinic(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {**dict.fromkeys(run.NEEDED_TO_SERVE, "x"), "CLINIC_DATABASE_URL": database_url}
    trained: list[Any] = []
    monkeypatch.setattr(run, "busy_ports", lambda env, demo: [])
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: type("Done", (), {"returncode": 0}))
    monkeypatch.setattr(train, "train", lambda env: trained.append(env) or True)
    assert not run.prepare(env, demo=False)
    assert "python -m clinic seed --file" in capsys.readouterr().err
    assert trained == []
    seed.load()
    assert run.prepare(env, demo=False)
    assert trained == [env]


class Watched:
    """A manager of `python -c` processes, run in a thread, and what it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **codes: str) -> None:
        self._output = io.StringIO()
        self.manager = RestartingManager(Printer(self._output))
        monkeypatch.setattr(self.manager, "_on_signals", lambda: None)
        for name, code in codes.items():
            self.manager.add_process(name, f"exec {shlex.quote(sys.executable)} -c {shlex.quote(code)}")
        self.thread = threading.Thread(target=self.manager.loop, daemon=True)

    @property
    def said(self) -> str:
        return self._output.getvalue()


CRASH = "import pathlib, sys; pathlib.Path({!r}).open('a').write('x'); sys.exit(3)"
STAY = "import time; time.sleep(60)"


def crash(folder: Path) -> str:
    return CRASH.format(str(folder / "runs"))


def test_who_keeps_crashing_ends_all_after_growing_pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE", 0.05)
    watched = Watched(monkeypatch, bad=crash(tmp_path), good=STAY)
    watched.thread.start()
    watched.thread.join(40)
    assert not watched.thread.is_alive()
    assert (tmp_path / "runs").read_text() == "x" * 5
    assert watched.manager.returncode == 3
    assert watched.said.count("!!! bad ended (code 3); starting it again in") == 4
    assert "bad ended 5 times within 10 minutes: stopping everything" in watched.said


def test_the_pauses() -> None:
    assert [processes.pause(crashes) for crashes in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert processes.pause(9999) == 30
    assert (processes.MOST_CRASHES, processes.WITHIN_SECONDS) == (5, 600)


def test_it_stops_in_the_middle_of_a_pause(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE", 30.0)
    watched = Watched(monkeypatch, bad=crash(tmp_path), good=STAY)
    watched.thread.start()
    end = time.monotonic() + 20
    while "starting it again in 30 s" not in watched.said and time.monotonic() < end:
        time.sleep(0.05)
    watched.manager.returncode = 0
    watched.manager.terminate()
    watched.thread.join(10)
    assert not watched.thread.is_alive()
    assert (tmp_path / "runs").read_text() == "x"
    assert watched.manager.returncode == 0
