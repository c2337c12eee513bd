"""Rasa's own lock of a conversation, shared by several Rasa servers where `REDIS_URL` is set: endpoints.yml names it.

What arrives through the inbox is kept in order by `clinic.exclusive` already, with or without Redis. This lock is for
what comes past it: Rasa's HTTP API (`trigger_intent`) and its other channels.

Rasa's ticket lives for a minute, whoever drew it. That is too long when its server was killed, and too short for one that
waits behind it: both run out in the same second, and Rasa waits for ever for a ticket that is gone. So tickets here live
for some seconds and are renewed as long as their holder waits or works.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
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

logger = logging.getLogger(__name__)

# A killed server's ticket holds others up that long. A busy event loop may come late to renew it: it has several tries.
TICKET_SECONDS = 10.0
RENEW_SECONDS = 2.0


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

    @asynccontextmanager
    async def lock(
        self, conversation_id: Text, lock_lifetime: float = TICKET_SECONDS, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        """As Rasa's, with a ticket that is renewed; LockError when it was lost all the same."""
        ticket = self.issue_ticket(conversation_id, lock_lifetime)
        renewing = asyncio.create_task(self._renew(conversation_id, ticket, lock_lifetime))
        try:
            yield await self._acquire_lock(conversation_id, ticket, wait_time_in_seconds)
        finally:
            renewing.cancel()
            self.cleanup(conversation_id, ticket)

    async def _renew(self, conversation_id: Text, number: int, lifetime: float) -> None:
        while True:
            await asyncio.sleep(min(RENEW_SECONDS, lifetime / 3))
            try:
                lock = self.get_lock(conversation_id)
                for ticket in lock.tickets if lock else ():
                    if ticket.number == number:
                        ticket.expires = time.time() + lifetime
                        self.save_lock(lock)
            except Exception as error:
                logger.warning("conversation %s: its lock cannot be renewed (%s)", conversation_id, type(error).__name__)

    def get_lock(self, conversation_id: Text) -> Optional[TicketLock]:
        """The conversation's lock, when anybody has a ticket: Rasa would wait for ever at one without."""
        lock = self.store.get_lock(conversation_id)
        return lock if lock is not None and lock.tickets else None

    def save_lock(self, lock: TicketLock) -> None:
        """Keep it."""
        self.store.save_lock(lock)

    def delete_lock(self, conversation_id: Text) -> None:
        """Forget it."""
        self.store.delete_lock(conversation_id)
