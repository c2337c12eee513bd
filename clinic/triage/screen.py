"""The danger screen: does this message tell of an emergency that happens now?

Deterministic and explainable: signs are patterns of concepts (`danger/signs.yml`), concepts are expressions of a
language (`danger/<language>.yml`), and what speaks against a sign is found by cues (`clinic.triage.context`). Every
language is looked up in every message, so that code-mixing and a wrong guess of the language hide nothing.
Two milliseconds a message; no model, no database. Sources of the signs stand in `signs.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, groupby
from pathlib import Path
from typing import Any

from clinic import yamlfile
from clinic.settings import settings
from clinic.triage import context
from clinic.triage.ages import YOUNG_BABY, young_baby
from clinic.triage.lexicon import Hit, Lexicon, parse
from clinic.triage.tokens import Token, tokens
from clinic.triage.values import helpers, measured, numbers

FOLDER = Path(__file__).with_name("danger")
NONE, LIKELY, CERTAIN = "none", "likely", "certain"
LEVELS = (NONE, LIKELY, CERTAIN)
# A sign that no pattern names: the model of nlu/emergency.py suspects a danger.
UNNAMED = "unnamed"
# How many words may stand between two concepts of a pattern.
REACH = 6
# Concepts of a sign's own name: expressions that need no company.
SAYS_ALL, SAYS_LIKELY = "!", "?"
ANYWHERE = "anywhere"
CANNOT = "cannot"


@dataclass(frozen=True)
class Sign:
    """A danger sign of `signs.yml`: its patterns by level, what takes them back, and what triage knows by it.

    `aided`: findings of the intake for which its first aid is the right one, though the sign is not theirs.
    """

    name: str
    patterns: Mapping[str, tuple[tuple[str, ...], ...]]
    unless: frozenset[str]
    findings: tuple[str, ...]
    aid: str | None
    source: str
    # Years: what is said for the sign fits nobody older.
    below: float | None = None
    aided: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One pattern of a sign, ready to be looked up: its place among all, the concepts needed, what takes it back."""

    place: int
    sign: Sign
    level: str
    needed: tuple[str, ...]
    anywhere: bool
    unless: frozenset[str]


@dataclass(frozen=True)
class Finding:
    """One sign seen in a message: how sure, by which words, and what speaks against it (None: nothing)."""

    sign: str
    level: str
    language: str
    words: tuple[str, ...]
    discounted: str | None = None


@dataclass(frozen=True)
class Screening:
    """The verdict: `level` is "certain", "likely" or "none"; `signs` are the names that stand, the surest first.

    `concepts`: names of all danger concepts and cues seen, in any language, sorted: what a model can weigh.
    """

    level: str
    signs: tuple[str, ...]
    findings: tuple[Finding, ...]
    concepts: tuple[str, ...] = ()

    @property
    def explained_away(self) -> bool:
        """Whether danger was spoken of and something spoke against all of it ("no chest pain")."""
        return self.level == NONE and any(finding.discounted for finding in self.findings)


@lru_cache(maxsize=1)
def signs() -> Mapping[str, Sign]:
    """All danger signs by name."""
    content = yamlfile.load(FOLDER / "signs.yml")["signs"]
    return {name: _sign(name, entry) for name, entry in content.items()}


def _sign(name: str, entry: Mapping[str, Any]) -> Sign:
    patterns = {
        level: tuple(tuple(sorted(set(pattern), key=pattern.index)) for pattern in entry.get(level, ()))
        for level in (CERTAIN, LIKELY)
    }
    unless, known_by = frozenset(entry.get("unless", ())), tuple(entry["findings"])
    aided = tuple(entry.get("aid_for") or ())
    return Sign(name, patterns, unless, known_by, entry.get("aid"), entry["source"], entry.get("below"), aided)


def concepts() -> frozenset[str]:
    """Every concept that some pattern asks for, and the two of each sign's own name."""
    named = {name for sign in signs().values() for rows in sign.patterns.values() for row in rows for name in row}
    taken_back = {name for sign in signs().values() for name in sign.unless}
    own = {name + mark for name in signs() for mark in (SAYS_ALL, SAYS_LIKELY)}
    return frozenset((named | taken_back | own) - {ANYWHERE, YOUNG_BABY})


@lru_cache(maxsize=16)
def content(language: str) -> Mapping[str, Any]:
    """`danger/<language>.yml` as written: `concepts`, `cues`, `right`."""
    loaded: Mapping[str, Any] = yamlfile.load(FOLDER / f"{language}.yml")
    return loaded


def _concepts(language: str) -> dict[str, Sequence[object]]:
    loaded = content(language)
    words = {name: expressions or () for name, expressions in loaded["concepts"].items()}
    return {**words, **context.expressions(loaded["cues"])}


@lru_cache(maxsize=16)
def _spelt(language: str) -> frozenset[str]:
    """All whole words of a language's expressions."""
    every = (parse(expression) for expressions in _concepts(language).values() for expression in expressions)
    return frozenset(word for expression in every for word in expression if word.isalpha())


@lru_cache(maxsize=16)
def _lexicon(language: str) -> Lexicon:
    """Words of the other languages are no slips of this one's: a baby's "Brust" is nothing that "burst"."""
    others = (word for other in settings().languages if other != language for word in _spelt(other))
    right = [*(content(language).get("right") or ()), *others]
    return Lexicon(_concepts(language), right, exact=context.PREFIX, denials=context.denials(content(language)["cues"]))


@lru_cache(maxsize=2048)
def screen(text: str) -> Screening:
    """The verdict on one message, in any of the clinic's languages or several of them."""
    message = tokens(text)
    hits = _hits(message)
    found = [finding for language, mine in hits.items() for finding in _in_language(message, mine, language)]
    found = [_as_elsewhere(finding, found) for finding in found]
    standing = [finding for finding in found if finding.discounted is None]
    level = max((finding.level for finding in standing), key=LEVELS.index, default=NONE)
    surest = sorted(standing, key=lambda finding: -LEVELS.index(finding.level))
    concepts = tuple(sorted({hit.concept for mine in hits.values() for hit in mine}))
    return Screening(level, tuple(dict.fromkeys(finding.sign for finding in surest)), tuple(found), concepts)


def _as_elsewhere(finding: Finding, found: Sequence[Finding]) -> Finding:
    """A word of several languages ("AVC") is taken back where the language that the message is in takes it back."""
    for other in found:
        same = other.sign == finding.sign and other.language != finding.language and set(other.words) & set(finding.words)
        if finding.discounted is None and other.discounted is not None and same:
            return replace(finding, discounted=other.discounted)
    return finding


def _hits(message: Sequence[Token]) -> dict[str, list[Hit]]:
    """What is found in each language: expressions, a young baby's age, measured values."""
    found = {language: _lexicon(language).find(message) for language in settings().languages}
    values = numbers(message, (hit for hits in found.values() for hit in hits))
    return {
        language: [
            *(hit for hit in hits if hit.concept not in helpers()),
            *young_baby(message, hits),
            *measured(message, hits, values),
        ]
        for language, hits in found.items()
    }


def _in_language(message: Sequence[Token], hits: Sequence[Hit], language: str) -> list[Finding]:
    if not hits:
        return []
    if not _rows_of({hit.concept for hit in hits}):
        return []
    there = context.Context(message, hits)
    by_concept: dict[str, list[Hit]] = {}
    for hit in hits:
        if not hit.concept.startswith(context.PREFIX) and not there.is_idiom(hit):
            by_concept.setdefault(hit.concept, []).append(hit)
    by_sign = groupby(_rows_of(by_concept.keys()), key=lambda row: row.sign.name)
    return [finding for _, rows in by_sign for finding in _seen(rows, by_concept, message, there, language)]


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Sequence[Row]]:
    """The rows of all signs by their first concept."""
    by_first: dict[str, list[Row]] = {}
    place = count()
    for sign in signs().values():
        for level, mark in ((CERTAIN, SAYS_ALL), (LIKELY, SAYS_LIKELY)):
            rows = [((sign.name + mark,), frozenset[str]()), *((row, sign.unless) for row in sign.patterns[level])]
            for row, unless in rows:
                needed = tuple(name for name in row if name != ANYWHERE)
                by_first.setdefault(needed[0], []).append(Row(next(place), sign, level, needed, ANYWHERE in row, unless))
    return by_first


def _rows_of(found: Set[str]) -> list[Row]:
    """The rows whose concepts are all among `found`, in the order of the signs, the surest of each first."""
    by_first = _rows()
    rows = (row for concept in found for row in by_first.get(concept, ()) if all(map(found.__contains__, row.needed)))
    return sorted(rows, key=lambda row: row.place)


def _seen(
    rows: Iterable[Row], found: Mapping[str, list[Hit]], message: Sequence[Token], there: context.Context, language: str
) -> list[Finding]:
    """A sign's strongest finding that stands, and every one that does not."""
    seen = []
    for row in rows:
        for group in _combinations(row, found, message) if row.unless.isdisjoint(found) else ():
            finding = _judge(row.sign, row.level, group, message, there, language)
            seen.append(finding)
            if finding.discounted is None and finding.level == row.level:
                return seen
    return seen


def _judge(
    sign: Sign, level: str, group: tuple[Hit, ...], message: Sequence[Token], there: context.Context, language: str
) -> Finding:
    places = {place for hit in group for place in hit.places}
    against = there.against(places)
    if against is None and there.laughs(max(places)):
        against, level = (None, LIKELY) if level == CERTAIN else (context.FIGURATIVE, level)
    return Finding(sign.name, level, language, tuple(message[place].text for place in sorted(places)), against)


def _combinations(row: Row, found: Mapping[str, list[Hit]], message: Sequence[Token]) -> list[tuple[Hit, ...]]:
    """Hits for all concepts of the row that stand near each other (or anywhere), the nearest for each beginning.

    What somebody cannot is said in one sentence: "a stitch when I breathe. Nothing else".
    """
    needed = row.needed
    if len(needed) == 1:
        return [(hit,) for hit in found[needed[0]]]
    if row.anywhere:
        return [tuple(found[name][0] for name in needed)]
    groups = []
    for start in found[needed[0]]:
        group = [start]
        for name in needed[1:]:
            near = [hit for hit in found[name] if any(_gap(hit, other) <= REACH for other in group)]
            free = [hit for hit in near if not any(set(hit.places) & set(other.places) for other in group)]
            if CANNOT in needed:
                free = [hit for hit in free if message[hit.first].sentence == message[start.first].sentence]
            if not free:
                break
            group.append(min(free, key=lambda hit: _gap(hit, start)))
        else:
            groups.append(tuple(group))
    return groups


def _gap(one: Hit, other: Hit) -> int:
    """Words between two hits; 0 where they touch or overlap."""
    return max(0, other.first - one.last - 1, one.first - other.last - 1)
