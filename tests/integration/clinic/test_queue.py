"""The queue of those who write to an SQLite database: nobody is kept out by a busy neighbour, nobody waits for the dead."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from clinic import database, queue
from clinic.settings import PROJECT

BUSY = """
import sys, time, threading
from sqlalchemy import text
from clinic import database
def write():
    while True:
        with database.transaction(sys.argv[1]) as session:
            session.execute(text("UPDATE busy SET times = times + 1"))
            time.sleep(0.003)
for _ in range(6):
    threading.Thread(target=write, daemon=True).start()
print("writing", flush=True)
time.sleep(60)
"""
HOLDER = """
import sys, time
from clinic import database
with database.transaction(sys.argv[1]):
    print("holding", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    yield f"sqlite:///{tmp_path}/clinic.db"
    database.dispose()


@contextmanager
def running(program: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, from its first line on."""
    process = subprocess.Popen([sys.executable, "-c", program, url], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_busy_process_keeps_nobody_out(url: str) -> None:
    """Counted in transactions, not in seconds: of seven who write, each is to have something like a seventh."""
    with database.transaction(url) as session:
        session.execute(text("CREATE TABLE busy (times INTEGER)"))
        session.execute(text("INSERT INTO busy VALUES (0)"))
    with running(BUSY, url):
        seen = []
        for _ in range(40):
            with database.transaction(url) as session:
                seen.append(session.execute(text("SELECT times FROM busy")).scalar())
            time.sleep(0.001)
    assert seen[-1] > 0, "they do write"
    # 7 on a quiet machine, 18 seen on one that trains and tests; without the queue 60 to 260.
    assert (seen[-1] - seen[0]) / 39 < 40


def test_a_killed_process_leaves_the_queue(url: str) -> None:
    with running(HOLDER, url) as process:
        with Path(url.removeprefix("sqlite:///") + "-queue").open("rb") as ticket, pytest.raises(BlockingIOError):
            fcntl.flock(ticket, fcntl.LOCK_EX | fcntl.LOCK_NB)
        process.kill()
        with database.transaction(url) as session:
            session.execute(text("CREATE TABLE free (x INTEGER)"))


def test_a_child_that_was_forked_in_the_middle_holds_up_nobody(url: str) -> None:
    """The child lives on with what was open in its parent; and it can write itself."""
    with database.transaction(url):
        child = os.fork()
        if child == 0:
            time.sleep(0.2)
            with database.transaction(url):
                time.sleep(0.2)
            os._exit(0)
    with database.transaction(url):
        pass
    assert os.waitpid(child, 0)[1] == 0


def test_who_failed_has_left_the_queue(url: str) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(url):
        raise ZeroDivisionError
    with database.transaction(url):
        pass


def test_a_transaction_inside_a_transaction_says_what_to_do(url: str, tmp_path: Path) -> None:
    with database.transaction(url):
        with pytest.raises(queue.AlreadyWriting, match="hand its session on"), database.transaction(url):
            pass
        with database.transaction(f"sqlite:///{tmp_path}/another.db"):
            pass


@pytest.mark.parametrize("place", [None, ":memory:", "/no/such/folder/clinic.db"])
def test_where_no_queue_can_be_nobody_waits(place: str | None) -> None:
    with queue.turn_at(place):
        pass
