"""The wordings of `nlu/times.yml` as regular expressions, and the atoms of time they find in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Pattern, Sequence, Tuple

import yaml

from nlu.times.beginnings import LENGTH, Beginnings, shape
from nlu.times.folding import Folded, fold, plain, replaced
from nlu.times.mending import Mender, spellings
from nlu.times.pieces import pieces

FILE = Path(__file__).resolve().parent.parent / "times.yml"
# Not in the middle of a word or of a number ("37.5").
START = r"(?<!\w)(?<!\d[.,:/])"
THOUSAND, HUNDRED = 1000, 100
REMEMBERED = 20_000
_LETTERS = re.compile(r"[^\W\d_]+")
# Where a wording may begin: at a word, at a sign between two times.
_PLACE = re.compile(r"[^\W_]\w*|[-–—@/&']")


@dataclass(frozen=True)
class Atom:
    """One wording found: its span in the normal form, what it means ("week", "1") and the pieces it named."""

    start: int
    end: int
    kind: str
    argument: str
    groups: Mapping[str, str]


@dataclass(frozen=True)
class _Wording:
    kind: str
    argument: str
    pattern: Pattern[str]


class Grammar:
    """One language's wordings."""

    def __init__(self, written: Mapping[str, Any], mender: Mapping[str, Any], language: str) -> None:
        rewrite = (written.get("rewrite") or {}).items()
        self._rewrite: Dict[Pattern[str], str] = {re.compile(plain(key)): value for key, value in rewrite}
        numbers = {int(value): plain(str(said)) for value, said in written["numbers"].items()}
        ordinals = {int(value): plain(str(said)) for value, said in written["ordinals"].items()}
        self._values = [(value, re.compile(said)) for value, said in [*numbers.items(), *ordinals.items()]]
        self._not_hours = re.compile(plain(written["not_hours"]))
        self.weekdays = [re.compile(plain(said)) for said in written["weekdays"]]
        self.months = [re.compile(plain(said)) for said in written["months"]]
        after = f"(?! ?(?:{plain(written['after_hour'])})(?!\\w))(?! ?[%€$£°])(?![.,:/]\\d)"
        wordings = _compiled(written, pieces(written, numbers, ordinals), after)
        self._wordings = Beginnings([(wording, wording.pattern) for wording in wordings])
        # first without what stands around them: that one look tells of most messages that they have none
        self._feasts = re.compile(plain(written["feasts"])), _bounded(plain(written["feasts"]))
        self._written = set(_LETTERS.findall(plain(yaml.safe_dump(written, allow_unicode=True, width=1_000_000))))
        # the same words come again and again
        self.counts = lru_cache(maxsize=REMEMBERED)(self._counts)
        self._mender = Mender(language, mender, self._knows)

    def folded(self, text: str) -> Folded:
        """`text` in normal form, its words of time put right, as the wordings are written."""
        folded = self._mender.mend(fold(text))
        for pattern, new in self._rewrite.items():
            folded = replaced(folded, pattern, partial(_expanded, new))
        return folded

    def _knows(self, word: str) -> bool:
        written = word in self._written or self.counts(word)
        return written or any(one.pattern.fullmatch(word) for one in self._wordings.starting(shape(word[:LENGTH])))

    def atoms(self, text: str) -> List[Atom]:
        """The wordings in `text`, in order, the longest at each place."""
        found: List[Atom] = []
        shaped = shape(text)
        word = _PLACE.search(text)
        while word:
            place = word.start()
            wordings = self._wordings.starting(shaped[place : place + LENGTH])
            atom = _longest(wordings, text, place) if wordings else None
            if atom:
                found.append(atom)
            word = _PLACE.search(text, atom.end if atom else word.end())
        return found

    def may_name_feast(self, text: str) -> bool:
        """Whether a feast may stand in `text`, or would when letters beside it were blanked."""
        return self._feasts[0].search(text) is not None

    def names_feast(self, text: str) -> bool:
        """Whether `text` names a day that Duckling is asked about."""
        return self._feasts[1].search(text) is not None

    def _counts(self, word: str) -> bool:
        """Whether a word is a number or an ordinal ("a" and "one" in its other senses aside)."""
        return not self._not_hours.fullmatch(word) and any(pattern.fullmatch(word) for _, pattern in self._values)

    def number(self, said: str) -> Optional[int]:
        """The value of a number in digits or words, "twenty five" too; years as they are spoken."""
        digits = re.search(r"\d+", said)
        if digits:
            return int(digits.group())
        return _total(self._spoken(said))

    def year(self, said: str) -> Optional[int]:
        """The value of a year in digits or words, "nineteen sixty one" too."""
        values = [] if any(char.isdigit() for char in said) else self._spoken(said)
        if values[:1] in ([19], [20]) and len(values) > 1 and not {HUNDRED, THOUSAND} & set(values):
            return values[0] * HUNDRED + sum(values[1:])
        return self.number(said)

    def _spoken(self, said: str) -> List[int]:
        """The values of the number words in `said`, the longest at each place: "vierunddreissig" → 4, 30."""
        values: List[int] = []
        place = 0
        while place < len(said):
            matches = [(match.end(), value) for value, pattern in self._values if (match := pattern.match(said, place))]
            end, value = max(matches, default=(place + 1, None))
            values += [] if value is None else [value]
            place = end
        return values


def _longest(wordings: Sequence[_Wording], text: str, place: int) -> Optional[Atom]:
    """The longest of the wordings at a place, of two as long the one written first."""
    best: Optional[Tuple[int, _Wording, Any]] = None
    for wording in wordings:
        match = wording.pattern.match(text, place)
        if match and match.end() > place and (best is None or match.end() > best[0]):
            best = match.end(), wording, match
    if best is None:
        return None
    end, wording, match = best
    groups = {name: said for name, said in match.groupdict().items() if said}
    return Atom(place, end, wording.kind, wording.argument, groups)


def _filled(said: str, names: Mapping[str, str]) -> str:
    said = plain(said)
    for name, pattern in names.items():
        said = said.replace(f"{{{name}}}", pattern)
    return said


def _bounded(said: str, end: str = "") -> Pattern[str]:
    if not any(char.isalnum() for char in said):
        return re.compile(said)  # a dash, an ampersand
    return re.compile(f"{START}(?:{said})(?!\\w){end}")


def _compiled(written: Mapping[str, Any], names: Mapping[str, str], after: str) -> Iterator[_Wording]:
    unnamed = {name: re.sub(r"\(\?P<\w+>", "(?:", pattern) for name, pattern in names.items()}
    for said in written["never"]:
        yield _Wording("never", "", _bounded(_filled(said, unnamed)))
    for hours, wordings in written["parts"].items():
        for said in wordings:
            yield _Wording("part", hours, _bounded(_filled(said, names)))
    for meaning, wordings in written["said"].items():
        kind, _, argument = meaning.partition(" ")
        for said in wordings:
            yield _Wording(kind, argument, _bounded(_filled(said, names), after if kind == "hour" else ""))


def _expanded(new: str, match: re.Match[str]) -> str:
    return match.expand(new)


def _total(values: Sequence[int]) -> Optional[int]:
    total = 0
    for value in values:
        if value == THOUSAND:
            total = max(total, 1) * THOUSAND
        elif value == HUNDRED:
            total = total // THOUSAND * THOUSAND + max(total % THOUSAND, 1) * HUNDRED
        else:
            total += value
    return total if values else None


def place_of(said: str, patterns: Sequence[Pattern[str]]) -> Optional[int]:
    """Which of the patterns the words are: 0 for Monday or January."""
    return next((place for place, pattern in enumerate(patterns) if pattern.fullmatch(said)), None)


@lru_cache(maxsize=1)
def written() -> Mapping[str, Any]:
    """The whole of `nlu/times.yml`."""
    loaded: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=16)
def grammar(language: str) -> Optional[Grammar]:
    """A language's grammar; None for a language that has none."""
    wordings = written().get(language)
    return Grammar(wordings, spellings().get(language, {}), language) if wordings else None
