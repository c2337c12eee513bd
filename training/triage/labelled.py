"""The danger screen on the labelled messages of tests/triage/messages, written by people who never saw its patterns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from clinic.settings import PROJECT
from clinic.triage.screen import NONE, screen

FOLDER = PROJECT / "tests" / "triage" / "messages"
EMERGENCY, NEAR_MISS = "emergency", "near_miss"
# The gate of every language.
LEAST_RECALL, MOST_FALSE_ALARMS = 0.97, 0.03


@dataclass(frozen=True)
class Message:
    """A message with its label; `about` is its sign (emergency) or why it is none (near miss)."""

    language: str
    voice: str
    label: str
    about: str
    text: str


@dataclass(frozen=True)
class Judged:
    """A message and the level that was found."""

    message: Message
    level: str
    why: tuple[str, ...]

    @property
    def right(self) -> bool:
        """An emergency is seen at any level; a near miss is left alone."""
        return (self.level != NONE) == (self.message.label == EMERGENCY)


def messages(folder: Path = FOLDER) -> list[Message]:
    """All labelled messages: files `<language>_<voice>.yml`."""
    found = []
    for path in sorted(folder.glob("*_*.yml")):
        language, voice = path.stem.split("_")
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [Message(language, voice, EMERGENCY, one["sign"], one["text"]) for one in content[EMERGENCY]]
        found += [Message(language, voice, NEAR_MISS, one["why"], one["text"]) for one in content[NEAR_MISS]]
    return found


def by_screen(message: Message) -> Judged:
    """The verdict of the screen alone."""
    found = screen(message.text)
    words = [f"{one.sign}: {' '.join(one.words)}" for one in found.findings if one.discounted is None]
    return Judged(message, found.level, tuple(words))


def judged(judge: Callable[[Message], Judged] = by_screen, folder: Path = FOLDER) -> list[Judged]:
    """All messages with their verdicts."""
    return [judge(message) for message in messages(folder)]


def recall(found: Sequence[Judged]) -> float:
    """Share of the emergencies that were seen."""
    emergencies = [one for one in found if one.message.label == EMERGENCY]
    return sum(one.right for one in emergencies) / len(emergencies)


def false_alarms(found: Sequence[Judged]) -> float:
    """Share of the near misses that were taken for emergencies."""
    near = [one for one in found if one.message.label == NEAR_MISS]
    return sum(not one.right for one in near) / len(near)
