"""Migrated databases for tests, SQLite and PostgreSQL alike: migrated once per run, then copied for each test."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from clinic import clock, database, seed
from clinic.settings import settings
from tests.support import postgres

KINDS = ("sqlite", "postgresql")


def forget() -> None:
    """Make `clinic` read its settings and connect anew."""
    database.dispose()
    settings.cache_clear()


@lru_cache(maxsize=2)
def _template(kind: str) -> str:
    """The address of a migrated database that tests never touch."""
    if kind == "postgresql":
        url = postgres.create_database()
    else:
        folder = tempfile.mkdtemp(prefix="salama-sqlite-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder}/template.db"
    database.upgrade(url)
    engine = database.engine(url)
    if kind == "sqlite":
        with engine.connect() as connection:
            # Everything into the one file that is copied.
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return url


def _create(kind: str, folder: Path) -> str:
    template = _template(kind)
    if kind == "postgresql":
        return postgres.create_database(template)
    path = folder / f"{uuid4().hex[:12]}.db"
    shutil.copyfile(template.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


@lru_cache(maxsize=1)
def _demo() -> Path:
    """The file of a SQLite database with the demo clinic, which tests never touch."""
    folder = Path(tempfile.mkdtemp(prefix="salama-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with fresh("sqlite", folder) as url:
        seed.load()
        with database.engine().connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """Like `fresh`, on SQLite and with the demo clinic in it. Freeze the clock inside."""
    template = _demo()
    path = folder / f"{uuid4().hex[:12]}.db"
    shutil.copyfile(template, path)
    with _as_clinic(f"sqlite:///{path}") as url:
        yield url


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """An empty, migrated database as this process's `CLINIC_DATABASE_URL`; gone, like the frozen clock, afterwards."""
    with _as_clinic(_create(kind, folder)) as url:
        try:
            yield url
        finally:
            forget()
            if kind == "postgresql":
                postgres.drop_database(url)


@contextmanager
def _as_clinic(url: str) -> Iterator[str]:
    before = os.environ.get("CLINIC_DATABASE_URL")
    os.environ["CLINIC_DATABASE_URL"] = url
    forget()
    try:
        yield url
    finally:
        clock.freeze(None)
        forget()
        if before is None:
            del os.environ["CLINIC_DATABASE_URL"]
        else:
            os.environ["CLINIC_DATABASE_URL"] = before
        settings.cache_clear()
