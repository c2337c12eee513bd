"""Atoms of time beside each other become phrases: "from 9 to 11", "on Friday", "in the morning" → one stretch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

from nlu.times.grammar import Atom, Grammar
from nlu.times.hours import Clock, Hours, Part, at, clock_of
from nlu.times.meanings import WEEK, Days, both, days_of, edge_of, from_now, one_day

CLOCKS = ("clock", "hour", "noon")
OPENING, CLOSING = ("after", "from"), ("before", "until")
TO = ("to", "until", "before", "at")
# What makes an hour of the number word before it.
BESIDE_A_NUMBER = ("part", "half", "weekday", "day")


@dataclass(frozen=True)
class Phrase:
    """What one or more wordings name together; `span` is in the normal form."""

    start: int
    end: int
    days: Optional[Days] = None
    # days named as a bound ("after Thursday"): the side that stays open
    open: str = ""
    hours: Optional[Hours] = None
    part: Optional[Part] = None
    moment: Optional[datetime] = None
    parted: bool = False

    @property
    def dateless(self) -> bool:
        """Whether no day was named."""
        return self.days is None and self.moment is None


class Reader:
    """Reads the phrases of one run of atoms (no other word between them)."""

    def __init__(self, grammar: Grammar, now: datetime, found: Mapping[int, Days]) -> None:
        self._grammar, self._now, self._found = grammar, now, found
        self._today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._atoms: Sequence[Atom] = ()
        self._at_end = False

    def _last(self, behind: int) -> bool:
        """Whether nothing follows in the sentence."""
        return behind >= len(self._atoms) and self._at_end

    def phrases(self, atoms: Sequence[Atom], at_end: bool) -> List[Phrase]:
        """The phrases of a run, each as complete as the run makes it; `at_end`: no word follows in the sentence."""
        self._at_end = at_end
        self._atoms = [atom for atom in atoms if atom.kind != "filler"]
        merged: List[Phrase] = []
        parted = False
        for piece in self._pieces():
            if piece.parted:
                parted = True
                continue
            joined = together(merged[-1], piece) if merged and not parted else None
            if joined:
                merged[-1] = joined
            else:
                merged.append(self._with_day_before(merged, piece))
            parted = False
        return merged

    @staticmethod
    def _with_day_before(merged: Sequence[Phrase], piece: Phrase) -> Phrase:
        """ "Monday morning or afternoon": the same Monday."""
        last = merged[-1].days if merged else None
        if piece.dateless and last and last.is_one and merged[-1].open == "":
            return replace(piece, days=last)
        return piece

    def _pieces(self) -> Iterator[Phrase]:
        place = 0
        while place < len(self._atoms):
            for reading in (self._bounded, self._hours, self._days, self._rest):
                found = reading(place)
                if found:
                    phrase, place = found
                    yield phrase
                    break
            else:
                place += 1

    def _kind(self, place: int) -> str:
        return self._atoms[place].kind if place < len(self._atoms) else ""

    def _phrase(self, first: int, behind: int, phrase: Phrase) -> Tuple[Phrase, int]:
        return replace(phrase, start=self._atoms[first].start, end=self._atoms[behind - 1].end), behind

    # ── what a piece begins with ─────────────────────────────────────────────────────────────────────

    def _bounded(self, place: int) -> Optional[Tuple[Phrase, int]]:
        """Between, from, after, before, until."""
        kind = self._kind(place)
        if kind not in (*OPENING, *CLOSING, "between"):
            return None
        return self._bounded_hours(place, kind) or self._bounded_days(place, kind) or self._bounded_part(place, kind)

    def _bounded_hours(self, place: int, kind: str) -> Optional[Tuple[Phrase, int]]:
        first = self._clock(place + 1)
        if first is None:
            return None
        clock, behind = first
        only_both = kind == "between" or self._atoms[place].argument == "weak"
        second = self._clock(behind + 1) if self._links(kind, behind) else None
        if second:
            return self._phrase(place, second[1], _hours(Hours(clock, second[0], "interval")))
        if self._kind(behind) == "onwards" and kind in OPENING:
            return self._phrase(place, behind + 1, _hours(Hours(clock, None, "interval")))
        if only_both:
            return None
        flips = self._kind(behind) == "flip"  # "before 10 I can't"
        if (kind in CLOSING) != flips:
            return self._phrase(place, behind + flips, _hours(Hours(None, clock, "interval")))
        weak = clock.weak and clock.spelt and kind == "from"
        return self._phrase(place, behind + flips, _hours(Hours(clock, None, "interval", weak)))

    def _links(self, kind: str, place: int) -> bool:
        """Whether the word here leads to the other end of a stretch that began with `kind`."""
        return kind not in CLOSING and self._kind(place) in (("and", "to", "until") if kind == "between" else TO)

    def _bounded_days(self, place: int, kind: str) -> Optional[Tuple[Phrase, int]]:
        first = self._day(place + 1)
        if first is None:
            return None
        days, behind = first
        second = self._day(behind + 1) if self._links(kind, behind) else None
        if second:
            second = _behind(days, second[0]), second[1]
            whole = Days(days.begins, second[0].ends, "interval", "stretch")
            return self._phrase(place, second[1], Phrase(0, 0, days=whole))
        if kind == "between" or (self._atoms[place].argument == "weak" and self._kind(behind) != "onwards"):
            return None
        behind += 1 if self._kind(behind) == "onwards" else 0
        return self._phrase(place, behind, self._open_days(kind, days, self._atoms[place].argument))

    @staticmethod
    def _open_days(kind: str, days: Days, argument: str) -> Phrase:
        """ "From Monday on" has Monday in it, "after Monday" has not; "until Friday" has Friday in it, "before" not."""
        if kind in OPENING:
            begins = days.ends if argument == "past" else days.begins
            return Phrase(0, 0, days=replace(days, begins=begins, ends=begins, grain="interval", named="open"), open="ends")
        ends = days.ends if kind == "until" else days.begins
        return Phrase(0, 0, days=replace(days, begins=ends, ends=ends, grain="interval", named="open"), open="begins")

    def _bounded_part(self, place: int, kind: str) -> Optional[Tuple[Phrase, int]]:
        if self._kind(place + 1) != "part" or kind == "between":
            return None
        hours = _part(self._atoms[place + 1])
        noon = hours[0] < 12 < hours[1]
        clock = Clock((12 if noon else hours[0]) * 60, "hour", fixed=True)
        both_ends = Hours(None, clock, "interval") if kind in CLOSING else Hours(clock, None, "interval")
        return self._phrase(place, place + 2, _hours(both_ends))

    def _hours(self, place: int) -> Optional[Tuple[Phrase, int]]:
        """A time of day, perhaps the first end of a stretch."""
        first = self._clock(place)
        if first is None:
            return None
        clock, behind = first
        second = self._clock(behind + 1) if self._kind(behind) in ("to", "until") else None
        if second:
            weak = clock.weak and second[0].weak
            return self._phrase(place, second[1], _hours(Hours(clock, second[0], "interval", weak)))
        counts = clock.weak and clock.spelt and self._kind(behind) not in BESIDE_A_NUMBER
        if counts and not self._last(behind):
            return None  # "tomorrow one of us"
        if self._kind(behind) == "onwards":
            return self._phrase(place, behind + 1, _hours(Hours(clock, None, "interval")))
        if self._kind(behind) == "earlier":
            return self._phrase(place, behind + 1, _hours(Hours(None, clock, "interval")))
        return self._phrase(place, behind, _hours(at(clock)))

    def _clock(self, place: int) -> Optional[Tuple[Clock, int]]:
        marked = False
        while self._kind(place) == "at":
            place, marked = place + 1, True
        if self._kind(place) not in CLOCKS:
            return None
        clock = clock_of(self._atoms[place], self._grammar)
        if clock is None:
            return None
        return replace(clock, weak=clock.weak and not marked), place + 1

    def _days(self, place: int) -> Optional[Tuple[Phrase, int]]:
        first = self._day(place)
        if first is None:
            return None
        days, behind = first
        while self._kind(place) == "at":
            place += 1
        second = self._day(behind + 1) if self._kind(behind) in ("to", "until") else None
        if second:
            second = _behind(days, second[0]), second[1]
            whole = Days(days.begins, second[0].ends, "interval", "stretch")
            return self._phrase(place, second[1], Phrase(0, 0, days=whole))
        if self._kind(behind) == "onwards":
            return self._phrase(place, behind + 1, self._open_days("from", days, ""))
        return self._phrase(place, behind, Phrase(0, 0, days=days))

    def _day(self, place: int, within: bool = False) -> Optional[Tuple[Days, int]]:
        while self._kind(place) in ("at", "on"):
            place += 1
        if self._kind(place) == "edge":
            whole = self._day(place + 1, within=True)
            days = edge_of(whole[0], self._atoms[place].argument) if whole else None
            return (days, whole[1]) if days and whole else None
        if place >= len(self._atoms):
            return None
        atom = self._atoms[place]
        if atom.kind == "whole" and not within:
            return None  # "the week" says which only in "the end of the week"
        found = self._found.get(atom.start) if atom.kind == "found" else days_of(atom, self._grammar, self._today)
        return (found, place + 1) if found else None

    def _rest(self, place: int) -> Optional[Tuple[Phrase, int]]:
        atom = self._atoms[place]
        # "3 in the afternoon" in words that alone say "day": «3 дня»
        halves = atom.kind == "half" and place > 0 and self._kind(place - 1) in CLOCKS
        if atom.kind == "part" or halves:
            return self._phrase(place, place + 1, Phrase(0, 0, part=_part(atom)))
        if atom.kind == "today":
            return self._phrase(place, place + 1, Phrase(0, 0, days=one_day(self._today, "day"), part=_part(atom)))
        if atom.kind == "in":
            moment = from_now(atom, self._grammar, self._now)
            return self._phrase(place, place + 1, Phrase(0, 0, moment=moment)) if moment else None
        if atom.kind in ("or", "and"):
            return self._phrase(place, place + 1, Phrase(0, 0, parted=True))
        return None


def _behind(first: Days, last: Days) -> Days:
    """ "From Friday to Tuesday": the Tuesday behind that Friday."""
    late = last.named == "weekday" and last.begins < first.begins
    return replace(last, begins=last.begins + WEEK, ends=last.ends + WEEK) if late else last


def _hours(hours: Hours) -> Phrase:
    return Phrase(0, 0, hours=hours)


def _part(atom: Atom) -> Part:
    begins, ends = atom.argument.split()
    return int(begins), int(ends)


def together(one: Phrase, other: Phrase) -> Optional[Phrase]:
    """One phrase of two beside each other, if they can be: a day, a time of day, a part of the day, each once."""
    if one.moment or other.moment or (one.hours and other.hours):
        return None
    part = one.part or other.part
    if one.part and other.part:
        part = max(one.part[0], other.part[0]), min(one.part[1], other.part[1])
        if part[0] >= part[1]:
            return None
    days = one.days or other.days
    if one.days and other.days:
        days = both(one.days, other.days)
        if days is None:
            return None
    return Phrase(
        min(one.start, other.start),
        max(one.end, other.end),
        days=days,
        open=one.open or other.open,
        hours=one.hours or other.hours,
        part=part,
    )
