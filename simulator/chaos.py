"""Trouble at random: how often webhooks and Graph calls go wrong, and the dice that decide it.

The dice are not one stream but one for each phone and kind of event: the third message of a phone meets the same fate
in every run with the same seed, whatever the other phones do meanwhile.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


class ChaosError(Exception):
    """What was asked for is no chaos the simulator knows."""


@dataclass(frozen=True)
class WebhookChaos:
    """Chances from 0 to 1, per webhook. A patient's message is never lost, for Meta repeats until 2xx."""

    batch: float = 0.0
    #: How many updates one POST may hold when several are batched.
    batch_size: int = 50
    duplicate: float = 0.0
    reorder: float = 0.0
    #: How many later webhooks of the same phone may overtake one.
    reorder_within: int = 3
    #: Seconds, from and to: every webhook waits that long, in order.
    delay: tuple[float, float] = (0.0, 0.0)
    #: Of one message's statuses at most one is lost, and never `failed`: whoever looks can always settle what happened.
    drop_status: float = 0.0


@dataclass(frozen=True)
class GraphChaos:
    """Chances from 0 to 1, per call of `POST /messages`; their sum is at most 1."""

    error_5xx: float = 0.0
    rate: float = 0.0
    pair: float = 0.0
    window: float = 0.0
    token: float = 0.0
    timeout_before_accepting: float = 0.0
    timeout_after_accepting: float = 0.0
    rate_later: float = 0.0
    pair_later: float = 0.0
    window_later: float = 0.0
    #: How long a silent answer stays silent, and an expired token expired.
    timeout_seconds: float = 30.0
    token_seconds: float = 3.0
    #: Of receipts and of media calls; a thing of its own, not part of the sum.
    other_5xx: float = 0.0


#: What can befall a message call, in the order the dice are read.
FATES = tuple(each.name for each in fields(GraphChaos) if not each.name.endswith("_seconds") and each.name != "other_5xx")


@dataclass(frozen=True)
class ChaosSettings:
    seed: int = 0
    webhooks: WebhookChaos = field(default_factory=WebhookChaos)
    graph: GraphChaos = field(default_factory=GraphChaos)

    def as_json(self) -> dict[str, Any]:
        document = asdict(self)
        document["webhooks"]["delay"] = list(self.webhooks.delay)
        return document


class Chaos:
    """The settings in force, and the dice."""

    def __init__(self) -> None:
        self.set(ChaosSettings())

    def set(self, settings: ChaosSettings) -> None:
        """New settings begin their streams anew, so the same order means the same run."""
        self.settings = settings
        self._thrown: Counter[str] = Counter()

    def throw(self, stream: str) -> float:
        """The next number of this stream, from 0 up to 1."""
        self._thrown[stream] += 1
        return self.number(f"{stream}:{self._thrown[stream]}")

    def number(self, key: str) -> float:
        """The number that belongs to this key: always the same for the same seed."""
        digest = hashlib.sha256(f"{self.settings.seed}:{key}".encode()).digest()
        return int.from_bytes(digest[:7], "big") / 256.0**7

    def fate(self, recipient: str) -> str | None:
        """What befalls the next message call to this recipient: one of FATES, or nothing."""
        left = self.throw(f"graph:{recipient}")
        for name in FATES:
            left -= getattr(self.settings.graph, name)
            if left < 0:
                return name
        return None

    def other_call_fails(self, stream: str) -> bool:
        chance = self.settings.graph.other_5xx
        return chance > 0 and self.throw(f"other:{stream}") < chance


def parse_chaos(document: Any) -> ChaosSettings:
    """The whole state: what is not named is off."""
    _only(document, {"seed", "webhooks", "graph"}, "chaos")
    seed = document.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ChaosError("seed must be a whole number")
    webhooks = _section(document, "webhooks", WebhookChaos())
    graph = _section(document, "graph", GraphChaos())
    if sum(getattr(graph, name) for name in FATES) > 1.0 + 1e-9:
        raise ChaosError(f"the chances of graph ({', '.join(FATES)}) must not be more than 1 together")
    return ChaosSettings(seed, webhooks, graph)


def _section(document: Mapping[str, Any], name: str, default: Any) -> Any:
    given = document.get(name) or {}
    _only(given, {each.name for each in fields(default)}, name)
    values = {key: _value(f"{name}.{key}", value, getattr(default, key)) for key, value in given.items()}
    return type(default)(**values)


def _only(document: Any, keys: set[str], where: str) -> None:
    if not isinstance(document, Mapping) or not set(document) <= keys:
        raise ChaosError(f"{where} is an object with some of: {', '.join(sorted(keys))}")


def _value(path: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        if not isinstance(value, list) or len(value) != 2:
            raise ChaosError(f"{path} must be a list of two numbers of seconds, [from, to]")
        low, high = (_number(path, each, 600.0) for each in value)
        if low > high:
            raise ChaosError(f"{path} must be [from, to] with from ≤ to")
        return (low, high)
    if isinstance(default, int):
        most = 1000 if path.endswith("batch_size") else 50
        number = _number(path, value, most)
        if number != int(number) or number < 1:
            raise ChaosError(f"{path} must be a whole number from 1 to {most}")
        return int(number)
    return _number(path, value, 600.0 if path.endswith("_seconds") else 1.0)


def _number(path: str, value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ChaosError(f"{path} must be a number from 0 to {most:g}")
    return float(value)
