"""The one source of the current time.

Every instant in Salama is an aware datetime in UTC; the clinic's zone appears at the edges only
(`clinic.formats`, `clinic.scheduling`). `CLINIC_NOW` (ISO 8601 with offset) freezes the clock of a
process, for tests and demos; `freeze` does the same from inside (``python -m worker --now``).
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import Optional

_frozen: Optional[datetime] = None


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with offset; raises ValueError that says what is wrong."""
    try:
        # Python 3.10's fromisoformat does not know "Z".
        instant = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"{text!r} is not an ISO time such as 2026-11-24T09:00:00+01:00") from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset: write for example {text}+01:00")
    return instant.astimezone(timezone.utc)


def freeze(instant: Optional[datetime]) -> None:
    """Stop this process's clock at `instant` (aware), or let it run again with None."""
    global _frozen  # noqa: PLW0603 - one clock a process is the point
    if instant is not None and instant.tzinfo is None:
        raise ValueError("freeze() wants an aware datetime")
    _frozen = instant


def now() -> datetime:
    """The current instant, aware, in UTC."""
    if _frozen is not None:
        return _frozen.astimezone(timezone.utc)
    text = os.environ.get("CLINIC_NOW", "").strip()
    return parse_instant(text) if text else datetime.now(timezone.utc)
