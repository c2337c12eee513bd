"""A message in small pieces (numbers, words, signs) with their places, and phrases looked up among them.

Quicker than a tokenizer made for sentences: extractors of numbers and names look at every message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from clinic.vocabulary import normalise

LONGEST_TEXT = 1500
_PIECE = re.compile(r"\d+(?:[.,٫]\d+)?|(?<=\d)[a-z]+|[a-z][a-z\d']*|[^\W\d_]+|[^\s\w]|_")
# Romanised Arabic begins words with digits: 7arara, 3ala
_ROMANISED = re.compile(r"(?<!\w)[2-9](?!kilo|kgs?\b|mmol|cm\b)[a-z][a-z\d']{2,}|" + _PIECE.pattern)
_ARABIC_SUFFIXES = ("ها", "هم", "كم", "نا", "ي", "ه", "ك", "و")
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ف", "ل", "ع")


@dataclass(frozen=True)
class Piece:
    """A number, a word or a sign in normal form with its place in the original."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    return normalise(char)


def cut(text: str, romanised: bool = False) -> List[Piece]:
    """The pieces of `text`; `romanised` keeps the leading digits of Arabic words in Latin letters."""
    letters: List[str] = []
    places: List[int] = []
    for place, char in enumerate(text[:LONGEST_TEXT]):
        for letter in _letter(char) or ():
            letters.append(letter)
            places.append(place)
    pattern = _ROMANISED if romanised else _PIECE
    return [
        Piece(found.group(), places[found.start()], places[found.end() - 1] + 1)
        for found in pattern.finditer("".join(letters))
    ]


@lru_cache(maxsize=8192)
def forms(word: str) -> Tuple[str, ...]:
    """`word`, and for Arabic what is left of it without article, conjunction and possessive."""
    if not "\u0600" <= word[:1] <= "\u06ff":
        return (word,)
    bare = [word, *(word[len(p) :] for p in _ARABIC_PREFIXES if word.startswith(p) and len(word) - len(p) >= 3)]
    owned = [form[: -len(s)] for form in bare for s in _ARABIC_SUFFIXES if form.endswith(s) and len(form) - len(s) >= 2]
    # حرارته is حرارة with "his"
    joined = [form[:-1] + "ه" for form in owned if form.endswith("ت")]
    return tuple(dict.fromkeys((*bare, *owned, *joined)))


class Phrases:
    """Phrases with their codes; a star at the end of a word stands for any ending."""

    def __init__(self, coded: Mapping[str, str], clitics: bool = True) -> None:
        """`clitics`: whether Arabic words count with article and possessive too (اليوم, today, is no يوم, day)."""
        self._clitics = clitics
        self._exact: Dict[Tuple[str, ...], str] = {}
        self._beginnings: Dict[str, str] = {}
        for phrase, code in coded.items():
            if phrase.endswith("*"):
                self._beginnings[normalise(phrase[:-1])] = code
            else:
                self._exact[tuple(piece.text for piece in cut(phrase, romanised=True))] = code
        self._longest = max(map(len, self._exact), default=1)
        self._first = {key[0] for key in self._exact if key}

    def at(self, pieces: Sequence[Piece], index: int) -> Optional[Tuple[str, int]]:
        """Code and length of the longest phrase that begins at `index`."""
        if index >= len(pieces):
            return None
        for form in forms(pieces[index].text) if self._clitics else (pieces[index].text,):
            if form in self._first:
                rest = tuple(piece.text for piece in pieces[index + 1 : index + self._longest])
                for length in range(len(rest), -1, -1):
                    code = self._exact.get((form, *rest[:length]))
                    if code is not None:
                        return code, length + 1
        word = pieces[index].text
        for length in range(3, len(word) + 1) if self._beginnings else ():
            if word[:length] in self._beginnings:
                return self._beginnings[word[:length]], 1
        return None
