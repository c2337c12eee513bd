"""Rasa's own lock of a conversation, shared by several Rasa servers where `REDIS_URL` is set: endpoints.yml names it.

What arrives through the inbox is kept in order by `clinic.exclusive` already, with or without Redis. This lock is for
what comes past it: Rasa's HTTP API (`trigger_intent`) and its other channels.
"""

from __future__ import annotations

from typing import Any, Optional, Text

import redis
from rasa.core.lock import TicketLock
from rasa.core.lock_store import (
    DEFAULT_REDIS_LOCK_STORE_KEY_PREFIX,
    DEFAULT_SOCKET_TIMEOUT_IN_SECONDS,
    InMemoryLockStore,
    LockStore,
    RedisLockStore,
)

from clinic.settings import environment


class RedisLocks(RedisLockStore):
    """Rasa's, but named by an address: it knows no `redis://`."""

    def __init__(self, url: Text) -> None:
        # Not Rasa's constructor, which would make a connection of its own; its parent's takes nothing.
        LockStore.__init__(self)
        self.red = redis.StrictRedis.from_url(url, socket_timeout=DEFAULT_SOCKET_TIMEOUT_IN_SECONDS)
        self.key_prefix = DEFAULT_REDIS_LOCK_STORE_KEY_PREFIX


class ConversationLocks(LockStore):
    """In Redis when there is a `REDIS_URL`, else in this process's memory, as Rasa has it."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()
        url = environment().get("REDIS_URL", "").strip()
        self.store: LockStore = RedisLocks(url) if url else InMemoryLockStore()

    def get_lock(self, conversation_id: Text) -> Optional[TicketLock]:
        """The conversation's lock, when it has one."""
        return self.store.get_lock(conversation_id)

    def save_lock(self, lock: TicketLock) -> None:
        """Keep it."""
        self.store.save_lock(lock)

    def delete_lock(self, conversation_id: Text) -> None:
        """Forget it."""
        self.store.delete_lock(conversation_id)
