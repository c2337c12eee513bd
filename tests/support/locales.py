"""The files of `locales/` as tests look at them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from clinic import texts

GAP = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=8)
def responses(language: str) -> dict[str, list[dict[str, Any]]]:
    """key → variations."""
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load((texts.FOLDER / f"{language}.yml").read_text("utf-8"))[
        "responses"
    ]
    return found


def variations(language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, variation) of everything."""
    for key, listed in responses(language).items():
        for variation in listed:
            yield key, variation


def gaps(text: str) -> list[str]:
    """The placeholders of a text."""
    return sorted(set(GAP.findall(text)))
