"""A PostgreSQL for tests, without root and without anything installed: `pgserver`'s, one per test run.

    url = postgres.create_database()             # an empty database of its own
    url = postgres.create_database(template=t)   # a copy of database `t`: some 50 ms, however many tables
    postgres.drop_database(url)

The server starts with the first call, listens on a socket only and goes, data and all, with the process.
"""

from __future__ import annotations

import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
from psycopg2 import sql
from sqlalchemy.engine import make_url

# Nobody needs the data after a crash, so nothing waits for the disk.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@lru_cache(maxsize=1)
def _handle() -> Any:
    """`pgserver`'s own, which starts the server."""
    with warnings.catch_warnings():
        # It wants XDG_RUNTIME_DIR and says so where there is none; /tmp does as well.
        warnings.simplefilter("ignore")
        import pgserver

    folder = Path(tempfile.mkdtemp(prefix="salama-postgres-"))
    return pgserver.get_server(folder, cleanup_mode="delete")


@lru_cache(maxsize=1)
def server() -> str:
    """The address of the server's `postgres` database; starts the server when nobody has yet."""
    url: str = _handle().get_uri()
    for name, value in _FAST.items():
        _run(url, sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    _run(url, sql.SQL("SELECT pg_reload_conf()"))
    return url


def _run(url: str, statement: sql.Composable) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def name_of(url: str) -> str:
    """The database's name in an address."""
    name = make_url(url).database
    assert name is not None
    return name


def create_database(template: str | None = None) -> str:
    """The address of a new database, empty or a copy of the database named in the address `template`."""
    name = f"test_{uuid4().hex[:12]}"
    origin = sql.Identifier(name_of(template) if template else "template0")
    _run(server(), sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(sql.Identifier(name), origin))
    return make_url(server()).set(database=name).render_as_string(hide_password=False)


def make_durable(url: str) -> None:
    """What this database has committed survives `stop`, as it would in production."""
    name = sql.Identifier(name_of(url))
    _run(server(), sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))


def stop() -> None:
    """The server crashes: no connection is told, nothing is tidied up. `start` brings it back at the same address."""
    import pgserver._commands as commands

    handle = _handle()
    commands.pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=handle.pgdata, user=handle.system_user)


def start() -> None:
    """Start the server again after `stop`."""
    handle = _handle()
    handle.ensure_postgres_running()
    assert handle.get_uri() == server()


def drop_database(url: str) -> None:
    """Remove a database of `create_database`, whoever is still connected."""
    _run(server(), sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name_of(url))))
