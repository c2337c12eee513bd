"""What `clinic.database` promises of its sessions."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from clinic import database
from clinic.models import Specialty
from tests.support import databases


def count() -> int:
    with database.read() as session:
        return session.query(Specialty).count()


def test_a_transaction_commits_or_leaves_nothing(database_url: str) -> None:
    with database.transaction() as session:
        session.add(Specialty(code="a", names={}))
    with pytest.raises(RuntimeError), database.transaction() as session:
        session.add(Specialty(code="b", names={}))
        session.flush()
        raise RuntimeError
    assert count() == 1


def test_reading_writes_nothing(database_url: str) -> None:
    with database.read() as session:
        session.add(Specialty(code="a", names={}))
        session.flush()
    assert count() == 0


def test_rows_are_usable_afterwards(database_url: str) -> None:
    with database.transaction() as session:
        row = Specialty(code="a", names={"ar": "أ"})
        session.add(row)
    assert (row.code, row.names) == ("a", {"ar": "أ"})


def test_sqlite_writers_queue_and_nothing_is_lost(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        return  # PostgreSQL has no such modes
    begun: list[str] = []
    event.listen(database.engine(), "connect", lambda connection, _: connection.set_trace_callback(begun.append))
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
    with database.read() as session:
        session.execute(text("SELECT 1"))
        pragmas = [
            session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
    assert [statement for statement in begun if statement.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN DEFERRED"]
    assert pragmas == ["wal", 1, 2]


def test_retrying_tries_again_only_what_may_pass() -> None:
    tried: list[str] = []

    class Deadlock(Exception):
        pgcode = "40P01"

    def twice() -> int:
        tried.append("deadlock")
        if len(tried) < 3:
            raise OperationalError("x", {}, Deadlock())
        return 7

    assert database.retrying(twice) == 7
    assert len(tried) == 3

    def broken() -> int:
        tried.append("broken")
        raise OperationalError("x", {}, Exception("no such table"))

    with pytest.raises(OperationalError):
        database.retrying(broken)
    assert tried.count("broken") == 1


def test_a_backup_that_is_put_in_place_is_used_at_once(tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        path = Path(url.removeprefix("sqlite:///"))
        with database.engine().connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(path, tmp_path / "backup")
        with database.transaction() as session:
            session.add(Specialty(code="a", names={}))
        assert count() == 1
        (tmp_path / "backup").replace(path)
        for rest in ("-wal", "-shm"):
            Path(f"{path}{rest}").unlink()
        assert count() == 0


def test_a_forked_process_opens_connections_of_its_own(database_url: str) -> None:
    with database.transaction() as session:
        session.add(Specialty(code="a", names={}))
    child = os.fork()
    if child == 0:
        try:
            with database.transaction() as session:
                session.add(Specialty(code="b", names={}))
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert count() == 2


def test_a_connection_is_given_back_clean(tmp_path: Path) -> None:
    """Whoever left one in the middle of a transaction does not hold the next one up."""
    with databases.fresh("sqlite", tmp_path):
        for _ in range(3):
            with pytest.raises(RuntimeError), database.transaction() as session:
                session.add(Specialty(code="b", names={}))
                session.flush()
                raise RuntimeError
            found: list[int] = []
            beside = threading.Thread(target=lambda found=found: found.append(count()))
            beside.start()
            beside.join()
            assert found == [0]


def test_a_postgres_server_that_is_silent_is_noticed_in_seconds(database_url: str) -> None:
    """A frozen or unplugged server sends nothing: without these, every worker waits a quarter of an hour for TCP."""
    if database_url.startswith("sqlite"):
        return  # a file
    wanted = {"connect_timeout": "5", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
    with database.engine().connect() as connection:
        used = connection.connection.dbapi_connection.info.dsn_parameters
    assert wanted.items() <= used.items()
    assert used["tcp_user_timeout"] == "20000"


def test_what_the_address_says_of_waiting_counts(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return
    own = make_url(database_url).update_query_dict({"connect_timeout": "2"}).render_as_string(hide_password=False)
    with database.engine(own).connect() as connection:
        used = connection.connection.dbapi_connection.info.dsn_parameters
    assert (used["connect_timeout"], used["keepalives_idle"]) == ("2", "30")
