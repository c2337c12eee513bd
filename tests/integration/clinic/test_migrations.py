"""The first migration makes what the models say, on both databases, and may run many times at once."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

from clinic import database
from clinic.models import Base
from clinic.settings import PROJECT
from tests.support import databases, postgres


def difference(engine: Engine) -> list[Any]:
    """What autogenerate would still want to change."""
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _: not (kind == "table" and name == "sqlite_sequence"),
    }
    with engine.connect() as connection, warnings.catch_warnings():
        # The exclusion constraint's index is an expression, which reflection passes over.
        warnings.filterwarnings("ignore", message=".*expression-based index")
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def constraints(engine: Engine) -> dict[str, set[Any]]:
    """Per table: names and texts of checks, names of unique constraints, of indexes and of foreign keys."""
    look = inspect(engine)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based index")
        return {
            table: {
                *((check["name"], check["sqltext"]) for check in look.get_check_constraints(table)),
                *((unique["name"], tuple(unique["column_names"])) for unique in look.get_unique_constraints(table)),
                *((index["name"], tuple(index["column_names"])) for index in look.get_indexes(table)),
                *((key["name"], key["referred_table"]) for key in look.get_foreign_keys(table)),
            }
            for table in look.get_table_names()
            if table not in ("alembic_version", "sqlite_sequence")
        }


def test_autogenerate_finds_no_difference(database_url: str) -> None:
    assert difference(database.engine()) == []


def test_every_constraint_of_the_models_is_there(database_url: str, tmp_path: Path) -> None:
    """Autogenerate does not look at checks: compare with the tables that the models themselves make."""
    on_sqlite = database_url.startswith("sqlite")
    other = f"sqlite:///{tmp_path}/models.db" if on_sqlite else postgres.create_database()
    engine = database.engine(other)
    try:
        Base.metadata.create_all(engine)
        expected = constraints(engine)
    finally:
        engine.dispose()
        if not on_sqlite:
            postgres.drop_database(other)
    assert constraints(database.engine()) == expected
    assert set(expected) == set(Base.metadata.tables)


def test_ids_of_what_is_deleted_are_not_used_again(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        return  # sequences never go back
    with database.read() as session:
        tables = session.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")).scalars()
        assert {"appointments", "contacts", "handoffs", "inbox", "outbox", "patients"} <= set(tables)


def test_upgrading_again_is_harmless(database_url: str) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO specialties (code, names, position) VALUES ('x', '{}', 0)"))
    database.upgrade()
    database.upgrade()
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM specialties")).scalar() == 1


def _migrate_in_process(url: str) -> int:
    environment = {**os.environ, "CLINIC_DATABASE_URL": url}
    return subprocess.run([sys.executable, "-m", "clinic", "migrate"], cwd=PROJECT, env=environment, check=False).returncode


@pytest.mark.parametrize("kind", databases.KINDS)
def test_several_processes_may_migrate_at_once(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db" if kind == "sqlite" else postgres.create_database()
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: _migrate_in_process(url), range(3)))
    assert results == [0, 0, 0]
    assert difference(database.engine(url)) == []
    database.engine(url).dispose()
    if kind == "postgresql":
        postgres.drop_database(url)


def test_downgrading_leaves_nothing(database_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "clinic" / "migrations"))
    config.attributes["engine"] = database.engine()
    command.downgrade(config, "base")
    assert set(inspect(database.engine()).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    database.upgrade()
    assert difference(database.engine()) == []
