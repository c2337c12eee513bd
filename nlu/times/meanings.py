"""What the wordings for days, weeks and months mean, counted from a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Callable, Dict, Optional

from nlu.times.grammar import Atom, Grammar, place_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# In months.
YEAR = 12
NINETEEN_HUNDRED, TWENTY_HUNDRED, TWO_DIGITS = 1900, 2000, 100
# The thirds of a month.
BEGIN_TO, MIDDLE_TO, LAST_DAYS = 10, 20, timedelta(days=10)


@dataclass(frozen=True)
class Days:
    """A stretch of whole days, and what it was named by ("weekday", "date", "week", "in" …)."""

    begins: datetime
    ends: datetime
    grain: str
    named: str

    @property
    def is_one(self) -> bool:
        """Whether this is a single day."""
        return self.ends - self.begins <= DAY


def one_day(day: datetime, named: str) -> Days:
    """A single day."""
    return Days(day, day + DAY, "day", named)


def month_of(day: datetime, ahead: int = 0) -> Days:
    """The calendar month `ahead` of that of `day`."""
    count = day.year * YEAR + day.month - 1 + ahead
    begins, ends = (day.replace(year=months // YEAR, month=months % YEAR + 1, day=1) for months in (count, count + 1))
    return Days(begins, ends, "month", "month")


def week_of(day: datetime, ahead: int = 0) -> Days:
    """The week from Monday to Monday."""
    begins = day - timedelta(days=day.weekday()) + ahead * WEEK
    return Days(begins, begins + WEEK, "week", "week")


def edge_of(days: Days, edge: str) -> Optional[Days]:
    """The beginning, middle or end of a week or a month."""
    if days.named == "week":
        first, last = {"begin": (0, 3), "mid": (2, 3), "end": (3, 5)}.get(edge, (0, 7))
        begins = days.begins
        return Days(begins + first * DAY, begins + last * DAY, "day" if edge == "mid" else "interval", "edge")
    if days.named != "month":
        return None
    spans = {
        "begin": (days.begins, days.begins + BEGIN_TO * DAY),
        "mid": (days.begins + BEGIN_TO * DAY, days.begins + MIDDLE_TO * DAY),
        "end": (days.ends - LAST_DAYS, days.ends),
        "first": (days.begins, days.begins + WEEK),
        "last": (days.ends - WEEK, days.ends),
    }
    return Days(*spans[edge], "interval", "edge")


def _weekday(atom: Atom, grammar: Grammar, today: datetime) -> Optional[Days]:
    wanted = place_of(atom.groups["weekday"], grammar.weekdays)
    if wanted is None:
        return None
    if atom.argument == "here":
        return one_day(week_of(today).begins + wanted * DAY, "weekday")
    later = atom.argument == "later"
    ahead = 0 if later or atom.argument == "each" else int(atom.argument)
    if ahead:
        return one_day(week_of(today, ahead).begins + wanted * DAY, "fixed weekday")
    coming = today + ((wanted - today.weekday() - 1) % 7 + 1) * DAY
    return one_day(coming + WEEK, "fixed weekday") if later else one_day(coming, "weekday")


def _year(said: str, grammar: Grammar, today: datetime) -> Optional[int]:
    year = grammar.year(said)
    if year is None or (not said.strip("'").isdigit() and not (30 <= year < TWO_DIGITS or year >= NINETEEN_HUNDRED)):
        return None
    if year >= TWO_DIGITS:
        return year
    # "3.12.27" is said of next year; every other year that has not come is one that people are born in
    return year + (TWENTY_HUNDRED if year <= today.year % TWO_DIGITS + 1 else NINETEEN_HUNDRED)


def _date(atom: Atom, grammar: Grammar, today: datetime) -> Optional[Days]:
    groups = atom.groups
    day = grammar.number(groups["d"])
    month = int(groups["mon"]) if "mon" in groups else None
    if "month" in groups:
        place = place_of(groups["month"], grammar.months)
        month = None if place is None else place + 1
        if month is None:
            return None
    year = _year(groups["y"], grammar, today) if "y" in groups else None
    if day is None or ("y" in groups and year is None):
        return None
    return _next_date(day, month, year, today)


def _next_date(day: int, month: Optional[int], year: Optional[int], today: datetime) -> Optional[Days]:
    if month is None:
        candidates = [month_of(today, ahead).begins for ahead in range(3)]
    else:
        candidates = [today.replace(year=one, month=month, day=1) for one in ([year] if year else _years(today))]
    for first in candidates:
        try:
            found = first.replace(day=day)
        except ValueError:
            continue
        if year or found >= today:
            return one_day(found, "date")
    return None


def _years(today: datetime) -> range:
    return range(today.year, today.year + 9)


def _ahead(atom: Atom, grammar: Grammar, today: datetime) -> Optional[Days]:
    count, unit = _count(atom, grammar)
    if count is None or unit not in ("days", "weeks", "months", "years"):
        return None
    if unit in ("months", "years"):
        month = month_of(today, count * (YEAR if unit == "years" else 1))
        return one_day(min(month.begins + (today.day - 1) * DAY, month.ends - DAY), "in")
    days = count * (WEEK if unit == "weeks" else DAY)
    return one_day(today + days, "in" if days % WEEK else "in weeks")


def _count(atom: Atom, grammar: Grammar) -> tuple[Optional[int], str]:
    words = atom.argument.split()
    said = words[0] if len(words) == 2 else atom.groups.get("n", "1")
    return grammar.number(said), words[-1]


def from_now(atom: Atom, grammar: Grammar, now: datetime) -> Optional[datetime]:
    """The moment that "in two hours" or "in 20 minutes" names."""
    count, unit = _count(atom, grammar)
    if unit not in ("hours", "minutes") or count is None:
        return None
    return now + (timedelta(hours=count) if unit == "hours" else timedelta(minutes=count))


def _weekend(atom: Atom, grammar: Grammar, today: datetime) -> Days:
    begins = week_of(today, int(atom.argument)).begins + 5 * DAY
    return Days(begins, begins + 2 * DAY, "interval", "weekend")


def _edge_or_whole(days: Days, atom: Atom) -> Optional[Days]:
    edge = atom.argument.partition(" ")[2]
    return edge_of(days, edge) if edge else days


def _named_month(atom: Atom, grammar: Grammar, today: datetime) -> Optional[Days]:
    said = atom.groups.get("month")
    wanted = int(atom.groups["mon"]) - 1 if "mon" in atom.groups else place_of(said or "", grammar.months)
    if wanted is None:
        return None
    if "y" in atom.groups:
        return month_of(today.replace(year=int(atom.groups["y"]), month=wanted + 1, day=1))
    return month_of(today, (wanted + 1 - today.month) % YEAR)


_MEANINGS: Dict[str, Callable[[Atom, Grammar, datetime], Optional[Days]]] = {
    "day": lambda atom, _, today: one_day(today + int(atom.argument) * DAY, "day"),
    "weekday": _weekday,
    "date": _date,
    "in": _ahead,
    "weekend": _weekend,
    "week": lambda atom, _, today: _edge_or_whole(week_of(today, int(atom.argument.split()[0])), atom),
    "month": lambda atom, _, today: _edge_or_whole(month_of(today, int(atom.argument.split()[0])), atom),
    "named": _named_month,
    "whole": lambda atom, _, today: week_of(today) if "week" in atom.argument else month_of(today),
}


def days_of(atom: Atom, grammar: Grammar, today: datetime) -> Optional[Days]:
    """The days that a wording names; None when it names none (or no day of the calendar)."""
    meaning = _MEANINGS.get(atom.kind)
    try:
        return meaning(atom, grammar, today) if meaning else None
    except (ValueError, OverflowError):
        return None


def both(one: Days, other: Days) -> Optional[Days]:
    """The one stretch that two wordings beside each other name together: "Thursday", "in two weeks"."""
    first, second = sorted((one, other), key=lambda days: _NARROW.get(days.named, len(_NARROW)))
    names = first.named, second.named
    if first.named == "date" and second.named in ("day", "weekday", "fixed weekday"):
        return first
    if names == ("date", "month"):  # "the 5th of next month"
        there = second.begins + (first.begins.day - 1) * DAY
        return one_day(there, "date") if there < second.ends else None
    if names in (("weekday", "in weeks"), ("weekday", "week")):
        return one_day(week_of(second.begins).begins + first.begins.weekday() * DAY, "fixed weekday")
    if names == ("day", "weekday"):  # "tomorrow, Tuesday"
        return first if first.begins.weekday() == second.begins.weekday() else None
    return second if names == ("day", "in weeks") else None


_NARROW = {
    name: place for place, name in enumerate(("date", "day", "weekday", "fixed weekday", "in weeks", "week", "month"))
}
