"""What has happened since the start or the last reset, in numbers; the control page and the checker read them."""

from __future__ import annotations

from collections import Counter
from typing import Any

NAMES = (
    *("webhooks_sent", "webhooks_accepted", "webhooks_refused", "webhooks_repeated", "webhooks_duplicated"),
    *("webhooks_reordered", "webhooks_delayed", "statuses_dropped", "batches", "batched_updates"),
    *("messages_in", "messages_out", "receipts", "failed_later", "silent_answers"),
)


class Counters:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._refused: Counter[int] = Counter()

    def count(self, name: str, number: int = 1) -> None:
        if name not in NAMES:
            raise KeyError(name)
        self._counts[name] += number

    def refused(self, code: int) -> None:
        """One Graph call was answered with this error code."""
        self._refused[code] += 1

    def reset(self) -> None:
        self._counts.clear()
        self._refused.clear()

    def as_json(self) -> dict[str, Any]:
        refused = {str(code): number for code, number in sorted(self._refused.items())}
        return {**{name: self._counts[name] for name in NAMES}, "refused": refused}
