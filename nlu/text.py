"""Tokens and their normal form: what every component of the pipeline looks at.

spaCy's blank pipelines split (they know clitics, hyphens, abbreviations and emoji per language and need no
download); `clinic.vocabulary.normalise` folds what people leave out or mistype.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import spacy

from clinic.vocabulary import normalise

# Arabic writes "and", "with", "to", "the" onto the word; long ones first.
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ف", "ل", "ع")


class Word(NamedTuple):
    """One token: its span in the original text, its normal form, and the form without Arabic clitics."""

    start: int
    end: int
    norm: str
    stem: str


@lru_cache(maxsize=16)
def _tokenizer(language: str) -> Any:
    tokenizer: Any = spacy.blank(language).tokenizer
    # What else spaCy notes of each new word (its shape, whether it is like a URL) takes as long as splitting, unread here.
    tokenizer.vocab.lex_attr_getters = {}
    return tokenizer


def _stem(norm: str) -> str:
    if "\u0600" <= norm[:1] <= "\u06ff":
        for prefix in _ARABIC_PREFIXES:
            if norm.startswith(prefix) and len(norm) - len(prefix) >= 3:
                return norm[len(prefix) :]
    return norm


def words(text: str, language: str) -> List[Word]:
    """The tokens of `text` that carry something (letters, digits, emoji), in order."""
    return list(_words(text, language))


# Eight components of the pipeline look at each message.
@lru_cache(maxsize=256)
def _words(text: str, language: str) -> Tuple[Word, ...]:
    found = []
    for token in _tokenizer(language)(text):
        written, start = token.text, token.idx
        norm = normalise(written).strip()
        if norm:
            found.append(Word(start, start + len(written), norm, _stem(norm)))
    return tuple(found)


def spelt(text: str, language: str) -> List[Word]:
    """The tokens of `text` with a letter or a figure in them."""
    return [word for word in _words(text, language) if word.norm.isalnum() or any(map(str.isalnum, word.norm))]


def by_initial(tokens: Sequence[Word]) -> Dict[str, List[int]]:
    """The places of `tokens` by the first letter of their normal form and of their stem, each in order."""
    places: Dict[str, List[int]] = {}
    for place, word in enumerate(tokens):
        first, stem = word.norm[0], word.stem[0]
        places.setdefault(first, []).append(place)
        if stem != first:
            places.setdefault(stem, []).append(place)
    return places


def normal_text(text: str, language: str) -> str:
    """`text` as the classifier reads it: normal forms, one space between."""
    return " ".join(word.norm for word in words(text, language))
