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
from itertools import product
from pathlib import Path
from typing import Any

from clinic import vocabulary, yamlfile
from clinic.triage import context, counting, findings, meant, screen, texts
from clinic.triage.conditions import Value
from clinic.triage.lexicon import Hit, Lexicon
from clinic.triage.tokens import tokens

FOLDER = Path(__file__).with_name("said")
SIGNS = FOLDER / "signs"
LONG_ILLNESS = ("findings epilepsy", "findings lung_disease")
PREGNANT = "findings pregnant"
# Sections of words without codes.
PLAIN = (
    *("old", "since", "ago", "often", "age", "half", "none", "unknown", "vocative", "no_degrees", "thermometer"),
    *("beside", "whenever", "decimal"),
)  # fmt: skip
# "No, none of these, thanks": so many words may stand around a whole answer; "no appetite since Monday" is none.
WORDS_AROUND = 2
MOST_SEVERE = 10
# Years up to which an age is told in months or weeks.
IN_MONTHS = 4
# Days: an inflamed breast comes within hours, the baby at it is weeks old.
LONGER_THAN_MASTITIS = 14.0
_BRACKETS = re.compile(r"\((\d{1,2})\)")
_PUNCTUATION = re.compile(r"[^\w'’*]+")


@dataclass(frozen=True)
class Said:
    """What was told: `known` by finding (True, False, a number, a code), complaint and part codes in their order.

    `own_sex` is what somebody says outright of the patient; `sex` in `known` may come from any word for a person.
    `lasting` are days that words say it has lasted; `days` in `known` may come from any word for a time.
    """

    known: Mapping[str, Value] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    none: bool = False
    unknown: bool = False
    own_sex: str | None = None
    lasting: float | None = None

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs that are there."""
        return tuple(name for name, value in self.known.items() if value is True)


@lru_cache(maxsize=16)
def sections(language: str) -> Mapping[str, Any]:
    """The sections of `said/<language>.yml`."""
    content: Mapping[str, Any] = yamlfile.load(FOLDER / f"{language}.yml")
    return content


@lru_cache(maxsize=32)
def sign_words(language: str, kind: str) -> Mapping[str, Sequence[str]]:
    """Finding → its expressions in `said/signs/<language>.yml`: `said` anywhere, `asked` while its list is shown."""
    content: Mapping[str, Mapping[str, Sequence[str]]] = yamlfile.load(SIGNS / f"{language}.yml")
    return {name: list(kinds.get(kind) or ()) for name, kinds in content.items()}


def cues(language: str) -> Mapping[str, Sequence[str]]:
    """What speaks against a sign: the danger screen's cues, and denials that only the answer to a question makes safe."""
    found = context.expressions(screen.content(language)["cues"])
    denies: Mapping[str, Sequence[str]] = sections(language)["denies"]
    for name, words in (
        # "Nothing, only tired": an exception ends what is denied. "Not normal" denies nothing.
        (context.PREFIX + "but", [*sections(language)["replies"]["only"], *sections(language)["turns"]]),
        (context.PREFIX + "not_negation", sections(language)["no_denial"]),
    ):
        found[name] = [*found.get(name, ()), *words]
    return {**found, **{f"{context.PREFIX}negation {reach} asked": words for reach, words in denies.items()}}


def right(language: str) -> Sequence[str]:
    """Words that are spelt right though they look like one of ours with a slip."""
    return [*(screen.content(language).get("right") or ()), *(sections(language).get("right") or ())]


def denials(language: str) -> frozenset[str]:
    """The single words that are a no by themselves."""
    return context.denials(screen.content(language)["cues"])


def _phrases(folder: str, language: str) -> Mapping[str, Sequence[str]]:
    path = vocabulary.FOLDER / folder / f"{language}.yml"
    phrases: Mapping[str, Sequence[str]] = yamlfile.load(path)["phrases"]
    return phrases


def _compounds(said: Mapping[str, Any]) -> Mapping[int, list[str]]:
    """Numbers that a language writes as one word, the ones first ("siebenundzwanzig"); `joined` may stand between."""
    joints = said.get("joined") or ()
    counts = {int(value): words for value, words in said["numbers"].items() if float(value).is_integer()} if joints else {}
    return {
        ten + one: [
            f"{first}{joint}{last}"
            for first, joint, last in product(counts[one], joints, counts[ten])
            if " " not in first + last
        ]
        for ten in counting.TENS
        for one in range(1, counting.MOST_ONES)
        if ten in counts and one in counts
    }


def _sections_as_concepts(language: str) -> Mapping[str, Sequence[str]]:
    said = sections(language)
    concepts: dict[str, list[str]] = {}
    for section in ("units", "amounts", "spans", "severity", "course", "sex", "own_sex", "numbers", "findings"):
        for code, words in (said.get(section) or {}).items():
            concepts[f"{section} {code}"] = list(words or ())
    for value, words in _compounds(said).items():
        concepts.setdefault(f"numbers {value}", []).extend(words)
    for section in PLAIN:
        concepts[section] = list(said.get(section) or ())
    return concepts


@lru_cache(maxsize=16)
def counting_words(language: str, kinds: frozenset[str]) -> Lexicon:
    """The words of some sections alone, for whoever needs no more.

    No slip is forgiven: where other words are not known, they soon pass for one ("mouth", "month").
    """
    found = _sections_as_concepts(language)
    return Lexicon({name: words for name, words in found.items() if name.partition(" ")[0] in kinds}, exact="")


@lru_cache(maxsize=16)
def lexicon(language: str) -> Lexicon:
    """The words of a language for all that is read here; a concept is a section and a code ("units day")."""
    concepts = {name: list(words) for name, words in _sections_as_concepts(language).items()}
    for code, words in _phrases("symptoms", language).items():
        concepts[f"symptom {code}"] = list(words)
    for code, words in _phrases("body_parts", language).items():
        concepts[f"part {code}"] = list(words)
    for name in findings.signs():
        mine = concepts.setdefault(f"findings {name}", [])
        mine += [_PUNCTUATION.sub(" ", texts.title(name, language)), *sign_words(language, "said").get(name, ())]
    return Lexicon({**concepts, **cues(language)}, right(language), exact=context.PREFIX, denials=denials(language))


@lru_cache(maxsize=16)
def words_around(language: str) -> frozenset[str]:
    """Words that tell of nothing beside an amount: "maybe", "he is", "I think"; as `tokens` writes them."""
    return frozenset(token.text for word in sections(language)["around"] for token in tokens(str(word)))


def read(text: str, language: str) -> Said:
    """What `text` tells; `language` is one of the clinic's."""
    message = tokens(text)
    hits = meant.longest(lexicon(language).find(message))
    there = context.Context(message, hits)
    spoken = [hit for hit in hits if not there.is_idiom(hit) or _lasts(hit)]
    temperature = counting.temperature_in(message, spoken)
    if temperature is not None and temperature < findings.FEVER_FROM:
        spoken = meant.without_thermometer(spoken)
    known = _signs(spoken, there)
    for name, value in (
        ("temperature", temperature),
        ("age", _in_brackets(text)),
        ("age", counting.age_in(message, spoken)),
        ("days", counting.days_in(message, meant.without_past(spoken))),
        ("severity", meant.worth(meant.severity(message, spoken, there), counting.out_of_ten(message, spoken))),
        ("course", meant.course(message, spoken, there)),
        ("sex", meant.sex(spoken)),
    ):
        if value is not None:
            known[name] = value
    if known.get("pregnant") is True and isinstance(known.get("days"), float):
        known |= counting.pregnancy_in(message, spoken)
    if known.get("pregnant") is True and isinstance(known.get("age"), float) and known["age"] < 1:  # type: ignore[operator]
        del known["age"]  # "8 weeks pregnant" is nobody's age
    complaints, parts = _codes(spoken, "symptom", there), _codes(spoken, "part", there)
    if sections(language)["chest_is_breast"] and (known.get("breastfeeding") is True or "breast" in parts):
        complaints, parts = _of_the_breast(complaints), _of_the_breast(parts)
        known = _of_the_mother(known)
    own_sex = meant.code(spoken, "own_sex")
    whole = {hit.concept for hit in spoken if len(message) - len(hit.places) <= WORDS_AROUND}
    lasting = counting.lasting_in(message, spoken) if "pregnancy_week" not in known else None
    return Said(known, complaints, parts, "none" in whole, "unknown" in whole, own_sex, lasting)


def _of_the_mother(known: Mapping[str, Value]) -> dict[str, Value]:
    """Without the chest's pain, and without the baby's weeks for how long it has lasted: "I nurse my son, 5 weeks"."""
    days = known.get("days")
    weeks = isinstance(days, float) and days >= LONGER_THAN_MASTITIS
    left_out = {"chest_pain", *(("days",) if weeks and known.get("breastfeeding") is True else ())}
    return {name: value for name, value in known.items() if name not in left_out}


def _of_the_breast(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Where one word is chest and breast, a nursing mother means the breast; pressure is still the chest's (`known`)."""
    meant_so = {"chest_pain": "breast_pain", "chest": "breast"}
    return tuple(dict.fromkeys(meant_so.get(code, code) for code in codes))


def _in_brackets(text: str) -> float | None:
    """An age as in "my son (9)"."""
    found = _BRACKETS.search(text)
    return counting.possible_age(float(found[1])) if found else None


def number(text: str, language: str) -> float | None:
    """The first number in `text`, in digits or words."""
    message = tokens(text)
    found = counting.numbers(message, lexicon(language).find(message))
    return found[0][1] if found else None


def age(text: str, language: str) -> float | None:
    """The answer to "how old?", in years: "8 months", "34", "sixty", "two and a half"."""
    message = tokens(text)
    hits = meant.longest(lexicon(language).find(message))
    counted = counting.amounts(message, hits)
    if any(hit.concept == PREGNANT for hit in hits):  # "I am 30, it is week 31" is nobody's 31 weeks
        hits = [hit for hit in hits if hit.concept not in ("units week", "units month")]
        counted = [(value, unit) for value, unit in counted if unit == "year"]
    # "I will be 78 next month, so 77": nobody of that age counts months.
    counted = [
        (value, unit) for value, unit in counted if unit == "year" or value * counting.YEARS.get(unit, 0) < IN_MONTHS
    ]
    told = next((value * counting.YEARS[unit] for value, unit in counted if unit in counting.YEARS), None)
    if told is None:
        bare = counting.numbers(message, hits)
        half = 0.5 if bare and counting.half_after(hits, bare[0][0]) else 0
        told = bare[0][1] + half if bare else None
    return counting.possible_age(told) if told is not None else None


def days(text: str, language: str) -> float | None:
    """The answer to "since when?", in days: "3 days", "since Monday", "a month and a half"; a bare number counts days."""
    message = tokens(text)
    hits = meant.longest(lexicon(language).find(message))
    found = [value * counting.DAYS[unit] for value, unit in counting.amounts(message, hits)] + counting.spans(hits)
    return max(found) if found else number(text, language)


def severity(text: str, language: str) -> float | None:
    """The answer to "how bad, from 0 to 10?"; figures count before words: "bearable, a 4". Of "3 or 4" the higher."""
    message = tokens(text)
    hits = meant.longest(lexicon(language).find(message))
    scale = {place for hit in hits if counting.is_of(hit, "severity") for place in hit.places}
    figures = [
        value
        for place, value in counting.numbers(message, hits)
        if not counting.has_unit(hits, place) and place not in scale
    ]
    stated = meant.severity(message, hits, context.Context(message, hits))
    if not figures or max(figures) > MOST_SEVERE:
        return stated
    return max(figures) if counting.out_of_ten(message, hits) is None else stated


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
        if against is None or (against == context.PAST and _lasts(hit)):  # "diabetic, eight years now" is no past
            known[name] = True
        elif against == context.NEGATED:
            known.setdefault(name, False)
    return known


def _lasts(hit: Hit) -> bool:
    return counting.is_of(hit, "findings") and hit.concept.partition(" ")[2] in findings.lasting()


def _codes(hits: Sequence[Hit], section: str, there: context.Context) -> tuple[str, ...]:
    codes = [
        hit.concept.partition(" ")[2] for hit in hits if counting.is_of(hit, section) and there.against(hit.places) is None
    ]
    return tuple(dict.fromkeys(codes))
