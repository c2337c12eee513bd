"""From the clinic's wall clock to instants, right on the days on which the clock is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the zone's clock shows `wall` on `day`.

    A time that the clock shows twice is the first one. A time that it skips is the moment of the skip: work "from
    2:30" begins at 3:00 when the clock jumps from 2:00 to 3:00.
    """
    early = datetime.combine(day, wall, tzinfo=zone).astimezone(timezone.utc)
    if early.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, wall):
        return early
    # In a gap fold=1 lies before the change and fold=0 after it; changes happen on whole minutes.
    moment = datetime.combine(day, wall.replace(fold=1), tzinfo=zone).astimezone(timezone.utc)
    moment = moment.replace(second=0, microsecond=0)
    offset = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == offset:
        moment += MINUTE
    return moment


def grid(day: date, starts: time, ends: time, minutes: int, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The slots of a local working stretch as (start, end) in UTC, each `minutes` real minutes long.

    Where the clock is put back, the second showing of an hour is left out: its times would be ambiguous to patients.
    """
    length = timedelta(minutes=minutes)
    moment, last = instant(day, starts, zone), instant(day, ends, zone)
    while moment + length <= last:
        if moment.astimezone(zone).fold == 0:
            yield moment, moment + length
        moment += length


def days(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The local dates that the stretch from `start` to `end` (aware) touches."""
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
