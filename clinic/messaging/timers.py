"""The machine's own clock, for the timers of the machinery only (backoff, claims, grace).

`clinic.clock` may be frozen for a test or a demo; a retry must come due all the same.
"""

from __future__ import annotations

import time
from datetime import datetime, timezone


def machine_now() -> datetime:
    """The computer's current time, aware, in UTC; never frozen."""
    return datetime.fromtimestamp(time.time(), timezone.utc)
