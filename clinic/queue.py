"""Who writes next to an SQLite database: processes queue for it, and whoever waits is woken when it is their turn.

SQLite itself lets those who wait look again after pauses of up to 100 ms, and whoever looks at the right moment is first.
A busy process then keeps an idle one out for seconds (measured in docs/decisions/0016). The queue is a lock on a file
beside the database, so a killed process leaves it. It only orders; what keeps two writers apart is SQLite's own lock,
also from those who know no queue.

The wait has no end: a process that is stopped (not killed) in the middle of a transaction holds up all others until it goes
on or ends, where SQLite alone would raise "database is locked" after `database.BUSY_SECONDS`.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_mine = threading.local()
_tickets: set[int] = set()


class AlreadyWriting(RuntimeError):
    """A transaction inside a transaction of the same thread: it would wait for itself for ever."""


@contextmanager
def turn_at(database: str | None) -> Iterator[None]:
    """Wait for one's turn to write to the SQLite file `database`, and leave the queue with the block.

    None, or a database in memory: nobody else writes there. Raises AlreadyWriting.
    """
    if not database or database == ":memory:":
        yield
        return
    held: set[str] = _mine.__dict__.setdefault("held", set())
    if database in held:
        raise AlreadyWriting("this thread has a transaction open; hand its session on (database.within)")
    ticket = _queue(f"{database}-queue")
    held.add(database)
    try:
        yield
    finally:
        held.discard(database)
        if ticket is not None:
            _leave(ticket)


def _queue(path: str) -> int | None:
    """Wait until it is our turn; None on a disk that knows no such locks, or is full: then it goes without order."""
    try:
        ticket = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        return None
    try:
        fcntl.flock(ticket, fcntl.LOCK_EX)
    except OSError:
        os.close(ticket)
        return None
    _tickets.add(ticket)
    return ticket


def _leave(ticket: int) -> None:
    _tickets.discard(ticket)
    # Not by closing alone: a child that was forked meanwhile has the same ticket.
    fcntl.flock(ticket, fcntl.LOCK_UN)
    os.close(ticket)


def _start_anew() -> None:
    """A forked process has its parent's tickets, but it is not its turn."""
    while _tickets:
        os.close(_tickets.pop())
    _mine.__dict__.clear()


os.register_at_fork(after_in_child=_start_anew)
