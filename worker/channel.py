"""The number as a whole: what it may send now. Shared by the sending threads, in the memory of one worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock

from clinic import channel_state
from connectors.whatsapp.graph import GraphError, Trouble

logger = logging.getLogger(__name__)

# Too fast: the first pause of each scope in seconds; every further one is twice as long. An account's and an app's
# quota count the last hour, so that a look every two seconds would only use them up.
NUMBER_PAUSE = 2.0
QUOTA_PAUSE = 30.0
LONGEST_PAUSE: Mapping[Trouble, float] = {Trouble.NUMBER: 60.0, Trouble.ACCOUNT: 600.0, Trouble.APP: 600.0}
LONGEST_RETRY_AFTER = 3600.0
# How long after a "too much like spam" nothing leaves but answers.
QUALITY_PAUSE = 3600.0
STOP_PAUSE = 30.0
ALERT_SECONDS = 60.0


class Channel:
    """Open, paused for some seconds, or stopped until a person acts."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._closed_until = 0.0
        self._bulk_closed_until = 0.0
        self._throttled: dict[Trouble, int] = {}
        self._alerted: float | None = None
        self._proven = False

    def is_open(self) -> bool:
        """May anything be sent now?"""
        return self._monotonic() >= self._closed_until

    def takes_bulk(self) -> bool:
        """May what the clinic sends on its own go out too?"""
        return self._monotonic() >= max(self._closed_until, self._bulk_closed_until)

    def went_well(self) -> bool:
        """Something was accepted, so the next pause starts small again. True the first time, or after a stop."""
        with self._lock:
            self._throttled.clear()
            first, self._proven = not self._proven, True
            return first

    def throttle(self, scope: Trouble, retry_after: float | None = None) -> None:
        """Too fast for the number, the account or the app: nobody sends for a while."""
        with self._lock:
            first = NUMBER_PAUSE if scope is Trouble.NUMBER else QUOTA_PAUSE
            times = self._throttled.get(scope, 0)
            pause = min(first * 2 ** min(times, 20), LONGEST_PAUSE[scope])
            if retry_after is not None:
                pause = min(retry_after, LONGEST_RETRY_AFTER)
            self._throttled[scope] = times + 1
            self._closed_until = max(self._closed_until, self._monotonic() + pause)
        logger.warning("WhatsApp throttles the %s: nothing is sent for %.0f s", scope.value, pause)

    def doubted(self, error: GraphError) -> bool:
        """Too many patients blocked or reported the number: only answers for a while. True when that is news."""
        with self._lock:
            now = self._monotonic()
            news = now >= self._bulk_closed_until
            self._bulk_closed_until = now + QUALITY_PAUSE
        if news:
            logger.error(
                "WhatsApp limits the number for its quality (error %s): only answers are sent for the next %.0f minutes. "
                "Look at the number's quality in Meta's console before the clinic writes to many again",
                error.code,
                QUALITY_PAUSE / 60,
            )
        return news

    def stop(self, error: GraphError) -> None:
        """Token or account: everything stays queued; one try in a while, one alert a minute while something waits."""
        with self._lock:
            now = self._monotonic()
            self._closed_until = now + STOP_PAUSE
            self._proven = False
            if self._alerted is not None and now - self._alerted < ALERT_SECONDS:
                return
            self._alerted = now
        advice = channel_state.advice(error.code)
        logger.error("WhatsApp refuses everything (error %s); messages stay queued. %s", error.code, advice)
