"""Alembic's entry: runs with the engine that `clinic.database.upgrade` puts into the configuration.

Everything happens in one transaction, on SQLite too, and only one process migrates at a time.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from clinic import database
from clinic.models import Base

# Any number, the same in every process ("salama" on a phone's keys).
LOCK = 725262

config = context.config


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite keeps its own table beside those with autoincrement."""
    return not (kind == "table" and name == "sqlite_sequence")


def run() -> None:
    """Bring the connected database to the wanted revision."""
    engine = config.attributes.get("engine") or database.engine()
    with engine.execution_options(sqlite_begin="IMMEDIATE").connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transactional_ddl=True,
            render_as_batch=True,
            include_name=_is_ours,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("offline migrations are not supported: run `python -m clinic migrate`")
run()
