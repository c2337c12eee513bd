"""Messages that are nothing but an amount, as an answer to a question is."""

from __future__ import annotations

from clinic.triage.reading import lexicon
from clinic.triage.tokens import tokens

# What an amount is made of, beside digits.
SECTIONS, LONGEST = frozenset(("units", "old", "since", "ago", "often", "age", "numbers")), 30


def is_amount(text: str, language: str) -> bool:
    """Whether `text` is a number with its unit and no more: "40 years", "since 3 days", "39,5"."""
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return False
    message = tokens(text)
    hits = (hit for hit in lexicon(language).find(message) if hit.concept.partition(" ")[0] in SECTIONS)
    named = {place for hit in hits for place in hit.places}
    return all(place in named or any(map(str.isdigit, token.text)) for place, token in enumerate(message))
