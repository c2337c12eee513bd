"""The simulator's clock: the real one, one that is ahead, or one that stands still for tests and demos."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    def __init__(self, frozen: datetime | None = None) -> None:
        self._start = frozen
        self._frozen = frozen
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._frozen or datetime.now(timezone.utc) + self._ahead

    def set(self, frozen: datetime | None) -> None:
        """Stop the clock there; None lets the real time run."""
        self._frozen = frozen
        self._ahead = timedelta()

    def advance(self, by: timedelta) -> None:
        """Later by so much: a clock that stands goes on standing, one that runs goes on running."""
        if self._frozen is not None:
            self._frozen += by
        else:
            self._ahead += by

    def reset(self) -> None:
        self.set(self._start)


def real_seconds() -> float:
    """Epoch seconds of the real time, also while the clock stands still: for waits, and for what came when."""
    return datetime.now(timezone.utc).timestamp()
