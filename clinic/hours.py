"""When the clinic is open: now, next, in the week, and not on holidays. All in the clinic's zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Iterator

from sqlalchemy.orm import Session

from clinic import clock, directory, formats
from clinic.models import Location, OpeningHours
from clinic.settings import settings

LOOK_AHEAD_DAYS = 30
HOLIDAY_DAYS = 60


def _stretches(session: Session) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """(opens, closes) of every location from today on, aware, in order of opening."""
    zone, today = settings().time_zone, directory.today()
    closed = {(holiday.date, holiday.location_id) for holiday in directory.holidays(session, today, LOOK_AHEAD_DAYS)}
    places = directory.locations(session)
    for day in (today + dt.timedelta(days=count) for count in range(LOOK_AHEAD_DAYS)):
        of_day = [
            (dt.datetime.combine(day, hours.opens, zone), dt.datetime.combine(day, hours.closes, zone))
            for place in places
            if not {(day, None), (day, place.id)} & closed
            for hours in place.opening_hours
            if hours.weekday == day.weekday()
        ]
        yield from sorted(of_day)


def closing(session: Session) -> dt.datetime | None:
    """When the clinic closes today if some location is open now, otherwise None."""
    now = clock.now()
    return max((closes for opens, closes in _stretches(session) if opens <= now < closes), default=None)


def next_opening(session: Session) -> dt.datetime | None:
    """When the first location opens next; None while one is open (or when nothing opens in a month)."""
    now = clock.now()
    for opens, closes in _stretches(session):
        if opens <= now < closes:
            return None
        if opens > now:
            return opens
    return None


def in_words(moment: dt.datetime, language: str) -> str:
    """ "Monday, 23 November, 8:00 AM" """
    return formats.day_time(moment, language)


def _times(hours: list[OpeningHours], language: str, closed: str) -> str:
    spans = (f"{formats.wall_time(h.opens, language)}–{formats.wall_time(h.closes, language)}" for h in hours)
    return formats.isolate(formats.comma(language).join(spans), language) if hours else closed


def _days(days: list[int], language: str) -> str:
    names = [formats.weekday(day, language) for day in (days[0], days[-1])]
    return names[0] if len(days) == 1 else f"{names[0]} – {names[1]}"


def _week(place: Location, language: str, closed: str) -> Iterator[tuple[str, str]]:
    by_day = [(day, [h for h in place.opening_hours if h.weekday == day]) for day in range(7)]
    for times, group in groupby(by_day, key=lambda item: _times(item[1], language, closed)):
        yield _days([day for day, _ in group], language), times


def weekly_lines(session: Session, language: str, closed: str) -> list[str | tuple[str, str]]:
    """The week of each location: its name as a plain line, then (days, times); days with the same times together."""
    lines: list[str | tuple[str, str]] = []
    for place in directory.locations(session):
        lines.append(f"*{directory.location_name(place, language)}*")
        lines.extend(_week(place, language, closed))
    return lines


@dataclass(frozen=True)
class Day:
    """The hours of one day: (location, times or "closed"); `holiday` names what closes all locations, "" of nothing."""

    places: list[tuple[str, str]]
    is_open: bool
    holiday: str


def on_day(session: Session, day: dt.date, language: str, closed: str) -> Day:
    """When each location is open on a local date, holidays counted."""
    names = {h.location_id: directory.in_language(h.names, language) for h in directory.holidays(session, day, 1)}
    places, is_open = [], False
    for place in directory.locations(session):
        holiday = names.get(None) or names.get(place.id)
        open_hours = [] if holiday else [h for h in place.opening_hours if h.weekday == day.weekday()]
        times = f"{closed} ({holiday})" if holiday else _times(open_hours, language, closed)
        places.append((directory.location_name(place, language), times))
        is_open = is_open or bool(open_hours)
    return Day(places, is_open, names.get(None) or "")


def holidays_in_words(session: Session, language: str) -> str:
    """The next holidays with their names, "" when there is none soon."""
    names = {}
    for holiday in directory.holidays(session, days=HOLIDAY_DAYS):
        day = formats.day_of(holiday.date, language)
        names[day] = f"{day} ({directory.in_language(holiday.names, language)})"
    return formats.comma(language).join(names.values())
