"""A text that is too long for one bubble is cut where it reads best; nothing of it is lost."""

from __future__ import annotations

import unicodedata

from connectors.whatsapp.outbound.limits import TEXT

# Where a text may be cut, best first.
_PARAGRAPHS, _LINES = ("\n\n",), ("\n",)
_SENTENCES = (". ", "! ", "? ", "؟ ", "۔ ", "。", "… ")
_CUTS = (_PARAGRAPHS, _LINES, _SENTENCES, ("; ", ": ", "؛ ", "، ", ", "), (" ",))
# "Dr. Amal", "z. B.", "15. März": a full stop after so few letters or digits seldom ends a sentence.
_SHORT = 3


def split_text(text: str, limit: int = TEXT) -> list[str]:
    """`text` in parts of at most `limit`, cut after a paragraph, a line, a sentence, else between words."""
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in [*parts, rest] if part]


def _cut(text: str, limit: int) -> int:
    window = text[:limit]
    for marks in _CUTS:
        # Not in the first third: a part should be worth a bubble.
        ends = [at + len(mark) for mark in marks if (at := _last(window, mark)) > limit // 3]
        if ends:
            return max(ends)
    cut = limit
    while cut > 1 and _is_one(text[cut - 1], text[cut]):
        cut -= 1
    # One endless cluster is cut in the middle after all: a part has to fit.
    return cut if cut > 1 else limit


def _last(window: str, mark: str) -> int:
    """Where `mark` last stands; a full stop that is more than an abbreviation's where there is one."""
    at = window.rfind(mark)
    if mark != ". ":
        return at
    earlier = at
    while earlier > len(window) // 3:
        words = window[:earlier].split()
        if words and len(words[-1].strip("(\"'„«")) > _SHORT:
            return earlier
        earlier = window.rfind(mark, 0, earlier)
    return at


def _is_one(before: str, after: str) -> bool:
    """Do these belong together? No letter loses its accents, no emoji its colour."""
    return (
        unicodedata.combining(after) > 0
        or after in "\u200d\ufe0f\u20e3"
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
