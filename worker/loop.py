"""The worker's loop: claim, send side by side (never two messages of one contact at once), settle."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from clinic import database, messaging
from worker.channel import Channel
from worker.due import do_due
from worker.media import Fetcher
from worker.receipts import Receipts
from worker.sending import Parcel, Sender, claim, deliver

logger = logging.getLogger(__name__)

PARALLEL = 4
POLL_SECONDS = 0.2
TROUBLE_SECONDS = 1.0
DUE_SECONDS = 1.0


def mend_timers() -> None:
    """See `messaging.mend_timers`. Never raises: it is tried again soon."""
    try:
        with database.read() as session:
            if not messaging.strange_timers(session):
                return
        with database.transaction() as session:
            mended = messaging.mend_timers(session)
        logger.warning("the computer's clock was put back: %d messages had timers far ahead", mended)
    except Exception as error:
        logger.error("timers cannot be read (%s); trying again", type(error).__name__)


class Worker:
    """Sends the outbox until told to `stop`, or (`run_once`) until nothing is due."""

    def __init__(
        self,
        sender: Sender,
        *,
        receipts: Receipts | None = None,
        fetcher: Fetcher | None = None,
        parallel: int = PARALLEL,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._sender = sender
        self._receipts = receipts
        self._fetcher = fetcher
        self._parallel = parallel
        self._poll_seconds = poll_seconds
        self._channel = Channel()
        self._stopping = threading.Event()
        self._look_again_at = 0.0
        self._in_trouble = False

    def stop(self) -> None:
        """Take nothing new; what is being sent is finished. Safe in a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`."""
        self._work(forever=True)

    def run_once(self) -> None:
        """Send what is due now, answers that wait for each other included, and return."""
        self._work(forever=False)

    def _work(self, *, forever: bool) -> None:
        sending: dict[Future[None], int] = {}
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="send") as threads:
            while not self._stopping.is_set():
                self._do_due()
                if self._receipts is not None and self._channel.is_open():
                    self._receipts.look()
                for parcel in self._claim(self._parallel - len(sending), sending.values()):
                    sending[threads.submit(deliver, parcel, self._sender, self._channel, self._stopping)] = parcel.id
                if sending:
                    for done in self._finished(sending):
                        del sending[done]
                elif not forever and not self._is_left():
                    break
                else:
                    self._stopping.wait(self._poll_seconds)
        self._finished(sending)

    def _do_due(self) -> None:
        """Look once a second for what is due; what it says goes into the outbox."""
        now = time.monotonic()
        if now >= self._look_again_at:
            self._look_again_at = now + DUE_SECONDS
            mend_timers()
            do_due()
            if self._fetcher is not None:
                self._fetcher.look()

    def _is_left(self) -> bool:
        """Is there something that could be claimed now, or waits only for the delivery of the message before?"""
        if self._in_trouble or not self._channel.is_open():
            return False
        with database.read() as session:
            # In this order: what stops waiting in between is due.
            return messaging.follows(session) or messaging.due(session, bulk=self._channel.takes_bulk())

    def _claim(self, room: int, in_hand: Collection[int]) -> list[Parcel]:
        if room <= 0 or not self._channel.is_open():
            return []
        try:
            claimed = claim(room, list(in_hand), bulk=self._channel.takes_bulk())
            self._in_trouble = False
            return claimed
        except Exception as error:
            self._in_trouble = True
            logger.error("the outbox cannot be read (%s); trying again", type(error).__name__)
            self._stopping.wait(TROUBLE_SECONDS)
            return []

    def _finished(self, sending: Collection[Future[None]]) -> set[Future[None]]:
        """Those that are done, after at most one poll; somebody new may have to be sent to meanwhile."""
        done, _ = wait(sending, timeout=self._poll_seconds, return_when=FIRST_COMPLETED)
        for future in done:
            error = future.exception()
            if error is not None:
                # It stays `sending`; a status or the grace time settles it.
                logger.error("a message could not be settled (%s)", type(error).__name__)
        return done
