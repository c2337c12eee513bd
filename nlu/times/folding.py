"""The normal form of a text, with the way back to the places in the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import List, Mapping, Tuple

from clinic.vocabulary import normalise

_CLUSTER = re.compile(r"\s|\S[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*")


@dataclass(frozen=True)
class Folded:
    """A normal form, and for each of its characters the span in the original that it stands for."""

    text: str
    spans: Tuple[Tuple[int, int], ...]

    def original(self, start: int, end: int) -> Tuple[int, int]:
        """The span in the original of a stretch of the normal form."""
        return self.spans[start][0], self.spans[end - 1][1]


def fold(text: str, rewrite: Mapping[str, str]) -> Folded:
    """`text` in normal form, with `rewrite` (pattern → replacement) done on it."""
    letters: List[str] = []
    spans: List[Tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        for letter in normalise(cluster.group()):
            letters.append(" " if letter.isspace() and letter != "\n" else letter)
            spans.append(cluster.span())
    folded = "".join(letters)
    for pattern, new in rewrite.items():
        folded, spans = _replaced(folded, spans, pattern, new)
    return Folded(folded, tuple(spans))


def _replaced(text: str, spans: List[Tuple[int, int]], pattern: str, replacement: str) -> Tuple[str, List[Tuple[int, int]]]:
    for match in reversed(list(re.finditer(pattern, text))):
        begin, end, new = match.start(), match.end(), match.expand(replacement)
        old = spans[begin:end] or [spans[min(begin, len(spans) - 1)]]
        inner = [old[min(place, len(old) - 1)] if place < len(new) - 1 else old[-1] for place in range(len(new))]
        text, spans = text[:begin] + new + text[end:], spans[:begin] + inner + spans[end:]
    return text, spans


def plain(pattern: str) -> str:
    """A regular expression written naturally, with its letters in normal form."""
    composed = unicodedata.normalize("NFC", pattern)
    return "".join(char if char.isascii() else normalise(char) or char for char in composed)
