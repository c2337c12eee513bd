"""Which lock store Rasa gets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import redis
from rasa.core.lock_store import InMemoryLockStore, LockStore
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


def test_two_servers_share_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def connect(url: str, **_options: Any) -> Memory:
        asked.append(url)
        return Memory()

    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379/2")
    monkeypatch.setattr(redis.StrictRedis, "from_url", connect)
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
