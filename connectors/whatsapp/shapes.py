"""Reading what others wrote, whatever its shape: None instead of an error where something is not what it should be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

_MILLISECONDS = 100_000_000_000


def get(value: Any, *keys: str) -> Any:
    """What lies under these keys, one inside the other; None as soon as one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: Any) -> list[Any]:
    """The list, or [] where there is none."""
    return value if isinstance(value, list) else []


def dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; everything else in it is passed over."""
    return (item for item in items(value) if isinstance(item, Mapping))


def words(value: Any, *keys: str) -> str | None:
    """A text that is not empty; None otherwise."""
    found = get(value, *keys)
    return found if isinstance(found, str) and found else None


def name(value: Any, *keys: str) -> str | None:
    """An id or a code, which some write as a number."""
    found = get(value, *keys)
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        return None
    return str(found).strip() or None


def number(value: Any) -> float | None:
    """A finite number, also one written as text."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and not isinstance(value, bool) else None


def instant(value: Any) -> datetime | None:
    """A time from seconds since 1970, as number or text, at times milliseconds; None where that makes no time."""
    seconds = number(value)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
