"""The normal form of a text, with the way back to the places in the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, List, Pattern, Tuple

from clinic.vocabulary import normalise

REMEMBERED = 20_000
_CLUSTER = re.compile(r"\s|\S[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*")


@dataclass(frozen=True)
class Folded:
    """A normal form, and for each of its characters the span in the original that it stands for."""

    text: str
    spans: Tuple[Tuple[int, int], ...]

    def original(self, start: int, end: int) -> Tuple[int, int]:
        """The span in the original of a stretch of the normal form."""
        return self.spans[start][0], self.spans[end - 1][1]


def fold(text: str) -> Folded:
    """`text` in normal form."""
    if text.isascii():  # letter for letter
        return Folded(text.translate(_ASCII), tuple(zip(range(len(text)), range(1, len(text) + 1), strict=True)))
    letters: List[str] = []
    spans: List[Tuple[int, int]] = []
    place = 0
    for cluster in _CLUSTER.findall(text):
        normal, behind = _normal(cluster), place + len(cluster)
        letters.append(normal)
        spans += [(place, behind)] * len(normal)
        place = behind
    return Folded("".join(letters), tuple(spans))


@lru_cache(maxsize=REMEMBERED)
def _normal(cluster: str) -> str:
    return "".join(" " if letter.isspace() and letter != "\n" else letter for letter in normalise(cluster))


_ASCII = {code: _normal(chr(code)) for code in range(128)}


def replaced(folded: Folded, pattern: Pattern[str], new_of: Callable[[re.Match[str]], str]) -> Folded:
    """The text with the words of each match changed to `new_of` it, the places in the original kept."""
    matches = [(match, new_of(match)) for match in pattern.finditer(folded.text)]
    changes = [(match, new) for match, new in matches if new != match.group()]
    if not changes:
        return folded
    text, spans = folded.text, list(folded.spans)
    for match, new in reversed(changes):
        begin, end = match.span()
        old = spans[begin:end] or [spans[min(begin, len(spans) - 1)]]
        inner = [old[min(place, len(old) - 1)] if place < len(new) - 1 else old[-1] for place in range(len(new))]
        text, spans = text[:begin] + new + text[end:], spans[:begin] + inner + spans[end:]
    return Folded(text, tuple(spans))


def plain(pattern: str) -> str:
    """A regular expression written naturally, with its letters in normal form."""
    if pattern.isascii():
        return pattern
    return "".join(map(_plain, unicodedata.normalize("NFC", pattern)))


@lru_cache(maxsize=REMEMBERED)
def _plain(char: str) -> str:
    return char if char.isascii() else normalise(char) or char
