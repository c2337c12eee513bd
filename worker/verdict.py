"""What becomes of a message that the channel did not take: again later, as something else, or shown to a person.

There is no count of our own of Meta's pair limit (one message in six seconds, 45 borrowed from the future). Answers
follow a patient's messages, whose flood is stopped where it comes in (`clinic.flood`), so 131056 is rare; a count that
several workers share would cost every message a query, and Meta's word would still be the last one.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import Protocol

from sqlalchemy.orm import Session

from clinic import channel_state, contacts, messaging
from clinic.messaging import undelivered
from connectors.whatsapp.graph import THROTTLES, GraphError, Trouble
from worker.channel import Channel

logger = logging.getLogger(__name__)

FIRST_DELAY = 0.5
LONGEST_DELAY = 60.0
FEW_TRIES = 5
# An answer that nobody could deliver for that many tries (about a day) is given up.
MOST_TRIES = 1500
LONGEST_PAIR_DELAY = 256.0

Work = Callable[[Session], None]


class Tried(Protocol):
    """What was tried to be sent: `worker.sending.Parcel`."""

    @property
    def id(self) -> int: ...
    @property
    def contact_id(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def is_bulk(self) -> bool: ...
    @property
    def is_template(self) -> bool: ...


def verdict(tried: Tried, error: GraphError, channel: Channel, *, by_user_id: bool = False) -> Work:
    """What to write down, in one transaction; the channel as a whole is told at once."""
    row, code, detail, trouble = tried.id, error.code, error.detail, error.trouble
    logger.info("outbox %d: %s (error %s, attempt %d)", row, trouble.value, code, tried.attempts)
    if trouble is Trouble.STOP:
        channel.stop(error)
        return lambda session: _stopped(session, row, code)
    if trouble in THROTTLES:
        channel.throttle(trouble, error.retry_after)
        return lambda session: messaging.hold_back(session, row)
    if trouble is Trouble.QUALITY:
        return _doubted(tried, error, channel)
    if trouble is Trouble.WINDOW and not tried.is_template:
        return lambda session: messaging.window_closed(session, row, detail)
    if trouble is Trouble.WINDOW:
        return lambda session: messaging.parked(session, row, code, detail)
    if trouble is Trouble.UNSURE:
        return lambda session: messaging.unsure(session, row, detail)
    if trouble is Trouble.PHONE and by_user_id:
        return lambda session: _by_phone(session, tried, error)
    return _again_or_never(tried, error)


def _again_or_never(tried: Tried, error: GraphError) -> Work:
    row, code, detail, trouble = tried.id, error.code, error.detail, error.trouble
    tries = {Trouble.RETRY: MOST_TRIES, Trouble.FEW: FEW_TRIES, Trouble.PAIR: MOST_TRIES, Trouble.QUALITY: MOST_TRIES}
    if tried.attempts >= tries.get(trouble, 0):
        return lambda session: messaging.gave_up(session, row, code, detail)
    waits = pair_delay if trouble is Trouble.PAIR else backoff
    delay = error.retry_after if error.retry_after is not None else waits(tried.attempts)
    return lambda session: messaging.retry(session, row, delay, code, detail)


def _stopped(session: Session, row: int, code: str) -> None:
    messaging.hold_back(session, row)
    channel_state.note_stopped(session, code, undelivered.pending(session))


def _doubted(tried: Tried, error: GraphError, channel: Channel) -> Work:
    """What the clinic started waits with all the rest of its kind; an answer is tried again."""
    news = channel.doubted(error)
    answer = None if tried.is_bulk else _again_or_never(tried, error)

    def write(session: Session) -> None:
        if news:
            channel_state.note_bulk_paused(session, error.code)
        if answer is None:
            messaging.hold_back(session, tried.id)
        else:
            answer(session)

    return write


def _by_phone(session: Session, tried: Tried, error: GraphError) -> None:
    """The next try takes the phone, where the patient has shown it meanwhile: an address prefers it anyway."""
    if contacts.address_of(session, tried.contact_id)["phone"]:
        messaging.retry(session, tried.id, 0, error.code, error.detail)
    else:
        words = f"it can only go to a phone number, and this patient hides theirs ({error.detail})"
        messaging.parked(session, tried.id, error.code, words)


def pair_delay(attempts: int) -> float:
    """Meta: wait 4^X seconds, X = 0, 1, 2 …, for this recipient only."""
    return min(4.0 ** min(attempts - 1, 10), LONGEST_PAIR_DELAY)


def backoff(attempts: int) -> float:
    """Seconds to wait after that many attempts: doubling, with jitter, at most a minute."""
    longest = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return longest * random.uniform(0.5, 1.0)
