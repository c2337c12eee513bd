"""The simulator's clock: the real one, or one that stands still for tests and demos."""

from __future__ import annotations

from datetime import datetime, timezone


class Clock:
    def __init__(self, frozen: datetime | None = None) -> None:
        self._start = frozen
        self._frozen = frozen

    def now(self) -> datetime:
        return self._frozen or datetime.now(timezone.utc)

    def set(self, frozen: datetime | None) -> None:
        self._frozen = frozen

    def reset(self) -> None:
        self._frozen = self._start
