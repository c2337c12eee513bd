"""The real assistant for fault runs: Rasa servers with the trained model, action server, workers and gateway.

with two_databases() as urls, assistants(folder, 2, **urls) as (played, crew, database_url):
    verdict = run(Storm(seed=1, texts=TEXTS), played, crew, database_url, echoes=False)
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import run as commands
from tests.support import databases, postgres, stage
from tests.support.crew import Crew
from tests.support.stack import Stack
from tests.support.storm import GRACE_SECONDS
from tests.support.whatsapp import free_port, wait_for

READY_SECONDS = 240.0
# A server needs most of a minute to load its model: the others are struck more often.
OTHERS = ("gateway", "actions", "worker")
# Each of them has an answer whatever was said before.
TEXTS = (
    "When are you open?",
    "Where are you?",
    "Do I need a referral?",
    "Wann habt ihr geöffnet?",
    "Wo seid ihr?",
    "Onde fica a clínica?",
    "Qual é o horário?",
    "Где вы находитесь?",
    "متى تفتحون؟",
)


@contextmanager
def assistants(folder: Path, count: int, **environment: str) -> Iterator[tuple[stage.Simulator, Crew, str]]:
    """Everything with `count` Rasa servers and workers, ready."""
    own = {
        "GATEWAY_PORT": str(free_port()),
        "OUTBOX_GRACE_SECONDS": GRACE_SECONDS,
        # Shorter patience: when the action server is killed, a turn may fail and is tried again.
        "ACTIONS_PATIENCE_SECONDS": "5",
        "CLINIC_FLOOD_MESSAGES": "0",
    }
    with Stack(folder, processes=("simulator",), **own, **environment) as stack, Crew(stack.env, folder) as crew:
        crew.start("gateway", "connectors.whatsapp.gateway")
        command = commands.commands(stack.env, demo=True)
        crew.start_command("actions", shlex.split(command["actions"]))
        addresses = [stack.env["GATEWAY_PORT"]]
        for number in range(count):
            port = stack.env["RASA_PORT"] if number == 0 else str(free_port())
            addresses.append(port)
            rasa = commands.commands({**stack.env, "RASA_PORT": port}, demo=True)["rasa"]
            crew.start_command(f"rasa{number or ''}", shlex.split(rasa))
            crew.start_command(f"worker{number or ''}", shlex.split(command["worker"]))
        for port in addresses:
            wait_for(lambda port=port: stage.is_up(f"http://127.0.0.1:{port}/webhooks/whatsapp/"), READY_SECONDS)
        yield stage.Simulator(stack.simulator), crew, stack.database_url


@contextmanager
def two_databases() -> Iterator[dict[str, str]]:
    """The clinic's and the conversations', empty and on PostgreSQL, as the environment names them."""
    urls = {"CLINIC_DATABASE_URL": postgres.create_database(), "TRACKER_DATABASE_URL": postgres.create_database()}
    try:
        yield urls
    finally:
        databases.forget()
        for url in urls.values():
            postgres.drop_database(url)
