"""Two workers on one PostgreSQL that goes away in the middle: every message once, each patient's in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from clinic import database, messaging
from clinic.models.messaging import Inbox, Outbox
from tests.support import postgres
from tests.support.stage import end, simulator, start
from tests.support.whatsapp import contact, rows, wait_for, webhook

PHONES = [f"49151230004{n:02d}" for n in range(6)]
MESSAGES = 8
AWAY_SECONDS = 20


@contextmanager
def away(url: str) -> Iterator[None]:
    """Nobody gets into the database, and whoever is in is thrown out."""
    name = postgres.name_of(url)
    connection = psycopg2.connect(postgres.server())
    connection.autocommit = True
    with connection.cursor() as cursor:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        cursor.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        cursor.execute(allow.format(sql.Identifier(name), sql.Literal(True)))
    connection.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_survive_a_database_that_is_away(database_url: str, tmp_path: Path) -> None:
    with webhook() as server, simulator(database_url, f"{server.url}/webhook", tmp_path) as (played, environment):
        for phone in PHONES:
            played.post("/phones", phone=f"+{phone}", name=phone)
            played.send(phone, text="hello")
        wait_for(lambda: len(rows(Inbox)) == len(PHONES))
        for number in range(MESSAGES):
            for phone in PHONES:
                who = contact(phone)
                with database.transaction() as session:
                    messaging.enqueue(session, who, {"text": str(number)})
        workers = [start(environment, "worker") for _ in range(2)]
        try:
            wait_for(lambda: sum(row.status != "queued" for row in rows(Outbox)) > len(PHONES), 20)
            with away(database_url):
                time.sleep(AWAY_SECONDS)
            assert [worker.poll() for worker in workers] == [None, None]
            wait_for(lambda: all(row.status in ("delivered", "read") for row in rows(Outbox)), 60)
        finally:
            for worker in workers:
                end(worker)
        for phone in PHONES:
            assert played.texts(phone) == [str(number) for number in range(MESSAGES)]
