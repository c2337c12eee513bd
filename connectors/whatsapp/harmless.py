"""Typed words stay words: what a patient writes is never taken for one of our own commands."""

from __future__ import annotations

import unicodedata


def harmless(text: str) -> str:
    """Typed words never become a command: Rasa takes any text that begins with "/" for an intent.

    Spaces and invisible characters before the slash do not hide it. Nothing left reads as "?".
    """
    bare = _from_first_visible(text)
    if not bare.startswith(_SLASHES):
        return text if bare else "?"
    while bare.startswith(_SLASHES):
        bare = _from_first_visible(bare[1:])
    return bare or "?"


# The plain slash, and those that a keyboard or a normaliser may turn into one.
_SLASHES = ("/", "\N{FULLWIDTH SOLIDUS}", "\N{FRACTION SLASH}", "\N{DIVISION SLASH}")


def _from_first_visible(text: str) -> str:
    for position, character in enumerate(text):
        if not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc", "Mn"):
            return text[position:]
    return ""
