"""All of Salama in processes of its own, on free ports and databases of its own: for journeys, pictures and benchmarks.

with Stack(folder, now="2026-11-23T09:00:00+01:00") as stack:
    patient = Patient(stack, "+4915112340001")
"""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import requests

from clinic.settings import PROJECT
from scripts import environment, run, train

PROCESSES = ("simulator", "actions", "worker", "rasa")
STOP_SECONDS = 5.0
# What the environment of whoever starts the stack must not change in it.
FOREIGN = (
    *("CLINIC_", "TRACKER_", "WHATSAPP_", "SIMULATOR_", "RASA_PORT", "ACTIONS_PORT", "DESK_", "REDIS_"),
    *("GATEWAY_", "INBOX_"),
)

Found = TypeVar("Found")


class NotReady(Exception):
    """A process ended, or did not answer in time; the message holds the last lines of its log."""


def wait_for(condition: Callable[[], Found], seconds: float, every: float = 0.03) -> Found:
    """What `condition` gives as soon as that is something, or its last answer when `seconds` are over."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(every)
    return found


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    with ExitStack() as sockets:
        probes = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _die_with_parent() -> None:
    """Linux: the process is killed when the one that started it is gone, however that ended."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Stack:
    """Rasa, action server, worker and simulator. `now` (ISO) freezes the clocks; SQLite unless told otherwise."""

    def __init__(self, folder: Path, *, now: str | None = None, processes: Iterable[str] = PROCESSES, **env: str) -> None:
        self.folder = folder
        self._names = tuple(processes)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._groups: list[int] = []
        self.env = self._environment(now, env)
        local = "http://127.0.0.1"
        self.simulator = f"{local}:{self.env['SIMULATOR_PORT']}"
        self.rasa = f"{local}:{self.env['RASA_PORT']}"
        self.webhook = self.env["SIMULATOR_WEBHOOK_URL"]
        self.database_url = self.env["CLINIC_DATABASE_URL"]

    def _environment(self, now: str | None, given: dict[str, str]) -> dict[str, str]:
        base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        ports = free_ports(4)
        own = {
            "RASA_PORT": str(ports[0]),
            "ACTIONS_PORT": str(ports[1]),
            "SIMULATOR_PORT": str(ports[2]),
            "DESK_PORT": str(ports[3]),
            "CLINIC_DATABASE_URL": f"sqlite:///{self.folder}/clinic.db",
            "TRACKER_DATABASE_URL": f"sqlite:///{self.folder}/tracker.db",
            "CLINIC_MEDIA": f"{self.folder}/media",
            "SIMULATOR_DATABASE": f"{self.folder}/simulator.db",
            "SIMULATOR_RATE_LIMITS": "off",
            **({"CLINIC_NOW": now} if now else {}),
        }
        return environment.build(demo=True, base={**base, **own, **given})

    def __enter__(self) -> Stack:
        try:
            if not train.train(self.env):
                raise NotReady("there is no model")
            self.clinic("migrate")
            self.clinic("seed")
            self.start(*self._names)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def clinic(self, *arguments: str) -> str:
        """What `python -m clinic …` prints; CalledProcessError when it fails."""
        command = [sys.executable, "-m", "clinic", *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=self.env, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def start(self, *names: str, wait: bool = True) -> None:
        """Start processes, side by side, and wait until they answer."""
        commands = run.commands(self.env, demo=True)
        for name in names:
            with self.log(name).open("ab") as log:
                self._running[name] = subprocess.Popen(
                    shlex.split(commands[name]),
                    cwd=PROJECT,
                    env=self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    # Threads: what runs between fork and exec is one system call.
                    preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
                )
            self._groups.append(self._running[name].pid)
        if wait:
            self.wait_ready(*names)

    def wait_ready(self, *names: str) -> None:
        """Wait until these processes answer; NotReady when one does not."""
        waiting = {name: address for name, address in run.addresses(self.env, demo=True).items() if name in names}
        end = time.monotonic() + run.READY_WITHIN
        while waiting:
            for name in names:
                if self._running[name].poll() is not None:
                    raise NotReady(f"{name} ended (code {self._running[name].returncode}):\n{self.tail(name)}")
            waiting = {name: address for name, address in waiting.items() if not _answers(address)}
            if waiting and time.monotonic() > end:
                raise NotReady("\n".join(f"{name} does not answer:\n{self.tail(name)}" for name in waiting))
            time.sleep(0.1 if waiting else 0)

    @property
    def running(self) -> tuple[str, ...]:
        """The names of the processes that were started and not ended."""
        return tuple(self._running)

    def kill(self, name: str) -> None:
        """`kill -9`: the process alone, without any warning; its children are left to themselves."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End everything that was ever started here; whoever does not listen is killed."""
        for process in self._running.values():
            process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        for group in self._groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._groups.clear()

    def log(self, name: str) -> Path:
        """The file that holds what a process has printed."""
        return self.folder / f"{name}.log"

    def tail(self, name: str, lines: int = 25) -> str:
        """The last lines of a process's log."""
        path = self.log(name)
        written = path.read_text("utf-8", "replace") if path.exists() else ""
        return "\n".join(written.splitlines()[-lines:])

    def control(self, call: str, body: Any = None, **params: Any) -> Any:
        """Ask the simulator's control API: GET, or POST when there is a body."""
        response = requests.request(
            "GET" if body is None else "POST", f"{self.simulator}/control/{call}", json=body, params=params, timeout=60
        )
        if not response.ok:
            raise RuntimeError(f"{call}: {response.status_code} {response.text}")
        return response.json()


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except requests.RequestException:
        return False
