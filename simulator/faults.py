"""Trouble on order: answers that the next calls of `POST /messages` get instead of, or after, the real one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from simulator.graph_errors import TITLES, GraphError


@dataclass(frozen=True)
class Fault:
    """Refuse with `status` and `code`; or accept the message and then stay silent for `silent_seconds`."""

    status: int = 500
    code: int = 131000
    details: str | None = None
    retry_after: int | None = None
    silent_seconds: float | None = None
    receipts: bool = False

    def error(self) -> GraphError:
        details = self.details or TITLES.get(self.code, "Ordered through the control API")
        return GraphError(self.code, details, status=self.status)


class FaultError(Exception):
    """What was asked for is not a fault the simulator knows."""


KEYS = {"status", "code", "details", "retry_after", "timeout_after_accepting", "seconds", "for"}


def parse_fault(order: Any) -> Fault:
    if not isinstance(order, dict) or not set(order) <= KEYS:
        raise FaultError(f"a fault is an object with some of: {', '.join(sorted(KEYS))}")
    if order.get("for", "messages") not in ("messages", "receipts"):
        raise FaultError('"for" is "messages" (the default) or "receipts"')
    receipts = order.get("for") == "receipts"
    if order.get("timeout_after_accepting"):
        return Fault(silent_seconds=float(order.get("seconds", 60)), receipts=receipts)
    if not {"status", "code"} & set(order):
        raise FaultError('a fault needs "status", "code" or "timeout_after_accepting"')
    code = int(order.get("code", 131000))
    status = int(order.get("status", GraphError(code).status))
    return Fault(status, code, order.get("details"), order.get("retry_after"), receipts=receipts)


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
