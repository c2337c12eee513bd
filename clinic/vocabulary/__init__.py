"""The clinic's words in every language: `<language>.yml` beside this module, and how words are compared.

Sections map a code to the phrases for it (`specialties`, `relations`, `languages`, `genders`) or list phrases
(`any_practitioner`, `any_time`, `more`, `name_cues`, `titles`, `skip` and others).
Written naturally; compared in normal form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

import yaml

from clinic.settings import settings

FOLDER = Path(__file__).resolve().parent

_FOLDED = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ی": "ي", "ک": "ك",
        "ـ": None, "ё": "е", "ß": "ss", "ı": "i", "ø": "o", "æ": "ae", "’": "'", "`": "'",
    }
)  # fmt: skip
_KEPT_MARKS = {"\u0306"}  # й is и with a breve: another letter, not an accent
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]")
# Latin, Cyrillic, Arabic, punctuation and emoji without marks that join the character before: their normal form is that
# of each character by itself. Everything patients write but vowelled Arabic and accents typed apart.
_BY_CHARACTER = re.compile(
    "[\x00-\u017f\u0400-\u0482\u048a-\u04ff\u060c\u061b\u061f\u0621-\u064a\u0660-\u066f\u0671-\u06d3"
    "\u200b-\u2027\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]*"
)


class _Characters(dict[int, str]):
    """Normal forms by code point, each made when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = normal = _in_full(chr(code))
        return normal


_CHARACTERS = _Characters()


def normalise(text: str) -> str:
    """`text` as words are compared: lower case, one alphabet shape, no accents, tashkeel, tatweel or invisible marks.

    NFKC first (presentation forms, full width); umlauts and accents fold to the base letter; Arabic alef, ya,
    ta marbuta and hamza seats fold together; ё is е; digits of every script become ASCII.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    if _BY_CHARACTER.fullmatch(text):
        return text.translate(_CHARACTERS)
    return _in_full(text)


def _in_full(text: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_FOLDED)
    letters = []
    for char in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(char) or char in _KEPT_MARKS:
            letters.append(str(unicodedata.digit(char, char)) if char.isdigit() else char)
    return unicodedata.normalize("NFC", "".join(letters)).translate(_FOLDED)


class VocabularyError(Exception):
    """A vocabulary file is missing or has the wrong shape."""


@lru_cache(maxsize=16)
def load(language: str) -> Mapping[str, Any]:
    """The whole vocabulary of a language as written."""
    path = FOLDER / f"{language}.yml"
    if not path.exists():
        raise VocabularyError(f"clinic/vocabulary/{language}.yml is missing: add it before adding the language")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise VocabularyError(f"clinic/vocabulary/{language}.yml must map sections to words")
    return content


@lru_cache(maxsize=128)
def coded(section: str, language: str) -> Mapping[str, str]:
    """Normalised phrase → code, for a section that maps codes to phrases."""
    entries = load(language).get(section) or {}
    return {normalise(str(phrase)): str(code) for code, phrases in entries.items() for phrase in phrases}


@lru_cache(maxsize=128)
def phrases(section: str, language: str) -> frozenset[str]:
    """The normalised phrases of a section that is a plain list."""
    return frozenset(normalise(str(phrase)) for phrase in load(language).get(section) or [])


def _bare(text: str) -> str:
    """`text` in normal form without punctuation and the polite words around an answer."""
    polite = {word for language in settings().languages for word in phrases("polite", language)}
    words = [word for word in re.split(r"[\s,.!؛،]+", normalise(text)) if word]
    return " ".join(word for word in words if word not in polite) or " ".join(words)


def is_one_of(section: str, text: str) -> bool:
    """Whether `text` as a whole, politeness aside, is one of the section's phrases in any of the clinic's languages."""
    whole = _bare(text)
    return any(whole in phrases(section, language) for language in settings().languages)


def code_of(section: str, text: str) -> str | None:
    """The code that `text` as a whole stands for, in any of the clinic's languages; politeness around it is ignored."""
    whole = _bare(text)
    return next((codes[whole] for codes in (coded(section, code) for code in settings().languages) if whole in codes), None)


def matches(section: str, text: str) -> bool:
    """Whether `text` as a whole is one of the section's phrases in any of the clinic's languages."""
    whole = normalise(text).strip(" .!?،؟,")
    return any(whole in phrases(section, language) for language in settings().languages)


@lru_cache(maxsize=128)
def _pattern(section: str, language: str) -> re.Pattern[str]:
    longest_first = sorted(phrases(section, language), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def mentions(section: str, text: str) -> bool:
    """Whether one of the section's phrases, of any of the clinic's languages, stands somewhere in `text`."""
    whole = normalise(text)
    return any(_pattern(section, language).search(whole) for language in settings().languages if phrases(section, language))


def without_leading(sections: tuple[str, ...], text: str) -> str:
    """`text` without a phrase of one of the sections at its beginning ("my name is Anna" → "Anna")."""
    words = text.split()
    listed = {phrase for section in sections for language in settings().languages for phrase in phrases(section, language)}
    for length in range(min(6, len(words) - 1), 0, -1):
        if normalise(" ".join(words[:length])).strip(" :,.") in listed:
            return " ".join(words[length:]).lstrip(" :,-")
    return text
