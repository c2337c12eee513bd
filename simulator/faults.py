"""Trouble on order: answers that the next calls of `POST /messages` get instead of, or after, the real one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from simulator.graph_errors import TITLES, GraphError


@dataclass(frozen=True)
class Fault:
    """Refuse with `status` and `code`, now or `later` as a status; or stay silent for `silent_seconds`.

    A silent one has `accepted` the message or not. A `page` is what a proxy in between says: no JSON at all.
    """

    status: int = 500
    code: int = 131000
    details: str | None = None
    retry_after: int | None = None
    silent_seconds: float | None = None
    receipts: bool = False
    later: bool = False
    accepted: bool = True
    page: bool = False

    def error(self) -> GraphError:
        details = self.details or TITLES.get(self.code, "Ordered through the control API")
        return GraphError(self.code, details, status=self.status)


class FaultError(Exception):
    """What was asked for is not a fault the simulator knows."""


SILENT = ("timeout_after_accepting", "timeout_before_accepting")
KEYS = {"status", "code", "details", "retry_after", "seconds", "for", "later", "page", *SILENT}


def parse_fault(order: Any) -> Fault:
    if not isinstance(order, dict) or not set(order) <= KEYS:
        raise FaultError(f"a fault is an object with some of: {', '.join(sorted(KEYS))}")
    if order.get("for", "messages") not in ("messages", "receipts"):
        raise FaultError('"for" is "messages" (the default) or "receipts"')
    receipts = order.get("for") == "receipts"
    if any(order.get(name) for name in SILENT):
        accepted = bool(order.get("timeout_after_accepting"))
        return Fault(silent_seconds=float(order.get("seconds", 60)), receipts=receipts, accepted=accepted)
    if not {"status", "code"} & set(order):
        raise FaultError(f'a fault needs "status", "code", or one of {", ".join(SILENT)}')
    later = bool(order.get("later"))
    if later and receipts:
        raise FaultError("a receipt has no status that could fail later")
    code = int(order.get("code", 131000))
    status = int(order.get("status", GraphError(code).status))
    more = {"receipts": receipts, "later": later, "page": bool(order.get("page"))}
    return Fault(status, code, order.get("details"), order.get("retry_after"), **more)


#: What a chance of the chaos is as a fault; the rest needs the settings or the dice.
NAMED = {
    "rate": Fault(400, 130429),
    "pair": Fault(400, 131056),
    "window": Fault(400, 131047),
    "rate_later": Fault(400, 130429, later=True),
    "pair_later": Fault(400, 131056, later=True),
    "window_later": Fault(400, 131047, later=True),
}
SERVER_ERRORS = (Fault(500, 131000), Fault(500, 131016), Fault(503, 2), Fault(502, 131000, page=True))


def fault_of(fate: str, dice: float, silent_seconds: float) -> Fault:
    """The fault that a fate of the chaos stands for; `dice` chooses among the server's errors."""
    if fate == "error_5xx":
        return SERVER_ERRORS[int(dice * len(SERVER_ERRORS))]
    if fate in SILENT:
        return Fault(silent_seconds=silent_seconds, accepted=fate == "timeout_after_accepting")
    return NAMED[fate]


class Faults:
    def __init__(self) -> None:
        self._messages: deque[Fault] = deque()
        self._receipts: deque[Fault] = deque()

    def order(self, faults: list[Fault]) -> None:
        for fault in faults:
            (self._receipts if fault.receipts else self._messages).append(fault)

    def take(self, *, receipt: bool) -> Fault | None:
        queue = self._receipts if receipt else self._messages
        return queue.popleft() if queue else None

    def waiting(self) -> int:
        return len(self._messages) + len(self._receipts)

    def clear(self) -> None:
        self._messages.clear()
        self._receipts.clear()
