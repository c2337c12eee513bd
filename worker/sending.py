"""One outbox row goes out: build it, POST it, write down what came of it."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from clinic import contacts, database, messaging
from clinic.models.messaging import Outbox
from connectors.whatsapp import outbound
from connectors.whatsapp.graph import GraphError, Trouble

logger = logging.getLogger(__name__)

FIRST_DELAY = 0.5
LONGEST_DELAY = 60.0
FEW_TRIES = 5
# An answer that nobody could deliver for that many tries (about a day) is given up.
MOST_TRIES = 1500
LONGEST_PAIR_DELAY = 256.0
NUMBER_PAUSE = 2.0
STOP_PAUSE = 30.0
ALERT_SECONDS = 60.0
SETTLE_SECONDS = 60.0
SETTLE_PAUSE = 0.5

_ADVICE = {
    "190": "the access token is invalid or has expired: set a new WHATSAPP_ACCESS_TOKEN and restart the worker",
    "0": "the access token is invalid: set a new WHATSAPP_ACCESS_TOKEN and restart the worker",
    "33": "WHATSAPP_PHONE_NUMBER_ID is not a number of this account: check it in Meta's console",
    "133010": "the phone number is not registered for the Cloud API: register it in Meta's console",
}
_GENERAL_ADVICE = "Meta refuses this account or token: look at the account's quality and permissions in Meta's console"


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


def claim(limit: int, in_hand: Collection[int] = ()) -> list[Parcel]:
    """Take up to `limit` rows that are not `in_hand`, at most one of each contact. Looks before it locks."""
    with database.read() as session:
        if not messaging.due(session):
            return []
    return database.retrying(lambda: _claim(limit, in_hand))


def _claim(limit: int, in_hand: Collection[int]) -> list[Parcel]:
    with database.transaction() as session:
        return [_parcel(session, row) for row in messaging.claim(session, limit, besides=in_hand)]


def _parcel(session: Session, row: Outbox) -> Parcel:
    to = contacts.address_of(session, row.contact_id)
    return Parcel(row.id, row.contact_id, row.opaque, row.message, row.attempts, to)


class Channel:
    """The number as a whole: whether it may send now. Shared by the sending threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._closed_until = 0.0
        self._throttled = 0
        self._alerted: float | None = None

    def is_open(self) -> bool:
        """May anything be sent now?"""
        return self._monotonic() >= self._closed_until

    def went_well(self) -> None:
        """Something was accepted: the next throttle starts small again."""
        self._throttled = 0

    def throttle(self, retry_after: float | None) -> None:
        """Too fast for the number, account or app: nobody sends for a while."""
        with self._lock:
            longer = min(NUMBER_PAUSE * 2 ** min(self._throttled, 20), LONGEST_DELAY)
            pause = retry_after if retry_after is not None else longer
            self._throttled += 1
            self._closed_until = max(self._closed_until, self._monotonic() + pause)
        logger.warning("WhatsApp throttles the number: nothing is sent for %.0f s", pause)

    def stop(self, error: GraphError) -> None:
        """Token or account: everything stays queued; one try in a while, one alert a minute."""
        with self._lock:
            now = self._monotonic()
            self._closed_until = now + STOP_PAUSE
            if self._alerted is not None and now - self._alerted < ALERT_SECONDS:
                return
            self._alerted = now
        advice = _ADVICE.get(error.code, _GENERAL_ADVICE)
        logger.error("WhatsApp refuses everything (error %s); messages stay queued. %s", error.code, advice)


def deliver(parcel: Parcel, sender: Sender, channel: Channel) -> None:
    """Send one claimed row and settle it. Never raises for what Meta says; a database error does."""
    try:
        body = outbound.build(parcel.message, to=parcel.to, opaque=parcel.opaque)
    except ValueError as error:
        # Should have been built differently: a bug, which must not hold up the contact's next message.
        reason = str(error)
        _settle(lambda session: messaging.gave_up(session, parcel.id, "illegal", reason))
        return
    try:
        wamid = sender.send(body)
    except GraphError as error:
        _settle(_verdict(parcel, error, channel))
        return
    channel.went_well()
    if wamid is None:
        logger.warning("outbox %d: accepted without an id; it counts as sent", parcel.id)
    _settle(lambda session: messaging.accepted(session, parcel.id, wamid, parcel.opaque))


def _settle(work: Callable[[Session], None]) -> None:
    """Write it down, and go on trying while the database is away: only this thread knows what happened."""

    def write() -> None:
        with database.transaction() as session:
            work(session)

    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return database.retrying(write)
        except DBAPIError:
            if time.monotonic() > deadline:
                raise
            time.sleep(SETTLE_PAUSE)


def _verdict(parcel: Parcel, error: GraphError, channel: Channel) -> Callable[[Session], None]:
    """What to write down for a message that was not taken."""
    row, code, detail, trouble = parcel.id, error.code, error.detail, error.trouble
    logger.info("outbox %d: %s (error %s, attempt %d)", row, trouble.value, code, parcel.attempts)
    if trouble is Trouble.STOP:
        channel.stop(error)
        return lambda session: messaging.hold_back(session, row)
    if trouble is Trouble.NUMBER:
        channel.throttle(error.retry_after)
        return lambda session: messaging.hold_back(session, row)
    if trouble is Trouble.WINDOW:
        return lambda session: messaging.parked(session, row, code, detail or "more than 24 h since the last message")
    if trouble is Trouble.UNSURE:
        return lambda session: messaging.unsure(session, row, detail)
    if trouble is Trouble.PAIR:
        delay = error.retry_after or pair_delay(parcel.attempts)
        return lambda session: messaging.retry(session, row, delay, code, detail)
    tries = {Trouble.RETRY: MOST_TRIES, Trouble.FEW: FEW_TRIES}.get(trouble, 0)
    if parcel.attempts < tries:
        delay = error.retry_after or backoff(parcel.attempts)
        return lambda session: messaging.retry(session, row, delay, code, detail)
    return lambda session: messaging.gave_up(session, row, code, detail)


def pair_delay(attempts: int) -> float:
    """Meta: wait 4^X seconds, X = 0, 1, 2 …, for this recipient only."""
    return min(4.0 ** min(attempts - 1, 10), LONGEST_PAIR_DELAY)


def backoff(attempts: int) -> float:
    """Seconds to wait after that many attempts: doubling, with jitter, at most a minute."""
    longest = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return longest * random.uniform(0.5, 1.0)
