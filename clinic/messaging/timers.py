"""The machine's own clock, for the timers of the machinery only (backoff, claims, grace).

`clinic.clock` may be frozen for a test or a demo; a retry must come due all the same. So it must when the computer's
clock is put back: a timer that is further ahead than anybody sets one was set before that, and counts as over.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import or_

# Further ahead nobody sets a timer.
LONGEST = timedelta(minutes=5)
# By how much the clocks of two computers may differ.
_APART = timedelta(seconds=5)


def machine_now() -> datetime:
    """The computer's current time, aware, in UTC; never frozen."""
    return datetime.fromtimestamp(time.time(), timezone.utc)


def later(seconds: float) -> datetime:
    """In so many seconds; in `LONGEST` at the latest."""
    return machine_now() + min(timedelta(seconds=seconds), LONGEST)


def is_over(timer: datetime | None) -> bool:
    """Has its time come? None: there is nothing to wait for."""
    now = machine_now()
    return timer is None or not now < timer <= now + LONGEST + _APART


def over(timer: Any) -> Any:
    """`is_over` in SQL, of a column or a maximum of one."""
    now = machine_now()
    return or_(timer.is_(None), timer <= now, timer > now + LONGEST + _APART)
