"""Pure readings of what somebody typed: dates of birth, choices by number, hours."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Mapping, Optional, Sequence

from clinic import clock
from clinic.scheduling.slots import FreeSlot
from clinic.settings import settings
from clinic.vocabulary import code_of, normalise

_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{2,4})(?!\d)")
# "2", "um 10 Uhr", "at 3 please": one number and few words
_BARE_NUMBER = re.compile(r"^\D{0,16}(\d{1,2})\D{0,16}$")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*(?::|h|\.)\s*(\d{2})(?!\d)")
_YEAR, _DIGIT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)"), re.compile(r"\d")
SMALL = 100


def _century(year: int, today: date) -> int:
    if year >= SMALL:
        return year
    return year + (2000 if year <= today.year % SMALL else 1900)


def numeric_date(text: str) -> Optional[date]:
    """A date in digits: day, month, year, or ISO; two-digit years lie in the past. None when there is none."""
    match = _NUMERIC_DATE.search(normalise(text))
    if not match:
        return None
    first, month, last = (int(group) for group in match.groups())
    day, year = (last, first) if first > 31 else (first, last)
    today = clock.now().astimezone(settings().time_zone).date()
    try:
        return date(_century(year, today), month, day)
    except ValueError:
        return None


def birth_date(text: str, times: Sequence[Mapping[str, Any]]) -> Optional[date]:
    """The date of birth in `text`: digits first, then a day that `times` (time entities) found with its year."""
    if _NUMERIC_DATE.search(normalise(text)):
        return numeric_date(text)  # also when it is none: 31/2/1990 must not become another day
    today = clock.now().astimezone(settings().time_zone).date()
    for entity in times:
        resolved, words = entity.get("resolved") or {}, normalise(str(entity.get("value") or ""))
        if resolved.get("grain") != "day" or not resolved.get("from"):
            continue
        day = datetime.fromisoformat(resolved["from"]).date()
        # A date without its year is one to come: a past one named its year, as "92" or in words.
        if _YEAR.search(words) or (day < today and (_DIGIT.search(words) or day.year < today.year - 1)):
            return day
    return None


def is_bare_number(words: str) -> bool:
    """Whether the words of a time are only a number: an hour, or a place in a list."""
    return normalise(words).strip().isdigit()


def picks_by_number(text: str) -> bool:
    """Whether `text` is one number and few words, and no question: "number 2 please" after a list."""
    folded = normalise(text).strip()
    return bool(_BARE_NUMBER.match(folded)) and "?" not in folded and "؟" not in folded


def chosen_key(text: str, keys: Sequence[str], names_time: bool = False) -> Optional[str]:
    """The key of the offered slot that `text` picks by its hour ("10", "15:30") or by its place in the list ("2").

    `names_time`: the words name a time ("at 3"), so that they never mean the third row.
    """
    folded = normalise(text).strip()
    zone = settings().time_zone
    starts = {key: FreeSlot.parse(key).starts_at.astimezone(zone) for key in keys}
    clock_time = _CLOCK.search(folded)
    if clock_time:
        wanted = (int(clock_time.group(1)), int(clock_time.group(2)))
        return _only([k for k, start in starts.items() if (start.hour, start.minute) in (wanted, _afternoon(wanted))])
    number = _BARE_NUMBER.match(folded)
    if not number:
        return None
    value = int(number.group(1))
    at_hour = [key for key, start in starts.items() if start.hour in (value, value + 12) and start.minute == 0]
    if at_hour:
        return _only(at_hour)
    return keys[value - 1] if not names_time and 1 <= value <= len(keys) else None


def key_by_place(text: str, keys: Sequence[str]) -> Optional[str]:
    """The key that "the second one" or "the last" means among those on the screen."""
    place = code_of("ordinals", text)
    if place is None or not keys:
        return None
    index = int(place) - 1 if int(place) > 0 else int(place)
    return keys[index] if index < len(keys) else None


def _afternoon(hour_minute: tuple[int, int]) -> tuple[int, int]:
    """2:20 said for 14:20."""
    return hour_minute[0] + 12, hour_minute[1]


def _only(found: Sequence[str]) -> Optional[str]:
    """The first of several: they are in order of time."""
    return found[0] if found else None
