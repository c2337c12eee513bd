"""The written examples of the language data, read without Rasa: quick enough for a unit test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clinic.settings import PROJECT

# [next tuesday](time), [my son]{"entity": "relation", …}
_MARKUP = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Example:
    """One message with the intent (or topic) and the language that its file says."""

    path: Path
    label: str
    language: str | None
    text: str


def load(path: Path) -> Any:
    """A YAML file, by the fast reader where there is one."""
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def plain(text: str) -> str:
    """`text` without entity markup."""
    return _MARKUP.sub(r"\1", text).strip()


def of(path: Path) -> Iterator[Example]:
    """All examples of a file in Rasa's NLU format."""
    for block in load(path).get("nlu") or []:
        language = (block.get("metadata") or {}).get("language")
        for line in block["examples"].splitlines():
            if line.strip():
                yield Example(path, block["intent"], language, plain(line.removeprefix("- ")))


def training() -> list[Example]:
    """Everything the model is trained on."""
    return [example for path in sorted((PROJECT / "data" / "nlu").rglob("*.yml")) for example in of(path)]


def held_out() -> list[Example]:
    """What the model is measured on: tests/nlu, and what the patients of tests/conversations write."""
    found = [example for path in sorted((PROJECT / "tests" / "nlu").glob("*.yml")) for example in of(path)]
    for path in sorted((PROJECT / "tests" / "conversations").glob("*.yml")):
        for story in load(path)["stories"]:
            for step in story["steps"]:
                if "user" in step:
                    found.append(Example(path, str(step.get("intent")), None, plain(step["user"])))
    return [example for example in found if not example.text.startswith("/")]
