"""How fast the clinic may send (Meta's guide "Rate limits"): a bucket for each recipient and one for the number.

Real seconds, even when the clock is frozen: a bucket that never refills would end every demo.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from simulator import limits
from simulator.graph_errors import GraphError


class Bucket:
    def __init__(self, size: float, per_second: float, seconds: Callable[[], float]) -> None:
        self._size, self._per_second, self._seconds = size, per_second, seconds
        self._left, self._at = size, seconds()

    def refill(self) -> float:
        now = self._seconds()
        self._left = min(self._size, self._left + (now - self._at) * self._per_second)
        self._at = now
        return self._left

    def take(self) -> None:
        self._left -= 1


class Rates:
    def __init__(self, enabled: bool, seconds: Callable[[], float] = time.monotonic) -> None:
        self._default = enabled
        self._seconds = seconds
        self.reset()

    def reset(self) -> None:
        self.enabled = self._default
        self._pairs: dict[str, Bucket] = {}
        self._number = Bucket(limits.NUMBER_PER_SECOND, limits.NUMBER_PER_SECOND, self._seconds)

    def count_inbound(self) -> None:
        """The number's throughput counts what comes in as well; a patient's message is never refused for it."""
        if self._number.refill() >= 1:
            self._number.take()

    def check(self, wa_id: str) -> None:
        """Count one message to this person, or refuse it."""
        if not self.enabled:
            return
        pair = self._pairs.setdefault(wa_id, Bucket(limits.PAIR_BURST, 1 / limits.PAIR_SECONDS_PER_MESSAGE, self._seconds))
        if self._number.refill() < 1:
            raise GraphError(130429, f"more than {limits.NUMBER_PER_SECOND} messages a second from this number")
        if pair.refill() < 1:
            raise GraphError(131056, "Too many messages to this recipient in a short time; wait before the next one")
        pair.take()
        self._number.take()
