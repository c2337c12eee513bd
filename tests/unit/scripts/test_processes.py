"""The process manager: labels, restarts, giving up, and one signal that ends all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from clinic.settings import PROJECT
from scripts.processes import LONGEST_PAUSE, pause

QUICK = """
    from scripts import processes
    processes.FIRST_PAUSE = processes.LONGEST_PAUSE = 0.05
    processes.STOP_SECONDS = 1.0
    manager = processes.RestartingManager()
    {processes}
    manager.loop()
    raise SystemExit(manager.returncode or 0)
"""


def start(**commands: str) -> subprocess.Popen[str]:
    """The manager in a process of its own, with short pauses, running `python -c` commands."""
    added = "\n    ".join(
        f"manager.add_process({name!r}, {f'exec {sys.executable} -uc {chr(34)}{code}{chr(34)}'!r})"
        for name, code in commands.items()
    )
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(QUICK.format(processes=added))],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(manager: subprocess.Popen[str], seconds: float = 20) -> str:
    try:
        return manager.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        manager.kill()
        pytest.fail(f"did not end; it said:\n{manager.communicate()[0]}")


def until(manager: subprocess.Popen[str], text: str) -> str:
    """Read the manager's lines until one holds `text`."""
    assert manager.stdout
    read = ""
    for line in manager.stdout:
        read += line
        if text in line:
            return read
    pytest.fail(f"{text!r} was never said:\n{read}")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1] if Path("/proc").exists() else True
    )


SLEEPS = "import os,time;print('my pid',os.getpid());time.sleep(60)"


def said_pids(said: str) -> list[int]:
    return [int(pid) for pid in re.findall(r"my pid (\d+)", said)]


def test_a_crash_is_seen_and_started_again_and_the_fifth_ends_all() -> None:
    manager = start(good=SLEEPS, bad="import sys;print('I crash');sys.exit(3)")
    said = ended(manager)
    assert manager.returncode == 3
    assert said.count("I crash") == 5
    assert said.count("bad ended (code 3); starting it again") == 4
    assert "bad ended 5 times" in said and "stopping everything" in said
    (pid,) = said_pids(said)
    assert not alive(pid), "the good one was ended too"


def test_a_clean_exit_counts_as_an_end_too() -> None:
    """A worker that returns 0 is gone all the same."""
    manager = start(odd="print('done')")
    said = ended(manager)
    assert said.count("done") == 5 and manager.returncode == 1


def test_lines_carry_the_name_of_their_process() -> None:
    manager = start(talker=SLEEPS)
    line = until(manager, "my pid").splitlines()[-1]
    assert "talker" in line.partition("|")[0]
    manager.terminate()
    ended(manager)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_all_with_code_0(number: signal.Signals) -> None:
    manager = start(one=SLEEPS, two=SLEEPS)
    said = until(manager, "my pid") + until(manager, "my pid")
    manager.send_signal(number)
    said += ended(manager)
    assert manager.returncode == 0
    assert len(said_pids(said)) == 2
    assert "starting it again" not in said
    assert not any(alive(pid) for pid in said_pids(said))


def test_who_does_not_listen_is_killed() -> None:
    manager = start(deaf="import signal,time;signal.signal(signal.SIGTERM,signal.SIG_IGN);print('deaf up');time.sleep(60)")
    until(manager, "deaf up")
    began = time.monotonic()
    manager.terminate()
    ended(manager)
    assert 0.5 < time.monotonic() - began < 10


def test_a_signal_while_a_process_rests_ends_at_once() -> None:
    manager = start(bad="import sys;print('I crash');sys.exit(3)", good=SLEEPS)
    until(manager, "starting it again")
    manager.terminate()
    ended(manager, 10)
    assert manager.returncode in (0, 3)


def test_pauses_grow_up_to_a_limit() -> None:
    assert [pause(n) for n in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 8.0]
    assert pause(100) == LONGEST_PAUSE
