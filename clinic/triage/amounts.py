"""Messages that are nothing but an amount, as an answer to a question is."""

from __future__ import annotations

from clinic.triage.reading import counting_words, words_around
from clinic.triage.tokens import tokens

# What an amount is made of, beside digits and the words that people put around it ("maybe", "he is").
SECTIONS, LONGEST = frozenset(("units", "amounts", "half", "old", "since", "ago", "often", "age", "numbers")), 40


def is_amount(text: str, language: str) -> bool:
    """Whether `text` is a number with its unit and no more: "40 years", "since 3 days maybe", "39,5"."""
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return False
    message = tokens(text)
    named = {place for hit in counting_words(language, SECTIONS).find(message) for place in hit.places}
    around = words_around(language)
    return all(
        place in named or token.text in around or any(map(str.isdigit, token.text)) for place, token in enumerate(message)
    )
