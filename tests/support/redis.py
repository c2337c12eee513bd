"""A Redis for tests: Debian's `redis-server` on a free port, in a folder of its own, which keeps nothing on the disk.

with redis.server(folder) as url:
    environment["REDIS_URL"] = url
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from tests.support.whatsapp import free_port, wait_for

MISSING = "no redis-server here, so nothing is said about Redis: apt-get install redis-server"
UP_SECONDS = 10.0
STOP_SECONDS = 5.0


def installed() -> bool:
    """Whether there is a redis-server to start."""
    return shutil.which("redis-server") is not None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of an empty Redis, which ends with the block."""
    port = str(free_port())
    options = ("--bind", "127.0.0.1", "--port", port, "--dir", str(folder), "--save", "", "--appendonly", "no")
    with (folder / "redis.log").open("ab") as log:
        process = subprocess.Popen(
            ["redis-server", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # What runs between fork and exec is one system call.
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )
    try:
        url = f"redis://127.0.0.1:{port}/0"
        wait_for(lambda: _answers(url), UP_SECONDS)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def calls(url: str, command: str) -> int:
    """How often that command was given to it."""
    with redis.StrictRedis.from_url(url) as client:
        counted: dict[str, Any] = client.info("commandstats")
    return int(counted.get(f"cmdstat_{command}", {}).get("calls", 0))


def keys(url: str) -> list[str]:
    """What is kept there now."""
    with redis.StrictRedis.from_url(url, decode_responses=True) as client:
        return sorted(client.keys())


def _answers(url: str) -> bool:
    try:
        with redis.StrictRedis.from_url(url) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def _die_with_parent() -> None:
    """Linux: the server is killed when the one that started it is gone, however that ended."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
