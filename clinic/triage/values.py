"""Numbers of a message that are measured values, as the danger screen needs them: oxygen, sugar, pulse, temperature.

Which numbers mean which concept stands in `danger/values.yml`, with its sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clinic import yamlfile
from clinic.triage.lexicon import Hit
from clinic.triage.tokens import Token

FILE = Path(__file__).with_name("danger") / "values.yml"
# How many words behind its word a number may stand: "sats are down to 87".
NEAR = 4
NOT_MEASURED, NUMBERED = "not_measured", "numbered"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ONE_DECIMAL = re.compile(r"\d+[.,]\d")

Range = tuple[float, float]


@dataclass(frozen=True)
class Value:
    """One kind of measured value: the concept that names it (None: it needs no name), and what its numbers mean."""

    word: str | None
    before: bool
    most: float
    means: Mapping[str, tuple[Range, ...]]


@lru_cache(maxsize=1)
def kinds() -> tuple[Value, ...]:
    """What `danger/values.yml` lists."""
    return tuple(
        Value(
            None if entry.get("alone") else entry["word"],
            bool(entry.get("before")),
            float(entry["most"]),
            {concept: tuple((float(low), float(high)) for low, high in rows) for concept, rows in entry["means"].items()},
        )
        for entry in yamlfile.load(FILE).values()
    )


@lru_cache(maxsize=1)
def helpers() -> frozenset[str]:
    """Concepts that only help to count: nothing for a model to weigh, "day" and "year" stand in every other message."""
    return frozenset({kind.word for kind in kinds() if kind.word} | {NOT_MEASURED, NUMBERED})


def numbers(message: Sequence[Token], hits: Iterable[Hit]) -> dict[int, float]:
    """The numbers that may be measured values, by their places; `hits` are those of all languages: "sugar 26 Wochen".

    A single figure that letters follow is a letter of romanised Arabic ("2at3o").
    """
    found = {
        place: float(token.text.replace(",", "."))
        for place, token in enumerate(message)
        if _NUMBER.fullmatch(token.text) and not (token.joined and len(token.text) == 1)
    }
    if found:
        for hit in hits:
            if hit.concept in (NOT_MEASURED, NUMBERED):
                found.pop(hit.first - 1 if hit.concept == NOT_MEASURED else hit.last + 1, None)
    return found


def measured(message: Sequence[Token], hits: Sequence[Hit], numbers: Mapping[int, float]) -> list[Hit]:
    """A hit for each concept that a measured number of the message stands for, by the words of one language."""
    return [
        Hit(concept, places, measured=True)
        for kind in (kinds() if numbers else ())
        for places, number in _of(kind, message, hits, {at: one for at, one in numbers.items() if one <= kind.most})
        for concept, ranges in kind.means.items()
        if any(low <= number < high for low, high in ranges)
    ]


def _of(
    kind: Value, message: Sequence[Token], hits: Sequence[Hit], numbers: Mapping[int, float]
) -> Iterator[tuple[tuple[int, ...], float]]:
    """The places of each value of a kind, its word's included, and its number."""
    if kind.word is None:
        yield from (((at,), number) for at, number in numbers.items() if _ONE_DECIMAL.fullmatch(message[at].text))
    for word in hits:
        place = _place(kind, message, word, numbers) if word.concept == kind.word else None
        if place is not None:
            yield tuple(sorted((*word.places, place))), numbers[place]


def _place(kind: Value, message: Sequence[Token], word: Hit, numbers: Mapping[int, float]) -> int | None:
    """Place of the first number behind the word ("SpO2: 87", or in its clause); else of one right before it."""
    clause = message[word.last].clause
    behind = range(word.last + 1, min(word.last + 1 + NEAR, len(message)))
    near = [at for at in behind if at in numbers and (at == word.last + 1 or message[at].clause == clause)]
    before = [word.first - 1] if kind.before and word.first - 1 in numbers else []
    return next(iter(near + before), None)
