"""What the clinic answers in languages that it does not speak: `locales/other/unspoken.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Mapping

import yaml

from clinic.settings import PROJECT

FILE = PROJECT / "locales" / "other" / "unspoken.yml"


@dataclass(frozen=True)
class Answer:
    """The words, and the title of the button for a person."""

    text: str
    button: str


@lru_cache(maxsize=1)
def _answers() -> Mapping[str, Answer]:
    return {code: Answer(**entry) for code, entry in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}


def answer(language: str) -> Answer | None:
    """The answer in `language`, None where we have none."""
    return _answers().get(language)
