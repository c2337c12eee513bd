"""The durable queue of webhooks that the clinic has not answered with 2xx yet."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.database import Database


@dataclass(frozen=True)
class Delivery:
    id: int
    phone: str
    wamid: str
    kind: str
    body: bytes
    attempts: int


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, phone: str, wamid: str, kind: str, body: bytes) -> None:
        self._database.run(
            "INSERT INTO deliveries (phone, wamid, kind, body) VALUES (?, ?, ?, ?)", phone, wamid, kind, body
        )

    def next(self, phone: str) -> Delivery | None:
        row = self._database.one("SELECT * FROM deliveries WHERE phone=? ORDER BY id LIMIT 1", phone)
        return Delivery(**dict(row)) if row else None

    def phones(self) -> list[str]:
        return [row["phone"] for row in self._database.all("SELECT DISTINCT phone FROM deliveries")]

    def done(self, delivery: Delivery) -> None:
        self._database.run("DELETE FROM deliveries WHERE id=?", delivery.id)

    def failed(self, delivery: Delivery) -> None:
        self._database.run("UPDATE deliveries SET attempts=attempts+1 WHERE id=?", delivery.id)

    def pending(self) -> int:
        row = self._database.one("SELECT COUNT(*) AS n FROM deliveries")
        return int(row["n"]) if row else 0
