"""The processes of a fault run: each in a folder's log, started again by itself when it ends, as systemd would.

with Crew(environment, folder) as crew:
    crew.start("worker", "worker")             # name, module and arguments
    crew.strike("worker")                      # kill -9, and there it is again
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

PROJECT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.1
# One that cannot start (its port is still held) must not be started without a pause.
REST_SECONDS = 0.3
STOP_SECONDS = 5.0


def _die_with_parent() -> None:
    """Linux: the child is killed when the thread that started it is gone, however that ended."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@dataclass
class _Member:
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    # One that is held down is not started again.
    down: bool = False
    started_at: float = 0.0

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Crew:
    """Several processes, and somebody who looks after them. `kills` counts what was struck, `fell` what fell by itself."""

    environment: Mapping[str, str]
    folder: Path
    kills: Counter[str] = field(default_factory=Counter)
    fell: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._members: dict[str, _Member] = {}
        self._lock = threading.RLock()
        self._ending = False
        self._nudged = threading.Event()
        # It alone starts processes: they die with the thread that did.
        self._guard = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Crew:
        self._guard.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ending = True
        self._nudged.set()
        self._guard.join()

    @property
    def names(self) -> tuple[str, ...]:
        """Who belongs to it."""
        return tuple(self._members)

    def start(self, name: str, *module: str, **environment: str) -> None:
        """Run `python -m module …`, with what `environment` adds to everybody's."""
        self.start_command(name, [sys.executable, "-m", *module], **environment)

    def start_command(self, name: str, command: list[str], **environment: str) -> None:
        """Run anything."""
        member = _Member(command, {**self.environment, **environment})
        with self._lock:
            self._members[name] = member
        self._nudged.set()

    def strike(self, name: str) -> None:
        """kill -9; it is started again at once, unless it is held down."""
        with self._lock:
            member = self._members[name]
            if member.process is None or not member.runs:
                return
            member.process.kill()
            member.process.wait()
            member.process = None
            self.kills[name] += 1
        self._nudged.set()

    def hold_down(self, name: str) -> None:
        """kill -9, until `let_up`."""
        with self._lock:
            self._members[name].down = True
            self.strike(name)

    def let_up(self, name: str, **environment: str) -> None:
        """Start it again, with other settings if there are any."""
        with self._lock:
            member = self._members[name]
            member.environment.update(environment)
            member.down = False
        self._nudged.set()

    def pid(self, name: str) -> int:
        """The process as it runs now."""
        with self._lock:
            process = self._members[name].process
            assert process is not None
            return process.pid

    def log(self, name: str) -> str:
        """What a process has printed so far."""
        path = self.folder / f"{name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def troubles(self, lines: int = 15) -> str:
        """The last complaints of each process, for a report."""
        found = []
        for name in self._members:
            complaints = [line for line in self.log(name).splitlines() if "ERROR" in line or "Error" in line]
            found += [f"{name}: {line}" for line in complaints[-lines:]]
        return "\n".join(found)

    def _spawn(self, name: str) -> None:
        member = self._members[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            member.process = subprocess.Popen(
                member.command,
                cwd=PROJECT,
                env=member.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # What runs between fork and exec is one system call.
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        member.started_at = time.monotonic()

    def _watch(self) -> None:
        while not self._ending:
            with self._lock:
                for name, member in self._members.items():
                    self._look_at(name, member)
            self._nudged.wait(LOOK_SECONDS)
            self._nudged.clear()
        for member in self._members.values():
            _end(member.process)

    def _look_at(self, name: str, member: _Member) -> None:
        if member.runs or member.down:
            return
        if member.process is not None:
            if time.monotonic() < member.started_at + REST_SECONDS:
                return
            self.fell[name] += 1
        self._spawn(name)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
