"""Runs Salama's processes with honcho: labelled logs, one Ctrl-C for all, and a crashed process starts again.

honcho itself ends everything when one process dies. A clinic's number must not fall silent because one process
crashed, so it is started again, visibly; one that keeps crashing ends them all, so that it is noticed.
"""

from __future__ import annotations

import multiprocessing
import queue
import time
from typing import Any, Dict, List, Tuple

from honcho.manager import Manager

# Long enough for a process that needs half a minute to find out that it cannot run.
MOST_CRASHES, WITHIN_SECONDS = 5, 600.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STOP_SECONDS = 15.0


def pause(crashes: int) -> float:
    """Seconds before a process starts again after that many crashes: 1, 2, 4 …, at most 30."""
    return min(FIRST_PAUSE * 2 ** min(crashes - 1, 10), LONGEST_PAUSE)


class RestartingManager(Manager):
    """honcho's Manager with another answer to a process that ends by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._processes: Dict[str, Dict[str, Any]] = {}
        self._crashes: Dict[str, List[float]] = {}
        # Those that wait for their next start: name → when, and the code they ended with.
        self._resting: Dict[str, Tuple[float, int]] = {}
        self._told_to_stop: float | None = None

    def loop(self) -> None:
        """Start all processes; returns when all have ended. `returncode` is then 0 after a stop that was asked for."""
        self._on_signals()
        self._start()
        while not self._all_stopped():
            self._kill_the_slow()
            self._wake_the_rested()
            try:
                message = self.events.get(timeout=0.1)
            except queue.Empty:
                continue
            self._handle(message)
        self._drain()

    def _on_signals(self) -> None:
        import signal

        def stop(number: int, _frame: Any) -> None:
            self.returncode = 0
            self.terminate()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)

    def terminate(self) -> None:
        """End all processes."""
        self._told_to_stop = self._told_to_stop or time.monotonic()
        super().terminate()

    def _killall(self, force: bool = False) -> None:
        """honcho's, for those that run; the others get theirs when they report their start, or never start."""
        everything = self._processes
        self._processes = {name: entry for name, entry in everything.items() if entry.get("pid") is not None}
        try:
            super()._killall(force)
        finally:
            self._processes = everything

    def _wake_the_rested(self) -> None:
        for name, (at, code) in list(self._resting.items()):
            if self._terminating:
                self._processes[name]["returncode"] = code
            elif time.monotonic() < at:
                continue
            else:
                self._again(name)
            del self._resting[name]

    def _kill_the_slow(self) -> None:
        if self._told_to_stop and time.monotonic() - self._told_to_stop > STOP_SECONDS:
            self.kill()

    def _handle(self, message: Any) -> None:
        if message.type == "line":
            self._printer.write(message)
        elif message.type == "start":
            self._processes[message.name]["pid"] = message.data["pid"]
            if self._terminating:
                self._killall()
        elif message.type == "stop":
            self._ended(message.name, message.data["returncode"])

    def _ended(self, name: str, code: int) -> None:
        if self._terminating:
            self._processes[name]["returncode"] = code
            return
        crashes = [at for at in self._crashes.get(name, []) if time.monotonic() - at < WITHIN_SECONDS]
        self._crashes[name] = [*crashes, time.monotonic()]
        if len(crashes) + 1 >= MOST_CRASHES:
            self._processes[name]["returncode"] = code
            self.returncode = code or 1
            minutes = WITHIN_SECONDS / 60
            self._system_print(f"{name} ended {MOST_CRASHES} times within {minutes:.0f} minutes: stopping everything\n")
            self.terminate()
            return
        rest = pause(len(crashes) + 1)
        self._system_print(f"!!! {name} ended (code {code}); starting it again in {rest:.0f} s\n")
        self._processes[name].pop("pid", None)
        self._resting[name] = (time.monotonic() + rest, code)

    def _again(self, name: str) -> None:
        entry = self._processes[name]
        entry["process"] = multiprocessing.Process(name=name, target=entry["obj"].run, args=(self.events, True))
        entry["process"].start()

    def _drain(self) -> None:
        while True:
            try:
                message = self.events.get(timeout=0.1)
            except queue.Empty:
                return
            if message.type == "line":
                self._printer.write(message)
