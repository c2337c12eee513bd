"""Finds the clinic's words in a message: exact in normal form, with Arabic clitics off, then with typos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import AbstractSet, Dict, List, Mapping, Sequence, Tuple

from rapidfuzz.distance import OSA

from nlu.text import Word, words

Phrase = Tuple[str, ...]
REMEMBERED = 20_000


@dataclass(frozen=True)
class Found:
    """A phrase in a text: its words' places in the token list, its span, its code."""

    first: int
    last: int
    start: int
    end: int
    code: str
    exact: bool


def allowed_typos(word: str) -> int:
    """How many edits a word of this length forgives: none below 6 letters, two from 10."""
    return 0 if len(word) < 6 else 1 if len(word) < 10 else 2


class PhraseBook:
    """Phrases of one language with their codes, looked up longest first."""

    def __init__(self, coded: Mapping[str, str], language: str, right: AbstractSet[str] = frozenset()) -> None:
        """`right` are words that are spelt right though they look like a phrase with a typo."""
        self._right = right
        self._phrases: Dict[Phrase, str] = {}
        for phrase, code in coded.items():
            self._phrases[tuple(word.norm for word in words(phrase, language))] = code
        # The most words of a phrase that begins with a word: most words begin none.
        self._longest: Dict[str, int] = {}
        for first, *more in filter(None, self._phrases):
            self._longest[first] = max(1 + len(more), self._longest.get(first, 0))
        # the same words come again and again: comparing each with every phrase once is enough
        self._meant: Dict[str, str | None] = {}
        # Single words that forgive a typo, by their first letter, which is never wrong.
        self._single: Dict[str, List[Tuple[str, str, int]]] = {}
        for known, code in self._phrases.items():
            if len(known) == 1 and (most := allowed_typos(known[0])):
                self._single.setdefault(known[0][0], []).append((known[0], code, most))

    def find(self, tokens: Sequence[Word]) -> List[Found]:
        """All phrases in `tokens`, left to right, the longest at each place, without overlaps."""
        found: List[Found] = []
        position = 0
        while position < len(tokens):
            # Nearly every word begins no phrase and is known to be no typo of one.
            norm, stem = tokens[position].norm, tokens[position].stem
            begins_none = norm not in self._longest and stem not in self._longest
            if begins_none and self._meant.get(norm, "") is None and self._meant.get(stem, "") is None:
                position += 1
                continue
            match = self._at(tokens, position)
            if match:
                found.append(match)
                position = match.last
            position += 1
        return found

    def _at(self, tokens: Sequence[Word], position: int) -> Found | None:
        first = tokens[position]
        longest = max(self._longest.get(first.norm, 0), self._longest.get(first.stem, 0))
        for length in range(min(longest, len(tokens) - position), 0, -1):
            window = tokens[position : position + length]
            rest = tuple(word.norm for word in window[1:])
            for key in ((first.norm, *rest), (first.stem, *rest)):
                if key in self._phrases:
                    return self._found(tokens, position, length, self._phrases[key], True)
        return self._misspelt(tokens, position)

    def _misspelt(self, tokens: Sequence[Word], position: int) -> Found | None:
        word = tokens[position]
        for form in {word.norm, word.stem}:
            if form not in self._meant:
                if len(self._meant) >= REMEMBERED:
                    self._meant.clear()
                self._meant[form] = self._nearest(form)
            code = self._meant[form]
            if code is not None:
                return self._found(tokens, position, 1, code, False)
        return None

    def _nearest(self, form: str) -> str | None:
        """The code of the first single word that `form` may be a typo of."""
        own = allowed_typos(form)
        if not own or form in self._right or not form.isalpha():
            return None
        for known, code, forgiven in self._single.get(form[0], ()):
            most = min(own, forgiven)
            if abs(len(known) - len(form)) <= most and OSA.distance(form, known, score_cutoff=most) <= most:
                return code
        return None

    @staticmethod
    def _found(tokens: Sequence[Word], position: int, length: int, code: str, exact: bool) -> Found:
        last = position + length - 1
        return Found(position, last, tokens[position].start, tokens[last].end, code, exact)
