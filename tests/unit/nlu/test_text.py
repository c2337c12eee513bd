"""Words: their places in the original, their normal form, their stem without Arabic clitics."""

from __future__ import annotations

import pytest

from clinic.settings import SUPPORTED_LANGUAGES
from nlu.text import by_initial, normal_text, spelt, words


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "I don't need Dr. Weber's 15:30 slot 👍",
        "HNO-Arzt für  meine\nTochter",
        "وللأطفالِ بالعيـــادة",
        "к д-ру Ёлкиной!",
        "",
        "   ",
        "…",
    ],
)
def test_places_point_into_the_original(text: str, language: str) -> None:
    found = words(text, language)
    assert all(text[word.start : word.end].strip() for word in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
    covered = {place for word in found for place in range(word.start, word.end)}
    assert all(place in covered for place, char in enumerate(text) if char.isalnum())


@pytest.mark.parametrize(
    ("language", "text", "stems"),
    [
        ("ar", "وللأطفال بالعيادة والأسنان", ["للاطفال", "عياده", "اسنان"]),
        ("ar", "للأسنان", ["اسنان"]),
        ("ar", "بكرة", ["كره"]),  # looked up by its norm first, so this does no harm
        ("ar", "ولد", ["ولد"]),  # nothing is cut that leaves less than three letters
        ("ar", "لي", ["لي"]),
        ("de", "bald", ["bald"]),
        ("ru", "врачу", ["врачу"]),
    ],
)
def test_stems(language: str, text: str, stems: list[str]) -> None:
    assert [word.stem for word in words(text, language)] == stems


@pytest.mark.parametrize(
    ("language", "text", "normal"),
    [
        ("de", "Ich möchte  zur HAUTÄRZTIN!", "ich mochte zur hautarztin !"),
        ("ru", "Запишите к ЛОРу, ёлки", "запишите к лору , елки"),
        ("ar", "أُريدُ موعدًا يوم ٢٤", "اريد موعدا يوم 24"),
        ("pt", "Às 15h, tá?", "as 15h , ta ?"),
        ("en", "👍👍", "👍 👍"),
        ("en", " \u200f ", ""),
    ],
)
def test_normal_text(language: str, text: str, normal: str) -> None:
    assert normal_text(text, language) == normal


def test_places_by_first_letter_of_word_and_stem() -> None:
    tokens = spelt("👍 والأسنان, أريد 2", "ar")
    assert [word.norm for word in tokens] == ["والاسنان", "اريد", "2"]
    assert by_initial(tokens) == {"و": [0], "ا": [0, 1], "2": [2]}
