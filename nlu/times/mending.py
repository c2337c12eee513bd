"""Words of time that are misspelt, written as they sound or in Latin letters are put right (`times_spellings.yml`)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Pattern, Tuple

import yaml
from rapidfuzz.distance import OSA

from nlu.times.folding import Folded, plain, replaced

FILE = Path(__file__).resolve().parent.parent / "times_spellings.yml"
REMEMBERED = 20_000
# Shorter words are too near to too many others; longer ones forgive two slips.
SHORTEST, LONG = 5, 9
_WORD = re.compile(r"[^\W\d_]{5,}")
_LATIN = re.compile(r"[a-z]")
_LATIN_WORD = re.compile(r"(?<!\w)[a-z']+(?!\w)")
# One letter in Cyrillic for two to four in Latin: "shch=щ".
_SOUNDS = """shch=щ sch=щ sh=ш ch=ч zh=ж kh=х ts=ц tz=ц ya=я ja=я ia=я yu=ю ju=ю iu=ю yo=е jo=е ye=е je=е
iy=ий yy=ый ey=ей ay=ай oy=ой uy=уй ej=ей ij=ий oj=ой"""
_CYRILLIC: Dict[str, str] = {
    **dict(zip("abcdefghijklmnopqrstuvwxyz'", "абцдефгхийклмнопкрстуввкызь", strict=True)),
    **dict(pair.split("=") for pair in _SOUNDS.split()),
}
_SOUND = re.compile("|".join(sorted(_CYRILLIC, key=len, reverse=True)))


class _Spellings:
    """Right forms with their other wordings, looked for in one pass."""

    def __init__(self, spelt: Mapping[str, str]) -> None:
        self._right = [plain(right) for right in spelt]
        wordings = "|".join(f"({plain(said)})" for said in spelt.values()) or "(?!)"
        self._pattern = re.compile(rf"(?<!\w)(?:{wordings})(?!\w)")

    def mend(self, folded: Folded) -> Folded:
        """The text with the right forms."""
        return replaced(folded, self._pattern, lambda match: self._right[(match.lastindex or 1) - 1])


class Mender:
    """Puts the words of one language right."""

    def __init__(self, language: str, spellings: Mapping[str, Any], knows: Callable[[str], bool]) -> None:
        """`knows` says of a word whether the grammar reads it as it is."""
        self._words: List[str] = [plain(word) for word in spellings.get("words", ())]
        self._right = {plain(word) for word in spellings.get("right", ())} | set(self._words)
        self._sounds = _Spellings(spellings.get("sounds", {}))
        self._has_latin = "latin" in spellings
        self._latin = _Spellings(spellings.get("latin", {}))
        self._cyrillic = language == "ru"
        self._knows = knows
        # the same words come again and again: comparing each once is enough
        self._meant: Dict[str, str] = {}

    def mend(self, folded: Folded) -> Folded:
        """The text with its words of time put right."""
        if self._has_latin and _LATIN.search(folded.text):
            folded = self._latin.mend(folded)
            if self._cyrillic:
                folded = replaced(folded, _LATIN_WORD, lambda match: _in_cyrillic(match.group()))
        folded = self._sounds.mend(folded)
        return replaced(folded, _WORD, lambda match: self._meaning(match.group()))

    def _meaning(self, word: str) -> str:
        if word not in self._meant:
            if len(self._meant) >= REMEMBERED:
                self._meant.clear()
            self._meant[word] = self._nearest(word)
        return self._meant[word]

    def _nearest(self, word: str) -> str:
        """The word that this one is a slip of; itself when it is none."""
        if word in self._right or self._knows(word):
            return word
        nearest = word, LONG
        for known in self._words:
            most = 0 if len(known) < SHORTEST else 1 if min(len(word), len(known)) < LONG else 2
            distance = OSA.distance(word, known, score_cutoff=most)
            if word[0] == known[0] and distance <= most and distance < nearest[1]:
                nearest = known, distance
        return nearest[0]


@lru_cache(maxsize=REMEMBERED)
def _in_cyrillic(word: str) -> str:
    return _SOUND.sub(lambda match: _CYRILLIC[match.group()], word)


@lru_cache(maxsize=1)
def spellings() -> Mapping[str, Mapping[str, Any]]:
    """The whole of `nlu/times_spellings.yml`."""
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _marks() -> List[Tuple[str, Pattern[str]]]:
    marked = [(code, spelt["marks"]) for code, spelt in spellings().items() if "marks" in spelt]
    return [(code, re.compile(rf"(?<!\w)(?:{marks})(?!\w)", re.IGNORECASE)) for code, marks in marked]


def tongue_of(text: str, language: str) -> str:
    """The language whose days `text` names in Latin letters; `language` when it shows none."""
    return next((code for code, marks in _marks() if code != language and marks.search(text)), language)
