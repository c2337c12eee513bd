"""What the clinic's side has asked for, as it came; tests read it."""

from __future__ import annotations

from typing import Any

from simulator.clock import Clock
from simulator.database import Database

KEPT = 1000


class RequestLog:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, method: str, path: str, body: bytes, status: int) -> None:
        """The token stands in a header, and headers are not kept."""
        row = self._database.run(
            "INSERT INTO request_log (at, method, path, body, status) VALUES (?, ?, ?, ?, ?)",
            *(self._clock.now().isoformat(), method, path, _readable(body), status),
        )
        self._database.run("DELETE FROM request_log WHERE id<=?", row - KEPT)

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """The last ones, oldest first."""
        rows = self._database.all("SELECT * FROM request_log ORDER BY id DESC LIMIT ?", limit)
        return [dict(row) for row in reversed(rows)]


def _readable(body: bytes) -> str:
    try:
        return body.decode("utf-8") if len(body) <= 100_000 else f"({len(body)} bytes)"
    except UnicodeDecodeError:
        return f"({len(body)} bytes)"
