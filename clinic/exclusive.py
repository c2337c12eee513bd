"""One process at a time looks after a contact, though several Rasa servers share a database.

On PostgreSQL by advisory locks: they belong to a connection and not to a row, so they cost no write, and those of a
killed process are free at once. On SQLite there is one Rasa server, and nothing to lock.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from clinic import database

logger = logging.getLogger(__name__)

# The first half of the lock's name, for others may use advisory locks too: "SALA" in ASCII.
SPACE = 0x53414C41


class Exclusive:
    """The contacts that this process looks after. Blocks; may be called from several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._connection: Connection | None = None
        self._ours: set[int] = set()

    def take(self, contact_id: int) -> bool:
        """Whether this contact is ours now. Do not ask for one that is."""
        with self._mutex:
            if database.engine().dialect.name != "postgresql":
                return True
            if self._ask(func.pg_try_advisory_lock, contact_id):
                self._ours.add(contact_id)
                return True
            return False

    def free(self, contact_id: int) -> None:
        """Let others have it. Never raises: when the connection is gone, so are its locks."""
        with self._mutex:
            self._ours.discard(contact_id)
            if self._connection is None:
                return
            try:
                self._ask(func.pg_advisory_unlock, contact_id)
            except Exception as error:
                logger.warning("contact %d: its lock went with the connection (%s)", contact_id, type(error).__name__)

    def close(self) -> None:
        """Let others have all of them."""
        with self._mutex:
            try:
                # A closed connection's locks are free a moment later only.
                if self._connection is not None:
                    self._connection.execute(select(func.pg_advisory_unlock_all()))
            except Exception as error:
                logger.warning("the locks went with the connection (%s)", type(error).__name__)
            self._ours.clear()
            self._drop()

    def _ask(self, function: Any, contact_id: int) -> bool:
        try:
            if self._connection is None:
                self._connection = _connect()
                # The connection before this one was cut: what it had locked is still being answered.
                for ours in self._ours - {contact_id}:
                    self._connection.execute(select(func.pg_try_advisory_lock(SPACE, ours)))
            return bool(self._connection.execute(select(function(SPACE, contact_id))).scalar())
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:
                logger.warning("a connection cannot be closed (%s)", type(error).__name__)


def _connect() -> Connection:
    """A connection of its own, which no transaction keeps open and no pool hands to others."""
    connection: Connection = database.engine().connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()
    return connection
