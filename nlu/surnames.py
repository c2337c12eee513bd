"""When a bare surname names a doctor: not where it is another word ("im Keller"), also where it is declined («к Петровой»).

The words stand in clinic/vocabulary/surnames.yml.
"""

from __future__ import annotations

from functools import lru_cache
from typing import FrozenSet, Sequence

import yaml

from clinic.vocabulary import FOLDER, normalise
from nlu.text import Word

# Endings of a surname → those of its other cases, in the two alphabets that Russian is written in.
_CASES = {
    "ова": ("овой", "ову"), "ева": ("евой", "еву"), "ина": ("иной", "ину"),
    "ов": ("ова", "ову", "овым", "ове"), "ев": ("ева", "еву", "евым", "еве"), "ин": ("ина", "ину", "иным", "ине"),
    "ский": ("ского", "скому", "ским", "ском"), "ская": ("ской", "скую"),
    "ova": ("ovoj", "ovoi", "ovoy", "ovu"), "eva": ("evoj", "evoi", "evoy", "evu"),
    "ov": ("ova", "ovu", "ovym"), "ev": ("eva", "evu", "evym"),
    "а": ("ы", "е", "у", "ой"), "ь": ("я", "ю", "ем", "е"),
}  # fmt: skip
_CONSONANT_CASES = ("а", "у", "ом", "е")
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"


@lru_cache(maxsize=64)
def _listed(kind: str, language: str) -> FrozenSet[str]:
    content = yaml.safe_load((FOLDER / "surnames.yml").read_text(encoding="utf-8"))
    return frozenset(normalise(word) for word in (content.get(language) or {}).get(kind) or [])


@lru_cache(maxsize=1024)
def declined(family: str) -> FrozenSet[str]:
    """The other cases of a surname in normal form; empty where nothing is declined."""
    for ending, others in _CASES.items():
        if family.endswith(ending):
            return frozenset(family[: -len(ending)] + other for other in others)
    if family[-1:] in tuple(_CONSONANTS):
        return frozenset(family + case for case in _CONSONANT_CASES)
    return frozenset()


def is_declined_here(before: Sequence[Word], language: str) -> bool:
    """Whether the word before asks for a case: without one, "Соколова" may be a patient of that name."""
    return bool(before) and before[-1].norm in _listed("cases", language)


def names_a_person(text: str, tokens: Sequence[Word], index: int, family: str, language: str) -> bool:
    """Whether the bare surname at `index` is a person's name and no other word of the language."""
    before = tokens[index - 1].norm if index else ""
    if before in _listed("never", language):
        return False
    if family not in _listed("words", language) or before in _listed("toward", language):
        return True
    letter = text[tokens[index].start]
    # Arabic has no capitals
    written_as_name = letter.isupper() or letter.lower() == letter.upper() or len(tokens) <= 2
    return written_as_name and before not in _listed("articles", language)
