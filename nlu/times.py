"""Days and times in a message, in five languages, in the clinic's zone.

Duckling reads them; what it misses is repaired here from `times.yml`: parts of the day, digits of other scripts,
Arabic vowel signs, a few phrases. Duckling is given and gives wall-clock time (its own reading of zone files takes
the summer offset in November: measured with pyduckling 0.4.0 and the tzdata package), and the zone is put on here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Text, Tuple

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import clock
from clinic.settings import settings
from clinic.vocabulary import normalise
from nlu import duckling_client
from nlu.text import words

GRAINS = ("minute", "hour", "day", "week", "month")
_STEP = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
HALF_A_DAY = timedelta(hours=12)
_VOWEL_SIGN = re.compile("[\u064b-\u0652]")
_DIGITS = {ord(char): str(value) for zero in "٠۰०" for value, char in enumerate(chr(ord(zero) + n) for n in range(10))}


@dataclass(frozen=True)
class Time:
    """A stretch of time somebody named: span in the text, local wall-clock bounds (either may be open), grain.

    `dateless`: only a time of day was said ("at 3", "in the morning"), so that the day is a guess.
    """

    start: int
    end: int
    begins: Optional[datetime]
    ends: Optional[datetime]
    grain: str
    dateless: bool = False

    def resolved(self) -> Dict[str, Optional[str]]:
        """The bounds as aware ISO instants in the clinic's zone, with the grain."""
        zone = settings().time_zone
        bounds = [moment.replace(tzinfo=zone).isoformat() if moment else None for moment in (self.begins, self.ends)]
        return {"from": bounds[0], "to": bounds[1], "grain": self.grain}


@lru_cache(maxsize=1)
def _repairs() -> Dict[str, Any]:
    loaded: Dict[str, Any] = yaml.safe_load(Path(__file__).with_name("times.yml").read_text(encoding="utf-8"))
    return loaded


def _reread(text: str, language: str) -> Tuple[str, List[int]]:
    """`text` as Duckling reads it best, and for each of its characters the place in the original."""
    text, places = text.lower() if len(text.lower()) == len(text) else text, list(range(len(text) + 1))
    text = text.translate(_DIGITS)
    for pattern, reading in [(_VOWEL_SIGN, ""), *_repairs()["readings"].get(language, {}).items()]:
        for match in reversed(list(re.finditer(pattern, text))):
            begin, end, new = match.start(), match.end(), match.expand(reading)
            inner = [places[min(begin + i, end - 1) if i < len(new) - 1 else end - 1] for i in range(len(new))]
            places = places[:begin] + inner + places[end:]
            text = text[:begin] + new + text[end:]
    return text, places


def _wall(value: str) -> datetime:
    return datetime.fromisoformat(value[:19])


def _daytime(begin: datetime, grain: str) -> datetime:
    """A bare hour up to six is an afternoon's: nobody is seen at 3 a.m., and twelve is noon."""
    return begin + HALF_A_DAY if grain in ("hour", "minute") and begin.hour < 7 else begin


def _interval(said: str, value: Dict[str, Any]) -> Optional[Tuple[Optional[datetime], Optional[datetime], str]]:
    grains = [value.get(side, {}).get("grain") for side in ("from", "to")]
    if "second" in grains or "year" in grains:
        return None
    begin, end = (_wall(value[side]["value"]) if side in value else None for side in ("from", "to"))
    if begin and end and grains == ["hour", "hour"] and any(char.isdigit() for char in said):
        # "between 2 and 4": Duckling counts the hour from 4 to 5 in, and may find the 2 on another day
        end -= timedelta(hours=1)
        begin = datetime.combine(end.date(), begin.time()) if begin.time() < end.time() else begin
    return begin, end, "interval"


def _bounds(said: str, value: Dict[str, Any]) -> Optional[Tuple[Optional[datetime], Optional[datetime], str]]:
    if value["type"] == "interval":
        return _interval(said, value)
    grain = value.get("grain")
    if grain not in GRAINS:
        return None
    begin = _daytime(_wall(value["value"]), grain)
    end = begin + _STEP[grain] if grain in _STEP else (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
    return begin, end, grain


def _at(said: str, language: str, moment: datetime) -> Optional[datetime]:
    """The time that the words mean when they are said at `moment`."""
    for result in duckling_client.parse(said, language, moment):
        if "value" in result["value"]:
            return _wall(result["value"]["value"])
    return None


def _of_the_clock(time: Time, said: str, language: str, wall: datetime) -> Time:
    """`time` (an hour or a minute) by what the words would mean at the day's first and last second.

    The same time of day on another day: no day was named ("at 9"), and the nine of opening hours is meant, not the
    nine that comes next. Another time of the same day: no time was named ("in 3 days").
    """
    early = _at(said, language, wall.replace(hour=0, minute=0, second=1))
    late = _at(said, language, wall.replace(hour=23, minute=59, second=59))
    if not early or not late or not time.begins:
        return time
    same_day, same_clock = early.date() == late.date(), (late - early) % HALF_A_DAY == timedelta(0)
    if same_day and not same_clock:
        day = time.begins.replace(hour=0, minute=0)
        return replace(time, begins=day, ends=day + _STEP["day"], grain="day")
    if same_day or not same_clock:
        return time
    begins = datetime.combine(wall.date(), _daytime(early, time.grain).time())
    begins += timedelta(days=1 if begins < wall else 0)
    return replace(time, begins=begins, ends=begins + _STEP[time.grain], dateless=True)


def _is_dateless(said: str, language: str, wall: datetime) -> bool:
    """Whether the hour of asking changes the day that an open interval ("after 3") begins or ends on."""
    days = []
    for moment in (wall.replace(hour=0, minute=0, second=1), wall.replace(hour=23, minute=59, second=59)):
        found = duckling_client.parse(said, language, moment)
        sides = [found[0]["value"].get(side) for side in ("from", "to")] if found else []
        days.append([_wall(side["value"]).date() for side in sides if side])
    return days[0] != days[1]


def _duckling(read: str, language: str, now: datetime) -> Iterator[Time]:
    wall = now.astimezone(settings().time_zone).replace(tzinfo=None)
    for result in duckling_client.parse(read, language, wall):
        said = read[result["start"] : result["end"]]
        if normalise(said) in _ignored(language):
            continue
        try:
            bounds = _bounds(said, result["value"])
        except (ValueError, OverflowError):  # "800000 days ago": no calendar has that day
            continue
        if bounds and (any(char.isdigit() for char in said) or len(said) >= 3):
            time = Time(result["start"], result["end"], *bounds)
            if time.grain in ("hour", "minute"):
                time = _of_the_clock(time, said, language, wall)
            elif (time.begins is None or time.ends is None) and _is_dateless(said, language, wall):
                time = replace(time, dateless=True)  # "after 3"
            yield time


@lru_cache(maxsize=16)
def _ignored(language: str) -> frozenset[str]:
    return frozenset(normalise(words_) for words_ in _repairs()["ignore"].get(language, []))


@lru_cache(maxsize=16)
def _parts(language: str) -> List[Tuple[Tuple[str, ...], Tuple[int, int]]]:
    listed = _repairs()["parts"].get(language, {}).items()
    known = [(tuple(word.norm for word in words(phrase, language)), (hours[0], hours[1])) for phrase, hours in listed]
    return sorted(known, key=lambda part: -len(part[0]))


def _day_parts(text: str, language: str) -> Iterator[Tuple[int, int, Tuple[int, int]]]:
    tokens = words(text, language)
    position = 0
    while position < len(tokens):
        for phrase, hours in _parts(language):
            window = tokens[position : position + len(phrase)]
            if tuple(word.norm for word in window) == phrase:
                yield window[0].start, window[-1].end, hours
                position += len(phrase) - 1
                break
        position += 1


def _within(time: Time, start: int, end: int, hours: Tuple[int, int]) -> Time:
    """`time` narrowed to a part of the day that was named inside or beside it."""
    span = replace(time, start=min(time.start, start), end=max(time.end, end))
    one_day = time.begins and time.ends and time.ends - time.begins <= timedelta(days=1)
    if time.begins is None or not one_day or time.grain not in ("day", "interval"):
        return span
    day = time.begins.replace(hour=0, minute=0)
    return replace(span, begins=day + timedelta(hours=hours[0]), ends=day + timedelta(hours=hours[1]), grain="interval")


def _beside(text: str, time: Time, start: int, end: int) -> bool:
    if start <= time.end and end >= time.start:
        return True
    gap = text[time.end : start] if start >= time.end else text[end : time.start]
    return len(gap) <= 6 and not any(char in gap for char in ".!?\n")


LONGEST_TEXT = 500


def find_times(text: str, language: str, now: Optional[datetime] = None) -> List[Time]:
    """The times named in `text`, in order, without overlaps; relative ones count from `now` (aware)."""
    now = now or clock.now()
    # What a patient dictates names its time in less; Duckling's work grows faster than the text.
    read, places = _reread(text[:LONGEST_TEXT], language)
    found = list(_duckling(read, language, now))
    for start, end, hours in _day_parts(read, language):
        # Duckling takes a part of the day alone for today's
        found = [time for time in found if not (start <= time.start and time.end <= end)]
        near = next((time for time in found if _beside(read, time, start, end)), None)
        if near:
            found[found.index(near)] = _within(near, start, end, hours)
            continue
        today = now.astimezone(settings().time_zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        late = now.astimezone(settings().time_zone).hour >= hours[1] - 1
        day = today + timedelta(days=1 if late else 0)
        found.append(
            Time(start, end, day + timedelta(hours=hours[0]), day + timedelta(hours=hours[1]), "interval", dateless=True)
        )
    said = [replace(time, start=places[time.start], end=places[time.end - 1] + 1) for time in found]
    return _without_overlaps(said)


def _without_overlaps(times: List[Time]) -> List[Time]:
    kept: List[Time] = []
    for time in sorted(times, key=lambda time: (time.start, time.start - time.end)):
        if not kept or time.start >= kept[-1].end:
            kept.append(time)
    return kept


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TimeExtractor(GraphComponent):
    """Entities `time`: the words as value, their meaning under `resolved` (see the contract)."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TimeExtractor:
        """A ready extractor: nothing is trained."""
        find_times("tomorrow", "en")
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the times of each message to its entities."""
        for message in messages:
            text = message.get(TEXT) or ""
            code = (message.get("language") or {}).get("code") or settings().default_language
            entities = [
                {
                    "entity": "time",
                    "start": time.start,
                    "end": time.end,
                    "value": text[time.start : time.end],
                    "resolved": time.resolved(),
                    "dateless": time.dateless,
                    "extractor": "TimeExtractor",
                }
                for time in find_times(text, code)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
