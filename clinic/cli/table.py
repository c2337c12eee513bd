"""Plain text for a terminal: tables, durations, and patients' words without anything a terminal would obey."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from clinic.settings import settings

_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"


def plain(text: str) -> str:
    """`text` without control characters (lines and tabs stay) and direction overrides."""
    kept = (c for c in text if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _OVERRIDES))
    return "".join(kept)


def one_line(text: str, longest: int = 60) -> str:
    """`text` on one line, shortened with … where it is longer."""
    line = " ".join(plain(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as their widest cell."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(head))]
    lines = []
    for row in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def local(moment: datetime) -> str:
    """An instant on the clinic's clock: "2026-11-24 15:00"."""
    return f"{moment.astimezone(settings().time_zone):%Y-%m-%d %H:%M}"


def lasting(time: timedelta) -> str:
    """ "3 min", "2 h 05 min", "4 d 3 h" """
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 24 else f"{hours // 24} d {hours % 24} h"
