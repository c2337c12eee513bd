"""kill -9 in the middle of several chats, server and worker in turn: nothing lost, doubled or out of order."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

from clinic.models.messaging import Inbox, Outbox
from tests.support.stage import end, is_up, simulator, start
from tests.support.whatsapp import free_port, rows, wait_for

PHONES = [f"49151230009{n:02d}" for n in range(4)]
ROUNDS = 6
MESSAGES = 4


def test_every_message_is_answered_once_and_in_order(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(20261124)
    port = free_port()
    health = f"http://127.0.0.1:{port}/webhooks/whatsapp/"
    with simulator(database_url, f"{health}webhook", tmp_path) as (played, environment):
        played.post("/webhooks", duplicate=True)
        played.post("/rate_limits", enabled=False)
        for phone in PHONES:
            played.post("/phones", phone=f"+{phone}", name="A patient")
        command = {"server": ("tests.support.echo_server", str(port)), "worker": ("worker",)}
        running = {name: start(environment, *module) for name, module in command.items()}
        try:
            wait_for(lambda: is_up(health), 20)
            for number in range(ROUNDS):
                for count in range(MESSAGES):
                    for phone in PHONES:
                        played.send(phone, text=f"{number * MESSAGES + count}")
                time.sleep(chance.uniform(0.0, 0.4))
                victim = ("server", "worker")[number % 2]
                end(running[victim], signal.SIGKILL)
                running[victim] = start(environment, *command[victim])
                wait_for(lambda: is_up(health), 20)
                # Statuses that say what a killed worker had sent come through first.
                wait_for(lambda: played.pending() == 0, 60)
            expected = [f"echo: {n}" for n in range(ROUNDS * MESSAGES)]
            for phone in PHONES:
                wait_for(lambda who=phone: len(played.said(phone=who)) >= len(expected), 60)
            wait_for(lambda: played.pending() == 0, 60)
        finally:
            for process in running.values():
                end(process, signal.SIGKILL)
        for phone in PHONES:
            first, *later = played.texts(phone)
            assert [first.removeprefix("utter_introduction\n\n"), *later] == expected
    assert all(row.processed_at for row in rows(Inbox))
    assert {row.status for row in rows(Outbox)} == {"delivered"}
    assert len(rows(Outbox)) == len(PHONES) * len(expected)
