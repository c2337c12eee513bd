"""Hours of the day as people say them: "3", "half past nine", "between 2 and 4 pm"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Mapping, Optional, Tuple

from nlu.times.grammar import Atom, Grammar

HOUR, NOON, DAY = 60, 12 * 60, 24 * 60
# A bare hour before seven is the afternoon's: nobody is seen at 3 a.m.
OPENS = 7 * 60
Part = Tuple[int, int]


@dataclass(frozen=True)
class Clock:
    """A time of day in minutes.

    `fixed`: a.m., p.m. or the 24 hours say which half of the day; `weak`: a bare number; `spelt`: in words.
    """

    minutes: int
    grain: str
    fixed: bool = False
    weak: bool = False
    spelt: bool = False

    def by(self, part: Optional[Part]) -> int:
        """The minutes of the day; `part` is the part of the day named beside it."""
        if self.fixed:
            return self.minutes
        if part is None:
            return self.minutes + NOON if self.minutes < OPENS else self.minutes
        noon = part[0] * HOUR < NOON < part[1] * HOUR
        if part[0] * HOUR >= NOON or (noon and self.minutes < OPENS):
            return self.minutes + NOON if self.minutes < NOON else self.minutes
        return self.minutes


@dataclass(frozen=True)
class Hours:
    """A time of day, a stretch of it, or an open one."""

    begins: Optional[Clock]
    ends: Optional[Clock]
    grain: str
    weak: bool = False

    def minutes(self, part: Optional[Part]) -> Tuple[Optional[int], Optional[int]]:
        """The bounds in minutes of the day."""
        if self.begins is None or self.ends is None:
            return (self.begins.by(part) if self.begins else None, self.ends.by(part) if self.ends else None)
        begins, ends = self.begins.by(part), self.ends.by(part)
        if self.ends.fixed and not self.begins.fixed and not part:
            begins = self._by_the_end(ends)
        if part and begins > ends:
            begins = self.begins.minutes  # "from 11 to 1 in the afternoon"
        if begins >= ends and ends < NOON:
            ends += NOON
        return begins, ends

    def _by_the_end(self, ends: int) -> int:
        """ "2 to 4 pm" begins in the afternoon, "11 to 1 pm" and "9 to 11 am" do not."""
        assert self.begins
        begins = self.begins.minutes
        return begins + NOON if begins + NOON < ends else begins


def at(clock: Clock) -> Hours:
    """One moment of the clock."""
    length = HOUR if clock.grain == "hour" else 1
    return Hours(clock, replace(clock, minutes=clock.minutes + length), clock.grain, clock.weak)


def clock_of(atom: Atom, grammar: Grammar) -> Optional[Clock]:
    """The time of day that a wording names."""
    groups, argument = atom.groups, atom.argument
    if atom.kind == "noon":
        return Clock(NOON + int(argument or 0), "minute" if argument else "hour", fixed=True)
    hour = grammar.number(groups["h"]) if "h" in groups else None
    if "o" in groups:
        named = grammar.number(groups["o"])
        hour = None if named is None else named - 1
    elif "one" in groups:
        hour = 1
    if hour is None or not 0 <= hour <= 24:
        return None
    past = _past(groups, argument, grammar)
    if past is None:
        return None
    minutes = (hour * HOUR + past) % DAY
    exact = argument not in ("", "to 0") or "mm" in groups or "m" in groups
    clock = Clock(
        minutes,
        "minute" if exact else "hour",
        fixed=hour >= 13,
        weak=atom.kind == "hour",
        spelt=not groups.get("h", "0")[0].isdigit(),
    )
    return _halved(clock, groups)


def _past(groups: Mapping[str, str], argument: str, grammar: Grammar) -> Optional[int]:
    """The minutes past the hour (negative: to it)."""
    if "mm" in groups:
        return int(groups["mm"])
    word = argument.rsplit(maxsplit=1)[-1] if argument else "0"
    if word.lstrip("-") != "m":
        return int(word)
    minutes = grammar.number(groups.get("m", ""))
    if minutes is None or minutes >= HOUR:
        return None
    return -minutes if word.startswith("-") else minutes


def _halved(clock: Clock, groups: Mapping[str, str]) -> Clock:
    if "pm" in groups:
        return replace(clock, minutes=clock.minutes + (NOON if clock.minutes < NOON else 0), fixed=True)
    if "am" in groups:
        return replace(clock, minutes=clock.minutes % NOON, fixed=True)
    return clock
