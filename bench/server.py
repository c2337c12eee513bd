"""Trains and serves a bot in processes of their own, and says what they took. Memory is read the Linux way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests
import yaml

from bench.bots import Bot
from clinic.settings import PROJECT
from scripts.stack import free_ports

RASA = (sys.executable, "-m", "scripts.quiet", "rasa")
READY_SECONDS, STOP_SECONDS, TAIL = 300.0, 15.0, 2000


class Failed(Exception):
    """A process ended badly; the message holds the end of its log."""


@dataclass(frozen=True)
class Trained:
    """What a training took."""

    seconds: float
    memory_mb: float
    model_mb: float


@dataclass(frozen=True)
class Server:
    """A bot that answers."""

    port: int
    process: subprocess.Popen[bytes]
    start_seconds: float

    def peak_mb(self) -> float:
        """The most memory that the server and its helpers (Duckling's worker) ever held, added up."""
        return sum(_peak_kb(pid) for pid in _session(self.process.pid)) / 1024


def end_by_exception() -> None:
    """Let SIGTERM end this process as Ctrl-C does: servers are stopped, temporary folders removed."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def _tail(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-TAIL:]


def train(bot: Bot, env: Mapping[str, str]) -> Trained:
    """Train `bot` from nothing."""
    folder, log = bot.folder, bot.folder / "train.log"
    command = [*RASA, "train", "--config", f"{folder}/config.yml", "--domain", f"{folder}/domain.yml"]
    command += ["--data", f"{folder}/data", "--out", str(bot.model.parent), "--fixed-model-name", "model", "--force"]
    bot.model.unlink(missing_ok=True)
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**env, "RASA_CACHE_DIRECTORY": f"{folder}/cache"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not bot.model.exists():
        raise Failed(f"training {bot.name}: code {process.returncode}\n{_tail(log)}")
    return Trained(seconds, usage.ru_maxrss / 1024, bot.model.stat().st_size / 1e6)


@contextmanager
def serving(bot: Bot, env: Mapping[str, str]) -> Iterator[Server]:
    """`bot` on a port of its own with an empty database, until the block ends."""
    for left in bot.folder.glob("tracker.db*"):
        left.unlink()
    endpoints, log, (port,) = bot.folder / "endpoints.yml", bot.folder / "serve.log", free_ports(1)
    endpoints.write_text(yaml.safe_dump(bot.endpoints), encoding="utf-8")
    command = [*RASA, "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port), "--model", str(bot.model)]
    command += ["--endpoints", str(endpoints), "--credentials", f"{bot.folder}/credentials.yml"]
    began = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _is_ready(port):
            if process.poll() is not None or time.perf_counter() - began > READY_SECONDS:
                raise Failed(f"{bot.name} does not answer\n{_tail(log)}")
            time.sleep(0.05)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        _stop(process)


def _is_ready(port: int) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/status", timeout=5).status_code == 200
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):  # what it started and left behind
        os.killpg(process.pid, signal.SIGKILL)


def _session(leader: int) -> Iterator[int]:
    """The processes of the session that `leader` leads, itself included."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # "pid (name) state parent group session …"; a name may hold blanks and brackets
            if int(path.read_text("utf-8", "replace").rpartition(")")[2].split()[3]) == leader:
                yield int(path.parent.name)


def _peak_kb(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0
