"""What a patient's words tell triage: complaints, places, signs that are there or denied, age, sex, duration, severity.

Words: `said/<language>.yml` (units, cues, numbers, who somebody is), the symptoms and parts of the body of
`clinic/vocabulary`, the titles of the findings; what denies them: the cues of `danger/<language>.yml`. Measured values
come from the model's entities (`clinic.triage.measured`), not from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic import clock, vocabulary, yamlfile
from clinic.settings import settings
from clinic.triage import context, findings, screen, texts
from clinic.triage.conditions import Value
from clinic.triage.lexicon import Hit, Lexicon
from clinic.triage.tokens import Token, tokens

FOLDER = Path(__file__).with_name("said")
DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
YEARS_ONLY = ("year", "month")
YEARS = {"day": 1 / 365, "week": 7 / 365, "month": 1 / 12, "year": 1.0}
OLDEST = 120
# Words before or after a number that make it an age or a duration.
NEAR = 3
# Of these sections the longest expression at a place counts; complaints and parts of the body share theirs.
_KINDS = {"symptom": "complaint", "part": "complaint", "findings": "finding", "severity": "severity", "spans": "span"}
# "thirty five": a multiple of ten and a smaller number after it are one.
LONG_ILLNESS = ("findings epilepsy", "findings lung_disease")
# "No, none of these, thanks": so many words may stand around a whole answer; "no appetite since Monday" is none.
WORDS_AROUND = 2
AND = ("e", "and", "und", "и", "و")
TENS, MOST_ONES = (20, 30, 40, 50, 60, 70, 80, 90), 10
_PUNCTUATION = re.compile(r"[^\w'’*]+")
_OUT_OF_TEN = re.compile(r"(\d{1,2})(?:[.,]\d)?/10")


@dataclass(frozen=True)
class Said:
    """What was told: `known` by finding (True, False, a number, a code), complaint and part codes in their order."""

    known: Mapping[str, Value] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    none: bool = False
    unknown: bool = False

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs that are there."""
        return tuple(name for name, value in self.known.items() if value is True)


@lru_cache(maxsize=16)
def _words(language: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = yamlfile.load(FOLDER / f"{language}.yml")
    return content


def _phrases(folder: str, language: str) -> Mapping[str, Sequence[str]]:
    path = vocabulary.FOLDER / folder / f"{language}.yml"
    phrases: Mapping[str, Sequence[str]] = yamlfile.load(path)["phrases"]
    return phrases


@lru_cache(maxsize=16)
def lexicon(language: str) -> Lexicon:
    """The words of a language for all that is read here; a concept is a section and a code ("units day")."""
    said = _words(language)
    concepts: dict[str, list[str]] = {}
    for section in ("units", "spans", "severity", "course", "sex", "numbers", "findings"):
        for code, words in (said.get(section) or {}).items():
            concepts[f"{section} {code}"] = list(words or ())
    for section in ("old", "since", "ago", "often", "age", "none", "unknown"):
        concepts[section] = list(said.get(section) or ())
    for code, words in _phrases("symptoms", language).items():
        concepts[f"symptom {code}"] = list(words)
    for code, words in _phrases("body_parts", language).items():
        concepts[f"part {code}"] = list(words)
    for name in findings.signs():
        concepts.setdefault(f"findings {name}", []).append(_PUNCTUATION.sub(" ", texts.title(name, language)))
    cues = context.expressions(screen.content(language)["cues"])
    right = [*(screen.content(language).get("right") or ()), *(said.get("right") or ())]
    return Lexicon({**concepts, **cues}, right, exact=context.PREFIX)


def read(text: str, language: str) -> Said:
    """What `text` tells; `language` is one of the clinic's."""
    message = tokens(text)
    hits = _longest(lexicon(language).find(message))
    there = context.Context(message, hits)
    spoken = [hit for hit in hits if not there.is_idiom(hit)]
    known = _signs(spoken, there)
    for name, value in (
        ("age", _age(message, spoken)),
        ("days", _days(message, spoken)),
        ("severity", _severity(message, spoken)),
        ("course", _code(spoken, "course")),
        ("sex", _code(spoken, "sex")),
    ):
        if value is not None:
            known[name] = value
    if known.get("pregnant") is True and isinstance(known.get("days"), float):
        known |= _pregnancy(message, spoken)
    if known.get("pregnant") is True and isinstance(known.get("age"), float) and known["age"] < 1:  # type: ignore[operator]
        del known["age"]  # "8 weeks pregnant" is nobody's age
    complaints = _codes(spoken, "symptom", there)
    whole = {hit.concept for hit in spoken if len(message) - len(hit.places) <= WORDS_AROUND}
    return Said(known, complaints, _codes(spoken, "part", there), "none" in whole, "unknown" in whole)


def number(text: str, language: str) -> float | None:
    """The first number in `text`, in digits or words."""
    message = tokens(text)
    found = _numbers(message, lexicon(language).find(message))
    return found[0][1] if found else None


def age(text: str, language: str) -> float | None:
    """The answer to "how old?", in years: "8 months", "34", "sixty"."""
    message = tokens(text)
    hits = _longest(lexicon(language).find(message))
    for place, value in _numbers(message, hits):
        unit = _unit_after(hits, place)
        if unit in YEARS:
            return _possible_age(value * YEARS[unit])
    bare = number(text, language)
    return _possible_age(bare) if bare is not None else None


def days(text: str, language: str) -> float | None:
    """The answer to "since when?", in days: "3 days", "since Monday", "an hour ago"; a bare number counts days."""
    message = tokens(text)
    hits = _longest(lexicon(language).find(message))
    found = [value * DAYS[unit] for place, value in _numbers(message, hits) if (unit := _unit_after(hits, place)) in DAYS]
    found += _spans(hits)
    return max(found) if found else number(text, language)


def severity(text: str, language: str) -> float | None:
    """The answer to "how bad, from 0 to 10?"."""
    message = tokens(text)
    hits = _longest(lexicon(language).find(message))
    stated = _severity(message, hits)
    if stated is not None:
        return stated
    bare = number(text, language)
    return bare if bare is not None and 0 <= bare <= 10 else None


def _is(hit: Hit, section: str) -> bool:
    return hit.concept.partition(" ")[0] == section


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Without those that stand inside a longer one of their kind: "headache" is no ache of a head."""
    kept = []
    for hit in hits:
        kind = _KINDS.get(hit.concept.partition(" ")[0])
        rivals = (other for other in hits if kind and _KINDS.get(other.concept.partition(" ")[0]) == kind)
        if not any(set(hit.places) < set(other.places) for other in rivals):
            kept.append(hit)
    return kept


def _signs(hits: Sequence[Hit], there: context.Context) -> dict[str, Value]:
    known: dict[str, Value] = {}
    illness = {place for hit in hits if hit.concept in LONG_ILLNESS for place in hit.places}
    for hit in hits:
        section, _, name = hit.concept.partition(" ")
        if section not in ("findings", "symptom") or name not in findings.signs():
            continue
        if section == "symptom" and set(hit.places) <= illness:  # "I have epilepsy" is no seizure
            continue
        against = there.against(hit.places)
        if against is None:
            known[name] = True
        elif against == context.NEGATED:
            known.setdefault(name, False)
    return known


def _codes(hits: Sequence[Hit], section: str, there: context.Context) -> tuple[str, ...]:
    codes = [hit.concept.partition(" ")[2] for hit in hits if _is(hit, section) and there.against(hit.places) is None]
    return tuple(dict.fromkeys(codes))


def _code(hits: Sequence[Hit], section: str) -> str | None:
    return next((hit.concept.partition(" ")[2] for hit in hits if _is(hit, section)), None)


def _numbers(message: Sequence[Token], hits: Sequence[Hit]) -> list[tuple[int, float]]:
    """(place of its last word, value) of every plain number, in digits or words; "thirty five" is one."""
    found = [
        (place, float(token.text.replace(",", ".")))
        for place, token in enumerate(message)
        if re.fullmatch(r"\d{1,4}(?:[.,]\d)?", token.text)
    ]
    taken = {place for place, _ in found}
    words = {hit.last: float(hit.concept.split(" ")[1]) for hit in hits if _is(hit, "numbers") and hit.last not in taken}
    for place in sorted(words):
        before = place - 2 if place and message[place - 1].text in AND else place - 1
        pair = {words.get(before, 0.0), words[place]}
        if before in words and pair & set(TENS) and min(pair) < MOST_ONES:  # Arabic says the ones first
            words[place] += words.pop(before)
    return sorted([*found, *words.items()])


def _unit_after(hits: Sequence[Hit], place: int) -> str:
    return next((hit.concept.split(" ")[1] for hit in hits if _is(hit, "units") and hit.first == place + 1), "")


def _possible_age(years: float) -> float | None:
    return round(years, 3) if 0 <= years <= OLDEST else None


def _has_near(hits: Sequence[Hit], section: str, low: int, high: int) -> bool:
    return any(_is(hit, section) and low <= hit.last and hit.first <= high for hit in hits)


def _has_cue(hits: Sequence[Hit], place: int) -> bool:
    """Whether an age's cue holds the number ("she is 4") or ends right before it."""
    return any(_is(hit, "age") and (place in hit.places or hit.last == place - 1) for hit in hits)


def _age(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """An age that was said unasked: with "old", after an age's cue, or years that are no duration."""
    for place, value in _numbers(message, hits):
        unit = _unit_after(hits, place)
        lasting = _has_near(hits, "since", place - NEAR, place - 1) or _has_near(hits, "ago", place + 1, place + NEAR)
        if unit in YEARS and not lasting:
            cued = _has_near(hits, "old", place + 1, place + 2) or (unit in YEARS_ONLY and _has_cue(hits, place))
            if cued or (unit == "year" and value >= 1):
                return _possible_age(value * YEARS[unit])
        elif not unit and not lasting and any(_is(hit, "age") and place in hit.places for hit in hits):
            return _possible_age(value)
    return None


def _days(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """How long it has lasted, said unasked."""
    numbers = _numbers(message, hits)
    counted = {place + step for place, _ in numbers for step in (0, 1)}
    found = _spans([hit for hit in hits if not counted & set(hit.places) or len(hit.places) > 2])
    often = {place for hit in hits if _is(hit, "often") for place in hit.places}
    for place, value in numbers:
        if place in often:  # "only every 4 days" is no four days
            continue
        unit = _unit_after(hits, place)
        old = _has_near(hits, "old", place + 1, place + 2) or (unit in YEARS_ONLY and _has_cue(hits, place))
        lasting = _has_near(hits, "since", place - NEAR, place - 1) or _has_near(hits, "ago", place + 1, place + NEAR)
        if unit in DAYS and not old and (lasting or unit in ("minute", "hour", "day", "week")):
            found.append(value * DAYS[unit])
    return max(found) if found else None


def _pregnancy(message: Sequence[Token], hits: Sequence[Hit]) -> dict[str, Value]:
    """Weeks that are no duration: "36 weeks pregnant, bleeding since this morning"."""
    for place, value in _numbers(message, hits):
        lasting = _has_near(hits, "since", place - NEAR, place - 1) or _has_near(hits, "ago", place + 1, place + NEAR)
        if _unit_after(hits, place) == "week" and not lasting and 4 <= value <= 42:
            others = _spans(hits)
            return {"pregnancy_week": value, **({"days": max(others)} if others else {"days": None})}
    return {}


def _spans(hits: Sequence[Hit]) -> list[float]:
    """Words that tell a time back: yesterday, this morning, Monday."""
    found = []
    for hit in hits:
        if _is(hit, "spans"):
            code = hit.concept.partition(" ")[2]
            found.append(_since_weekday(int(code.removeprefix("weekday"))) if code.startswith("weekday") else float(code))
    return found


def _since_weekday(weekday: int) -> float:
    today = clock.now().astimezone(settings().time_zone).weekday()
    return float((today - weekday) % 7 or 7)


def _severity(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    for token in message:
        match = _OUT_OF_TEN.fullmatch(token.text)
        if match and int(match[1]) <= 10:
            return float(match[1])
    for hit in hits:
        if hit.concept == "severity number":
            digits = next(message[place].text for place in hit.places if message[place].text[0].isdigit())
            return float(re.match(r"\d+", digits)[0]) if float(re.match(r"\d+", digits)[0]) <= 10 else None  # type: ignore[index]
    levels = [float(hit.concept.split(" ")[1]) for hit in hits if _is(hit, "severity") and hit.concept != "severity number"]
    return max(levels) if levels else None
