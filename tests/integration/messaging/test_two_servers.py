"""Two servers, each with a consumer, on one PostgreSQL database: no contact is answered by both at once."""

from __future__ import annotations

import os
import random
import signal
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from clinic import database
from clinic.exclusive import Exclusive
from clinic.models.messaging import Inbox, Outbox
from tests.support import databases
from tests.support.stage import end, is_up, start
from tests.support.whatsapp import SECRET, SENT_AT, VERIFY_TOKEN, Running, free_port, message, of_messages, rows, wait_for

CONTACTS, MESSAGES = 12, 12


@pytest.fixture(autouse=True)
def _postgresql(tmp_path: Path) -> object:
    with databases.fresh("postgresql", tmp_path) as url:
        yield url


def turns_of(log: Path) -> dict[str, list[list[str]]]:
    """contact → [process, contact, what, text] in the order of the log."""
    found = defaultdict(list)
    for line in log.read_text().splitlines():
        found[line.split()[1]].append(line.split())
    return found


def check_order() -> None:
    """Every message answered once, each contact's in order."""
    said = defaultdict(list)
    for row in rows(Outbox):
        said[row.contact_id].append(row.message["text"].removeprefix("utter_introduction\n\n"))
    assert len(said) == CONTACTS
    assert all(answers == [f"echo: {n}" for n in range(MESSAGES)] for answers in said.values())


@pytest.mark.parametrize("kill", [False, True])
def test_each_message_is_answered_once_and_in_order(kill: bool, tmp_path: Path) -> None:
    log, ports = tmp_path / "turns.log", (free_port(), free_port())
    environment = {**os.environ, "WHATSAPP_APP_SECRET": SECRET, "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN}
    command = [("tests.support.echo_server", str(port), str(log)) for port in ports]
    servers = [start({**environment, "INBOX_POLL_SECONDS": "0.05"}, *module) for module in command]
    webhooks = [Running(f"http://127.0.0.1:{port}/webhooks/whatsapp") for port in ports]
    chance = random.Random(7)

    def write(number: int) -> None:
        for count in range(MESSAGES):
            body = of_messages(message(phone=f"49151230050{number:02d}", body=str(count), timestamp=SENT_AT + count))
            # To either of them, and half of them to both.
            for server in chance.sample(webhooks, chance.choice((1, 2))):
                try:
                    assert server.post(body).status_code == 200
                except OSError:
                    webhooks[1].post(body)

    try:
        wait_for(lambda: all(is_up(f"{server.url}/") for server in webhooks), 20)
        with ThreadPoolExecutor(CONTACTS) as pool:
            writing = [pool.submit(write, number) for number in range(CONTACTS)]
            if kill:
                wait_for(lambda: len(rows(Outbox)) > 20, 20)
                end(servers[0], signal.SIGKILL)
            for one in writing:
                one.result(60)
        wait_for(lambda: len(rows(Inbox)) == CONTACTS * MESSAGES and all(row.processed_at for row in rows(Inbox)), 60)
    finally:
        for server in servers:
            end(server, signal.SIGKILL)
    check_order()
    if not kill:
        turns = turns_of(log)
        assert len({line[0] for lines in turns.values() for line in lines}) == 2, "only one of them worked"
        for lines in turns.values():
            assert [line[2] for line in lines] == ["begins", "ends"] * MESSAGES
            assert [int(line[3]) for line in lines[::2]] == list(range(MESSAGES))


def test_a_contact_is_one_owners() -> None:
    one, other = Exclusive(), Exclusive()
    assert one.take(1) and other.take(2)
    assert not other.take(1)
    assert not one.take(2)
    one.free(1)
    assert other.take(1)
    other.close()
    assert one.take(2)
    one.close()


def test_a_cut_connection_takes_back_what_is_being_answered() -> None:
    one, other = Exclusive(), Exclusive()
    assert one.take(1)
    with database.transaction() as session:
        session.connection().exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    with pytest.raises(DBAPIError):
        one.take(2)
    assert one.take(2)
    assert not other.take(1)
    one.close()
    assert other.take(1)
    other.close()
