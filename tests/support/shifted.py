"""`python -m tests.support.shifted MODULE …`: the module's `main()` in a process whose computer clock can be put forward
and back while it runs: by as many seconds as the file in the variable CLOCK_SHIFT says.

Both of the project's clocks follow: the one of `clinic.clock` and the machine's own (`time.time`), which times retries.
Durations (`time.monotonic`) go on undisturbed, as on a real computer.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from clinic import clock

_file = os.environ.get("CLOCK_SHIFT", "")
_time = time.time


def shift() -> float:
    """By how many seconds the clock is wrong at this moment."""
    try:
        return float(Path(_file).read_text() or 0)
    except (OSError, ValueError):
        # Not there yet, or being written.
        return 0.0


class _Wrong(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _Wrong:
        right = datetime.now(tz) + timedelta(seconds=shift())
        return cls(*right.timetuple()[:6], right.microsecond, right.tzinfo, fold=right.fold)


def _put_wrong() -> None:
    time.time = lambda: _time() + shift()
    clock.datetime = _Wrong  # type: ignore[attr-defined,misc]


# Also in the children of a process that spawns some: they import this module first.
if _file:
    _put_wrong()

if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    sys.exit(importlib.import_module(sys.argv[0]).main())
