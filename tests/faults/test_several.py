"""Two workers, two servers and a gateway of several workers on one PostgreSQL, and each of them is killed now and then.

First with bots that echo, then with two real Rasa servers, which lock their conversations in one Redis.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from tests.support import databases, redis
from tests.support.assistants import OTHERS, TEXTS, assistants, two_databases
from tests.support.crew import Crew
from tests.support.storm import Storm, echoing, run, scene
from tests.support.whatsapp import wait_for

pytestmark = pytest.mark.faults

SERVERS = ("rasa", "rasa1")
# Patience for a server that loads its model on two cores while everything else runs, perhaps other work too.
LOADING_SECONDS = 300.0
TURN_SECONDS = 20.0


@pytest.mark.timeout(600)
def test_two_of_everything(tmp_path: Path) -> None:
    victims = ("gateway", "bot", "bot1", "worker", "worker1")
    storm = Storm(seed=20261128, victims=victims)
    with databases.fresh("postgresql", tmp_path) as database_url, scene(database_url, tmp_path) as (played, crew):
        echoing(crew, bots=2, workers=2)
        verdict = run(storm, played, crew, database_url)
    assert verdict.clean, verdict.report()


@pytest.mark.timeout(1200)
@pytest.mark.skipif(not redis.installed(), reason=redis.MISSING)
def test_two_rasa_servers_on_redis(tmp_path: Path) -> None:
    victims = (*OTHERS, "worker1")
    storm = Storm(20261201, 60, 220, (3, 5), texts=TEXTS, victims=victims, kill_every=(6.0, 10.0), patience=400)
    with (
        two_databases() as urls,
        redis.server(tmp_path) as locks,
        assistants(tmp_path, 2, REDIS_URL=locks, **urls) as (played, crew, database_url),
    ):
        # One after the other: at random most kills would meet a server that loads its model, or leave none that answers.
        events = {
            5.0 + number: partial(_strike_in_a_turn, crew, name, locks)
            for number, name in enumerate((*SERVERS, SERVERS[0]))
        }
        verdict = run(storm, played, crew, database_url, echoes=False, events=events)
        taken = redis.calls(locks, "set")
        print(f"  locks: {taken} times written to Redis")
        assert all(crew.kills[name] for name in (*victims, *SERVERS))
    assert verdict.clean, verdict.report()
    # At the least, each turn's ticket is drawn and given back there; turns that were saved already draw none again.
    assert taken >= 1.9 * verdict.messages_in


def _strike_in_a_turn(crew: Crew, name: str, locks: str) -> None:
    """kill -9 of a server when both answer and somebody's turn is under way; the other one takes over."""
    wait_for(lambda: all(_serves(crew, each) for each in SERVERS), LOADING_SECONDS)
    # On a slow machine the patients may be silent by then.
    end = time.monotonic() + TURN_SECONDS
    while not (turns := redis.keys(locks)) and time.monotonic() < end:
        time.sleep(0.02)
    print(f"\n  {name} is struck with {len(turns)} turns under way")
    crew.strike(name)


def _serves(crew: Crew, name: str) -> bool:
    """Whether the process that runs now has loaded its model: those before it were only struck when they had."""
    return crew.log(name).count("up and running") > crew.kills[name]
