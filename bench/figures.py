"""Figures and tables: pure functions, and the machine that they were measured on."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from clinic import clock
from clinic.settings import PROJECT

OUTPUT = PROJECT / "var" / "bench"
NEIGHBOURS = 5
NOTHING = "—"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank); nan of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def window(turn: int) -> range:
    """The places (from 0) of the turns around `turn` (from 1); around the first: the first ones."""
    begins = max(0, turn - 1 - NEIGHBOURS // 2)
    return range(begins, begins + NEIGHBOURS)


def around(latencies: Sequence[float], turn: int) -> float:
    """The median latency of the turns around `turn`."""
    return median(latencies[place] for place in window(turn))


def number(value: float) -> str:
    """Three digits that mean something; a dash for what was not measured."""
    if math.isnan(value):
        return NOTHING
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(ours: float, stock: float) -> str:
    """How many times the stock's figure ours is."""
    return number(ours / stock) + "×" if stock and not math.isnan(ours / stock) else NOTHING


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine() -> str:
    """Where and when this was measured."""
    day = clock.now().date().isoformat()
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, {day}"


def publish(name: str, text: str) -> Path:
    """Print a result, and keep it in var/bench/."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{name}.md"
    path.write_text(text + "\n", encoding="utf-8")
    print(text, flush=True)
    return path
