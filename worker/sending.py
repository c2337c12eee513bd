"""Sending one message: claim the row, ask the channel, write down what became of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from clinic import channel_state, contacts, database, messaging
from clinic.messaging import window
from clinic.models.messaging import Outbox
from connectors.whatsapp import outbound
from connectors.whatsapp.graph import GraphError
from worker.channel import Channel
from worker.verdict import verdict
from worker.window import judge

logger = logging.getLogger(__name__)

# How long a worker that was told to stop goes on trying to write down what became of a message.
SETTLE_SECONDS = 60.0
SETTLE_PAUSE = 0.5


class Sender(Protocol):
    """What sends: `connectors.whatsapp.graph.Graph`."""

    def send(self, body: Mapping[str, Any]) -> str | None:
        """POST one message; its wamid (None: accepted without one), or GraphError."""


@dataclass(frozen=True)
class Parcel:
    """A claimed row, as much as sending needs of it."""

    id: int
    contact_id: int
    opaque: str
    message: Any
    attempts: int
    to: Mapping[str, str | None]
    identity_key: str | None = None
    is_bulk: bool = False
    is_template: bool = False


def claim(limit: int, in_hand: Collection[int] = (), *, bulk: bool = True) -> list[Parcel]:
    """Take up to `limit` rows that are not `in_hand`, at most one of each contact.

    It looks before it locks, unless something is in hand: where one waits there are mostly more.
    What may not go out now is written down on the way; then there are fewer, and perhaps more to claim at once.
    """
    if not in_hand:
        with database.read() as session:
            if not messaging.due(session, bulk=bulk):
                return []
    return database.retrying(lambda: _claim(limit, in_hand, bulk))


def _claim(limit: int, in_hand: Collection[int], bulk: bool) -> list[Parcel]:
    with database.transaction() as session:
        rows = messaging.claim(session, limit, besides=in_hand, bulk=bulk)
        return [parcel for row in rows if (parcel := _parcel(session, row)) is not None]


def _parcel(session: Session, row: Outbox) -> Parcel | None:
    message = judge(session, row)
    if message is None:
        return None
    return Parcel(
        row.id,
        row.contact_id,
        row.opaque,
        message,
        row.attempts,
        contacts.address_of(session, row.contact_id),
        identity_key=contacts.get(session, row.contact_id).identity_key,
        is_bulk=row.priority == messaging.BULK,
        is_template=window.is_template(row),
    )


def deliver(parcel: Parcel, sender: Sender, channel: Channel, stopping: threading.Event | None = None) -> None:
    """Send one claimed row and settle it. Never raises for what Meta says; a database error does.

    While the database is away it goes on trying until the worker is `stopping`, and then for a while.
    """
    settle = partial(_settle, stopping=stopping)
    try:
        body = outbound.build(parcel.message, to=parcel.to, opaque=parcel.opaque, identity_key=parcel.identity_key)
    except ValueError as error:
        # Should have been built differently: a bug, which must not hold up the contact's next message.
        reason = str(error)
        settle(lambda session: messaging.gave_up(session, parcel.id, "illegal", reason))
        return
    try:
        wamid = sender.send(body)
    except GraphError as error:
        settle(verdict(parcel, error, channel, by_user_id="to" not in body))
        return
    if wamid is None:
        logger.warning("outbox %d: accepted without an id; it counts as sent", parcel.id)
    settle(lambda session: messaging.accepted(session, parcel.id, wamid, parcel.opaque))
    if channel.went_well():
        settle(channel_state.note_open)


def _settle(work: Callable[[Session], None], stopping: threading.Event | None) -> None:
    """Write it down, and go on trying while the database is away: only this thread knows what happened."""

    def write() -> None:
        with database.transaction() as session:
            work(session)

    deadline: float | None = None
    while True:
        try:
            return database.retrying(write)
        except DBAPIError as error:
            is_away = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
            if not is_away or stopping is None or stopping.is_set():
                deadline = deadline or time.monotonic() + SETTLE_SECONDS
                if time.monotonic() > deadline:
                    raise
            time.sleep(SETTLE_PAUSE)
