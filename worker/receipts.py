"""Blue ticks and "typing…" while an answer is on its way. A courtesy: nothing waits for it, nothing depends on it.

Only messages that arrive while the worker runs; what it has seen it keeps in mind, not in the database.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from sqlalchemy.orm import Session

from clinic import database, handoffs, messaging
from connectors.whatsapp.graph import GraphError
from connectors.whatsapp.inbound import SILENT

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """What marks messages as read: `connectors.whatsapp.graph.Graph`."""

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Tell WhatsApp that the clinic has seen it; GraphError when that did not work."""


class Receipts:
    """Marks new messages as read, with the typing indicator where the answer is still to come."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen: int | None = None
        # One thread of its own, so that a slow receipt delays no answer.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="receipt")

    def look(self) -> None:
        """Mark what has arrived since the last look. Does not wait, never raises."""
        try:
            for wamid, typing in self._new():
                self._thread.submit(self._mark, wamid, typing)
        except Exception as error:
            logger.debug("no receipts (%s)", type(error).__name__)

    def close(self) -> None:
        """Drop what has not been marked yet."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _new(self) -> list[tuple[str, bool]]:
        """The newest message of each contact (earlier ones count as read with it), and whether to type."""
        with database.read() as session:
            if self._seen is None:
                self._seen = messaging.last_received(session)
            arrived = messaging.received_after(session, self._seen)
            newest = {row.contact_id: row for row in arrived if row.contact_id and row.kind not in SILENT}
            marked = [row for contact_id, row in newest.items() if not self._is_with_a_person(session, contact_id)]
        self._seen = max([self._seen, *(row.id for row in arrived)])
        return [(row.wamid, row.processed_at is None) for row in marked]

    @staticmethod
    def _is_with_a_person(session: Session, contact_id: int) -> bool:
        """Then the person reads, with their own eyes."""
        handoff = handoffs.current(session, contact_id)
        return handoff is not None and handoff.status == "claimed"

    def _mark(self, wamid: str, typing: bool) -> None:
        try:
            self._reader.mark_read(wamid, typing)
        except GraphError as error:
            logger.debug("a receipt was refused (error %s)", error.code)
