"""Days and times in a message, in five languages, in the clinic's zone.

`nlu/times.yml` says how people name them; the modules here put the wordings together; Duckling reads what is left
(holidays, dates in odd forms). Everything is wall-clock time until the zone is put on in `Time.resolved`: Duckling's
own reading of zone files takes the summer offset in November (pyduckling 0.4.0 and the tzdata package).
"""

from __future__ import annotations

from nlu.times.extractor import TimeExtractor
from nlu.times.finding import Time, find_times

__all__ = ["Time", "TimeExtractor", "find_times"]
