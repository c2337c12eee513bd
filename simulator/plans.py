"""What befalls one webhook on its way, decided the moment it is queued."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.chaos import Chaos

STATUSES = ("sent", "delivered", "read")
#: A duplicate comes at the same moment, or up to so many seconds later.
LONGEST_REPEAT = 3.0
#: A webhook that is overtaken is held back this long at most; less when enough others have passed.
SHORTEST_HOLD, LONGEST_HOLD = 0.2, 1.5
#: A late duplicate may be passed by anything.
ANYTHING = 1_000_000


@dataclass(frozen=True)
class Plan:
    """`wait` and `repeat_after` in seconds; `may_be_passed`: by how many later webhooks of the phone."""

    dropped: bool = False
    wait: float = 0.0
    may_be_passed: int = 0
    twin: bool = False
    repeat_after: float | None = None


class Plans:
    def __init__(self, chaos: Chaos) -> None:
        self._chaos = chaos
        self._lost: set[str] = set()

    def make(self, phone: str, wamid: str, kind: str) -> Plan:
        """Always the same number of throws, so that one chance does not shift what another decides."""
        chances = self._chaos.settings.webhooks
        names = ("drop", "duplicate", "late", "reorder", "passes", "wait")
        dice = {name: self._chaos.throw(f"{name}:{kind}:{phone}") for name in names}
        if kind in STATUSES and wamid not in self._lost and dice["drop"] < chances.drop_status:
            self._lost.add(wamid)
            return Plan(dropped=True)
        twin, repeat_after = False, None
        if dice["duplicate"] < chances.duplicate:
            twin = dice["late"] < 0.5
            repeat_after = None if twin else (dice["late"] - 0.5) * 2 * LONGEST_REPEAT
        if dice["reorder"] < chances.reorder:
            passes = 1 + int(dice["passes"] * chances.reorder_within)
            hold = SHORTEST_HOLD + dice["wait"] * (LONGEST_HOLD - SHORTEST_HOLD)
            return Plan(wait=hold, may_be_passed=passes, twin=twin, repeat_after=repeat_after)
        low, high = chances.delay
        return Plan(wait=low + dice["wait"] * (high - low), twin=twin, repeat_after=repeat_after)
