"""What the clinic says outside a conversation with the model, from `locales/<language>.yml` (Rasa's `responses:`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import yaml

from clinic.settings import PROJECT, settings

FOLDER = PROJECT / "locales"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class TextError(LookupError):
    """A language, a text or the value of a placeholder is missing; the message says which."""


@lru_cache(maxsize=16)
def _texts(language: str) -> Mapping[str, str]:
    """key → text of the first variation of each response."""
    path = FOLDER / f"{language}.yml"
    if not path.exists():
        raise TextError(f"locales/{language}.yml is missing")
    responses = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses") or {}
    return {key: str(variations[0].get("text") or "") for key, variations in responses.items() if variations}


def text(key: str, language: str | None, **params: object) -> str:
    """The text of a response with its {placeholders} filled; no language means the clinic's default.

    Raises TextError when the language's file, the key or a placeholder's value is missing.
    """
    language = language or settings().default_language
    try:
        raw = _texts(language)[key]
    except KeyError:
        raise TextError(f"locales/{language}.yml has no {key}") from None
    missing = sorted({name for name in _PLACEHOLDER.findall(raw) if name not in params})
    if missing:
        raise TextError(f"{key} in locales/{language}.yml wants {', '.join(missing)}")
    return _PLACEHOLDER.sub(lambda match: str(params[match[1]]), raw)
