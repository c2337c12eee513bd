"""The durable queue of webhooks that the clinic has not answered with 2xx yet."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.clock import real_seconds
from simulator.counters import Counters
from simulator.database import Database
from simulator.plans import ANYTHING, Plans

#: The kind of a row that repeats another one's body: when it arrives, nothing more is known than before.
REPEAT = "repeat"
#: How far the queue of one phone is looked through at once.
LOOKED_AT = 60


@dataclass(frozen=True)
class Delivery:
    id: int
    phone: str
    wamid: str
    kind: str
    body: bytes
    attempts: int
    held_until: float = 0.0
    may_be_passed: int = 0
    twin: int = 0


class Deliveries:
    def __init__(self, database: Database, plans: Plans, counters: Counters) -> None:
        self._database = database
        self._plans = plans
        self._counters = counters

    def add(self, phone: str, wamid: str, kind: str, body: bytes) -> None:
        """Queue one webhook, as the chaos in force would have it: later, twice, or not at all."""
        plan = self._plans.make(phone, wamid, kind)
        if plan.dropped:
            self._counters.count("statuses_dropped")
            return
        if plan.may_be_passed:
            self._counters.count("webhooks_reordered")
        elif plan.wait:
            self._counters.count("webhooks_delayed")
        if plan.twin or plan.repeat_after is not None:
            self._counters.count("webhooks_duplicated")
        now = real_seconds()
        held_until = now + plan.wait if plan.wait else 0.0
        self._insert(phone, wamid, kind, body, held_until, plan.may_be_passed, plan.twin)
        if plan.repeat_after is not None:
            self._insert(phone, wamid, REPEAT, body, now + plan.wait + plan.repeat_after, ANYTHING, False)

    def _insert(self, phone: str, wamid: str, kind: str, body: bytes, until: float, passes: int, twin: bool) -> None:
        self._database.run(
            "INSERT INTO deliveries (phone, wamid, kind, body, held_until, may_be_passed, twin) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(phone, wamid, kind, body, until, passes, int(twin)),
        )

    def ready(self, phone: str, now: float, limit: int) -> list[Delivery]:
        """The next ones in order, passing over those that are held back, as often as these may be passed."""
        found: list[Delivery] = []
        held: dict[int, int] = {}
        for delivery in self._first(phone):
            if len(found) == limit:
                break
            if delivery.held_until > now and delivery.may_be_passed == 0:
                break
            if delivery.held_until > now:
                held[delivery.id] = delivery.may_be_passed
                continue
            if 0 in held.values():
                break
            found.append(delivery)
            held = {each: passes - 1 for each, passes in held.items()}
        for each, passes in held.items() if found else ():
            # Enough have passed: its turn has come, however long it was to be held.
            until = "0" if passes == 0 else "held_until"
            self._database.run(f"UPDATE deliveries SET may_be_passed=?, held_until={until} WHERE id=?", passes, each)
        return found

    def wait(self, phone: str, now: float) -> float | None:
        """Seconds until something of this phone's is ready; None when its queue is empty."""
        waits: list[float] = []
        for delivery in self._first(phone):
            waits.append(max(0.0, delivery.held_until - now))
            if delivery.may_be_passed == 0:
                break
        return min(waits) if waits else None

    def _first(self, phone: str) -> list[Delivery]:
        rows = self._database.all("SELECT * FROM deliveries WHERE phone=? ORDER BY id LIMIT ?", phone, LOOKED_AT)
        return [Delivery(**dict(row)) for row in rows]

    def phones(self) -> list[str]:
        return [row["phone"] for row in self._database.all("SELECT DISTINCT phone FROM deliveries")]

    def done(self, delivery: Delivery) -> None:
        self._database.run("DELETE FROM deliveries WHERE id=?", delivery.id)

    def failed(self, delivery: Delivery) -> None:
        self._database.run("UPDATE deliveries SET attempts=attempts+1 WHERE id=?", delivery.id)

    def pending(self) -> int:
        row = self._database.one("SELECT COUNT(*) AS n FROM deliveries")
        return int(row["n"]) if row else 0
