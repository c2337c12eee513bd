"""Engine, sessions and migrations.

SQLite (WAL) is the embedded default, PostgreSQL the other engine; everything in `clinic` runs on
both. `read()` gives a session for looking, `transaction()` one for writing: it commits when its
block ends and rolls back when the block raises. On SQLite a transaction takes the write lock at once
(BEGIN IMMEDIATE), so that two writers queue instead of failing in the middle. They queue at `clinic.queue`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from clinic import queue
from clinic.settings import PROJECT, settings

BUSY_SECONDS = 30
RETRIES = 8
_ROOM = {"pool_size": 10, "max_overflow": 40}
# A server that is gone without a word is noticed in seconds, and not when TCP gives up. (A socket on this computer needs
# none of it and ignores it.)
_IMPATIENT = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 20000,
}
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
_PASSING_CODES = {"40001", "40P01", "55P03"}

Result = TypeVar("Result")


def _prepare_sqlite(engine: Engine) -> None:
    path = engine.url.database

    def configure(connection: Any, record: Any) -> None:
        # pysqlite's own transaction handling begins too late; "begin" below says when instead.
        connection.isolation_level = None
        # busy_timeout first: switching to WAL waits for locks too.
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _identity(path)

    def check(_connection: Any, record: Any, _proxy: Any) -> None:
        # A backup was put in its place: what is written to the old file is lost.
        if record.info.get("file") != _identity(path):
            raise DisconnectionError("the database's file is another one now")

    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    event.listen(engine, "connect", configure)
    event.listen(engine, "checkout", check)
    event.listen(engine, "begin", begin)


def _identity(path: str | None) -> tuple[int, int] | None:
    """What tells the file at `path` from another one that is put there later; None where there is none."""
    try:
        found = Path(path or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def absolute_url(url: str) -> str:
    """`url` with a relative SQLite path resolved against the project, its folder made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    path = Path(parsed.database)
    path = path if path.is_absolute() else PROJECT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


@cache
def _engine_at(address: str) -> Engine:
    # Parameters are names and phone numbers: never in an error's text.
    options = {"future": True, "hide_parameters": True}
    if make_url(address).get_backend_name() == "sqlite":
        # Kept open: opening one costs more than reading, and closing the last one writes the whole WAL back.
        made = create_engine(address, poolclass=QueuePool, connect_args={"check_same_thread": False}, **_ROOM, **options)
        _prepare_sqlite(made)
    else:
        # What stands in the address itself counts.
        waits = {name: value for name, value in _IMPATIENT.items() if name not in make_url(address).query}
        made = create_engine(address, pool_pre_ping=True, connect_args=waits, **_ROOM, **options)
    _made.append(made)
    return made


_made: list[Engine] = []
_of_the_parent: list[Engine] = []


def _start_anew() -> None:
    """A forked process must not use its parent's connections, nor close them: SQLite's locks would be lost."""
    _of_the_parent.extend(_made)
    _made.clear()
    _engine_at.cache_clear()


os.register_at_fork(after_in_child=_start_anew)


def engine(url: str | None = None) -> Engine:
    """The engine of `url` (default: `CLINIC_DATABASE_URL`), one a process and address."""
    return _engine_at(absolute_url(url or settings().database_url))


def dispose() -> None:
    """Close every connection of this process and forget the engines: for tests."""
    while _made:
        _made.pop().dispose()
    _engine_at.cache_clear()


@contextmanager
def read(url: str | None = None) -> Iterator[Session]:
    """A session for reading; whatever it changed is rolled back."""
    with Session(engine(url), future=True, expire_on_commit=False) as session:
        yield session


@contextmanager
def transaction(url: str | None = None) -> Iterator[Session]:
    """A session for writing: commits at the end of the block, rolls back when the block raises."""
    bind = engine(url).execution_options(sqlite_begin="IMMEDIATE")
    file = bind.url.database if bind.dialect.name == "sqlite" else None
    with queue.turn_at(file), Session(bind, future=True, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def within(session: Session | None) -> Iterator[Session]:
    """`session` itself when the caller has a transaction open, otherwise a transaction of our own.

    Opening a second transaction inside the first would wait for itself on SQLite.
    """
    if session is not None:
        yield session
    else:
        with transaction() as own:
            yield own


def _is_passing(error: OperationalError) -> bool:
    """Whether the same transaction may succeed when it is simply tried again."""
    return getattr(error.orig, "pgcode", None) in _PASSING_CODES or "database is locked" in str(error.orig)


def retrying(work: Callable[[], Result]) -> Result:
    """Call `work` (one whole transaction); again, after a short wait, when the database asks for it.

    Raises the last OperationalError after `RETRIES` attempts, and any other error at once.
    """
    for attempt in range(RETRIES):
        try:
            return work()
        except OperationalError as error:
            if attempt == RETRIES - 1 or not _is_passing(error):
                raise
            time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
    raise AssertionError("unreachable")


def upgrade(url: str | None = None, revision: str = "head") -> None:
    """Bring the database's tables to `revision`; harmless when they are there already."""
    # Imported here: only migrations need it, and it announces every plug-in it loads.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "clinic" / "migrations"))
    config.attributes["engine"] = engine(url)
    command.upgrade(config, revision)
