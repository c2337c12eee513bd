"""From a message's text to its times."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Dict, List, Optional, Sequence, Tuple

from clinic import clock
from clinic.settings import settings
from nlu import duckling_client
from nlu.times.folding import Folded, plain
from nlu.times.grammar import Atom, Grammar, grammar
from nlu.times.meanings import DAY, Days
from nlu.times.mending import tongue_of
from nlu.times.phrases import Phrase, Reader, together

# What a patient dictates names its time in less; Duckling's work grows faster than the text.
LONGEST_TEXT = 500
# How many letters may stand between a day and its hour: "tomorrow for my little son at 10"
APART = 45
# … and when they are the only ones of the message
FAR_APART = 80
_BREAK = re.compile(r"[.!?;\n؟؛…](?!\w)")
_WORDS = re.compile(r"[^\W_]")
_PHONE = re.compile(r"\+?\d[\d\s()/.-]{7,}\d")
MOST_DATE_DIGITS = 8
SLOT_ASKED = "booking_slot"


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


def find_times(text: str, language: str, now: Optional[datetime] = None, asked: Optional[str] = None) -> List[Time]:
    """The times named in `text`, in order, without overlaps; relative ones count from `now` (aware).

    `asked` is the slot that the question before the message was about: after "when?" a bare number is an hour.
    """
    wall = (now or clock.now()).astimezone(settings().time_zone).replace(tzinfo=None, microsecond=0)
    text = text[:LONGEST_TEXT]
    rules = grammar(tongue_of(text, language)) or grammar("en")
    if rules is None or not text.strip():
        return []
    folded = rules.folded(_without_phones(text))
    atoms = rules.atoms(folded.text)
    found = _by_duckling(text, folded, atoms, rules, language, wall)
    others = [Atom(start, end, "found", "", {}) for start, end in found]
    atoms = sorted([*_not_under(atoms, others), *others], key=lambda atom: atom.start)
    reader = Reader(rules, wall, {start: days for (start, _), days in found.items()})
    phrases: List[Phrase] = []
    for run in _runs(folded.text, atoms):
        phrases += reader.phrases(run, _ends_sentence(folded.text, run[-1].end))
    sure = [phrase for phrase in _joined(folded.text, phrases) if _is_sure(phrase, folded.text, atoms, asked)]
    return [_time(phrase, folded, wall) for phrase in sure]


def _without_phones(text: str) -> str:
    def blank(match: re.Match[str]) -> str:
        digits = sum(char.isdigit() for char in match.group())
        return "x" * len(match.group()) if digits > MOST_DATE_DIGITS else match.group()

    return _PHONE.sub(blank, text)


# ── Duckling, for the words that are left ────────────────────────────────────────────────────────────


def _by_duckling(
    text: str, folded: Folded, atoms: Sequence[Atom], rules: Grammar, language: str, wall: datetime
) -> Dict[Tuple[int, int], Days]:
    lowered = text.lower() if len(text.lower()) == len(text) else text
    if not rules.may_name_feast(plain(lowered)):
        return {}
    left = list(lowered)
    read = [(atom.start, atom.end) for atom in atoms if atom.kind not in ("filler", "and", "at", "on")]
    # An ordinal by itself counts something else: a second opinion, the third floor.
    counted = [word.span() for word in re.finditer(r"\w+", folded.text) if rules.counts(word.group())]
    for start, end in (folded.original(*span) for span in (*read, *counted)):
        left[start:end] = ";" * (end - start)
    words = "".join(";" if char.isdigit() else char for char in left)
    if not rules.names_feast(plain(words)):
        return {}
    found: Dict[Tuple[int, int], Days] = {}
    for result in duckling_client.parse(words, language, wall):
        value = result["value"]
        grain, start, end = value.get("grain"), result["start"], result["end"]
        if value.get("type") != "value" or grain not in ("day", "week", "month") or end - start < 4:
            continue
        begins = datetime.fromisoformat(value["value"][:19])
        lasting = {"day": DAY, "week": 7 * DAY, "month": timedelta(days=30)}[grain]
        places = [place for place, span in enumerate(folded.spans) if start <= span[0] < end]
        if places:
            found[places[0], places[-1] + 1] = Days(begins, begins + lasting, grain, "date")
    return found


def _not_under(atoms: Sequence[Atom], found: Sequence[Atom]) -> List[Atom]:
    return [atom for atom in atoms if not any(one.start < atom.end and atom.start < one.end for one in found)]


# ── what belongs together ────────────────────────────────────────────────────────────────────────────


def _runs(text: str, atoms: Sequence[Atom]) -> List[List[Atom]]:
    """The atoms between which stands no other word and no end of a sentence."""
    runs: List[List[Atom]] = [[]]
    last = 0
    for atom in atoms:
        gap = text[last : atom.start]
        if _WORDS.search(gap) or _BREAK.search(gap) or atom.kind == "never":
            runs.append([])
        if atom.kind != "never":
            runs[-1].append(atom)
        last = atom.end
    return [run for run in runs if run]


def _ends_sentence(text: str, place: int) -> bool:
    rest = _BREAK.split(text[place:], maxsplit=1)[0]
    return not _WORDS.search(rest)


def _joined(text: str, phrases: Sequence[Phrase]) -> List[Phrase]:
    """A day and an hour in one sentence are one time, a few words between them or not."""
    joined: List[Phrase] = []
    for phrase in phrases:
        last = joined[-1] if joined else None
        if last and (phrase.hours or phrase.part) and _names_only(last, phrase.days):
            joined[-1] = replace(phrase, start=last.start)  # "Friday? Yes, Friday at 3"
            continue
        whole = together(last, phrase) if last and _may_join(text, last, phrase) else None
        if whole:
            joined[-1] = whole
        else:
            joined.append(phrase)
    whole = _only_two(joined)
    return [whole] if whole else joined


def _names_only(phrase: Phrase, days: Optional[Days]) -> bool:
    return days is not None and replace(phrase, start=0, end=0) == Phrase(0, 0, days=days)


def _only_two(phrases: Sequence[Phrase]) -> Optional[Phrase]:
    """The one day of a message with its one, later hour: "Friday suits me. Best at 3"."""
    if len(phrases) != 2:
        return None
    day, hour = phrases
    single = day.days is not None and day.days.is_one and not (day.hours or day.part or day.open)
    later = hour.dateless and hour.hours is not None and not hour.hours.weak
    return together(day, hour) if single and later and hour.start - day.end <= FAR_APART else None


def _may_join(text: str, one: Phrase, other: Phrase) -> bool:
    gap = text[one.end : other.start]
    if one.open or other.open or len(gap) > APART or _BREAK.search(gap) or not _WORDS.search(gap):
        return False
    if any(phrase.hours and phrase.hours.weak for phrase in (one, other)):
        return False
    if one.days and other.days:
        return {one.days.named, other.days.named} == {"week", "weekday"} and one.dateless == other.dateless
    return one.dateless != other.dateless


def _is_sure(phrase: Phrase, text: str, atoms: Sequence[Atom], asked: Optional[str]) -> bool:
    """A bare number is an hour only beside a day or a part of the day, or as the whole answer to "when?"."""
    if phrase.hours is None or not phrase.hours.weak or phrase.days or phrase.part:
        return True
    if asked != SLOT_ASKED:
        return False
    polite = list(text)
    for atom in atoms:
        if atom.kind == "filler" or phrase.start <= atom.start < phrase.end:
            polite[atom.start : atom.end] = " " * (atom.end - atom.start)
    return not _WORDS.search("".join(polite))


# ── what it means ────────────────────────────────────────────────────────────────────────────────────


def _time(phrase: Phrase, folded: Folded, wall: datetime) -> Time:
    start, end = folded.original(phrase.start, phrase.end)
    begins, ends, grain = _meaning(phrase, wall)
    return Time(start, end, begins, ends, grain, phrase.dateless)


def _meaning(phrase: Phrase, wall: datetime) -> Tuple[Optional[datetime], Optional[datetime], str]:
    if phrase.moment:
        begins = phrase.moment.replace(second=0)
        return begins, begins + timedelta(minutes=1), "minute"
    days = phrase.days
    if days and phrase.open:
        return (None, days.ends, "interval") if phrase.open == "begins" else (days.begins, None, "interval")
    if days and (not days.is_one or not (phrase.hours or phrase.part)):
        return days.begins, days.ends, days.grain
    today = wall.replace(hour=0, minute=0, second=0)
    first, last, grain = _of_the_day(phrase)
    day = days.begins if days else today + (DAY if _is_over(first, last, grain, today, wall) else timedelta(0))
    bounds = [None if minutes is None else day + timedelta(minutes=minutes) for minutes in (first, last)]
    return bounds[0], bounds[1], grain


def _of_the_day(phrase: Phrase) -> Tuple[Optional[int], Optional[int], str]:
    """First and last minute of the day, and grain."""
    if phrase.hours is None:
        assert phrase.part
        return phrase.part[0] * 60, phrase.part[1] * 60, "interval"
    if phrase.hours.grain != "interval":
        assert phrase.hours.begins
        first = phrase.hours.begins.by(phrase.part)
        return first, first + (60 if phrase.hours.grain == "hour" else 1), phrase.hours.grain
    first_, last = phrase.hours.minutes(phrase.part)
    return first_, last, "interval"


def _is_over(first: Optional[int], last: Optional[int], grain: str, today: datetime, wall: datetime) -> bool:
    """Whether today's is past; of a stretch an hour must be left."""
    if first is not None and (grain != "interval" or last is None):
        return today + timedelta(minutes=first) < wall
    assert last is not None
    return today + timedelta(minutes=last - (60 if first is not None else 0)) <= wall
