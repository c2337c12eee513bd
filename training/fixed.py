"""The fixed test sets in tests/nlu/: messages, times and languages, written by people who never saw the training data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from training.examples import Example, load, of

FOLDER = PROJECT / "tests" / "nlu"
# Everything in tests/nlu/times is said at this moment, in Berlin.
SAID_AT = "2026-11-23T09:00:00+01:00"
WORDS_FOR_LANGUAGE = 3


@dataclass(frozen=True)
class TimeCase:
    """What a message's time means: local wall-clock bounds (YYYY-MM-DDTHH:MM, either may be open) and grain."""

    language: str
    text: str
    begins: str | None
    ends: str | None
    grain: str | None


@dataclass(frozen=True)
class LanguageCase:
    """A message and the language it is in."""

    language: str
    text: str
    long: bool


def _paths(folder: Path) -> Iterator[tuple[str, Path]]:
    for code in SUPPORTED_LANGUAGES:
        path = folder / f"{code}.yml"
        if path.exists():
            yield code, path


def messages() -> list[Example]:
    """The labelled messages."""
    return [example for _, path in _paths(FOLDER) for example in of(path)]


def times() -> list[TimeCase]:
    """The messages with a time."""
    return [
        TimeCase(code, str(case["text"]), case["from"], case["to"], case["grain"])
        for code, path in _paths(FOLDER / "times")
        for case in load(path)
    ]


def languages() -> list[LanguageCase]:
    """Messages of the clinic's languages, and (from en.yml) of languages it does not speak."""
    cases = []
    for code, path in _paths(FOLDER / "languages"):
        content = load(path)
        cases += [LanguageCase(code, str(text), True) for text in content["three_or_more"]]
        cases += [LanguageCase(code, str(text), False) for text in content.get("short") or []]
        cases += [LanguageCase(case["language"], str(case["text"]), True) for case in content.get("foreign") or []]
    return cases
