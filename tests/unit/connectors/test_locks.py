"""Which lock store Rasa gets."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from rasa.utils.endpoints import read_endpoint_config

from clinic.settings import PROJECT
from connectors.whatsapp.locks import ConversationLocks


class Memory:
    """As much of Redis as locks need."""

    kept: dict[str, bytes] = {}  # noqa: RUF012 - one for all, as a server is

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def set(self, key: str, value: str) -> None:
        self.kept[key] = value.encode()

    def delete(self, key: str) -> int:
        return int(self.kept.pop(key, None) is not None)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", "sqlite://")
    monkeypatch.setenv("ACTIONS_PORT", "5055")


def created() -> ConversationLocks:
    """What Rasa makes of our endpoints.yml."""
    store = LockStore.create(read_endpoint_config(str(PROJECT / "endpoints.yml"), "lock_store"))
    assert isinstance(store, ConversationLocks)
    return store


def test_in_memory_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert isinstance(created().store, InMemoryLockStore)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An empty Redis, and the addresses at which it was looked for."""
    addresses: list[str] = []

    def connect(url: str, **_options: Any) -> Memory:
        addresses.append(url)
        return Memory()

    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379/2")
    monkeypatch.setattr(redis.StrictRedis, "from_url", connect)
    yield addresses
    Memory.kept.clear()


def test_two_servers_share_a_lock(asked: list[str]) -> None:
    one, other = created(), created()
    order = []

    async def turn(locks: ConversationLocks, name: str) -> None:
        async with locks.lock("7", wait_time_in_seconds=0.01):
            order.append(f"{name} begins")
            await asyncio.sleep(0.03)
            order.append(f"{name} ends")

    async def both() -> None:
        await asyncio.gather(turn(one, "one"), turn(other, "other"))

    asyncio.run(both())
    assert order == ["one begins", "one ends", "other begins", "other ends"]
    assert set(asked) == {"redis://localhost:6379/2"}
    assert Memory.kept == {}


@pytest.mark.usefixtures("asked")
def test_a_killed_servers_ticket_and_the_one_behind_it_would_run_out_together() -> None:
    """The second is renewed. Rasa's own waited for ever, and the contact had no answers until the next start."""
    killed, other = created(), created()
    killed.issue_ticket("7", 1.2)

    async def turn() -> bool:
        async with other.lock("7", 1.2, wait_time_in_seconds=1.5):
            return True

    assert asyncio.run(asyncio.wait_for(turn(), 10))
    assert Memory.kept == {}


@pytest.mark.usefixtures("asked")
def test_a_turn_may_last_longer_than_its_ticket() -> None:
    one, other = created(), created()
    order = []

    async def long() -> None:
        async with one.lock("7", 1.5):
            await asyncio.sleep(2.5)
            order.append("long")

    async def short() -> None:
        await asyncio.sleep(0.1)
        async with other.lock("7", 1.5, wait_time_in_seconds=0.05):
            order.append("short")

    async def both() -> None:
        await asyncio.gather(long(), short())

    asyncio.run(both())
    assert order == ["long", "short"]


@pytest.mark.usefixtures("asked")
def test_a_killed_server_holds_others_up_for_seconds() -> None:
    async def expires() -> float:
        async with created().lock("7"):
            (lock,) = Memory.kept.values()
            return float(json.loads(json.loads(lock)["tickets"][0])["expires"])

    assert asyncio.run(expires()) < time.time() + 11


@pytest.mark.usefixtures("asked")
def test_a_ticket_that_is_lost_is_not_waited_for() -> None:
    """A clock that jumps takes all of them: who waits is told, and tries again."""
    one, other = created(), created()
    one.issue_ticket("7", 60)

    async def turn() -> None:
        async with other.lock("7", 60, wait_time_in_seconds=0.05):
            pass

    async def loses() -> None:
        waiting = asyncio.create_task(turn())
        await asyncio.sleep(0.1)
        (key,) = Memory.kept
        Memory.kept[key] = json.dumps({"conversation_id": "7", "tickets": []}).encode()
        await asyncio.wait_for(waiting, 5)

    with pytest.raises(LockError):
        asyncio.run(loses())
