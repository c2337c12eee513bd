"""Finding phrases: exact, with clitics, misspelt; the longest first and never two in one place."""

from __future__ import annotations

import pytest

from nlu.phrases import Found, PhraseBook, allowed_typos
from nlu.text import words


def find(phrases: dict[str, str], text: str, language: str = "en") -> list[Found]:
    return PhraseBook(phrases, language).find(words(text, language))


def said(phrases: dict[str, str], text: str, language: str = "en") -> list[tuple[str, str, bool]]:
    return [(text[f.start : f.end], f.code, f.exact) for f in find(phrases, text, language)]


NOSES = {"nose": "nose", "ear nose and throat": "ent", "ear": "ear", "throat doctor": "throat"}


def test_the_longest_phrase_wins_and_nothing_overlaps() -> None:
    assert said(NOSES, "my Ear, nose and throat") == [("Ear", "ear", True), ("nose", "nose", True)]
    assert said(NOSES, "an Ear  nose and throat doctor") == [("Ear  nose and throat", "ent", True)]
    assert said(NOSES, "nose nose") == [("nose", "nose", True)] * 2


def test_places_in_the_token_list() -> None:
    (found,) = find(NOSES, "an ear nose and throat")
    assert (found.first, found.last, found.start, found.end) == (1, 4, 3, 22)


@pytest.mark.parametrize(("letters", "typos"), [(1, 0), (5, 0), (6, 1), (9, 1), (10, 2), (20, 2)])
def test_typos_by_length(letters: int, typos: int) -> None:
    assert allowed_typos("x" * letters) == typos


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("dermatologist", True),
        ("dermatologst", True),  # one letter missing
        ("dermaotlogist", True),  # two swapped
        ("dermatoolgiist", True),  # two edits
        ("dramatologost", False),  # three
        ("termatologist", False),  # people get the first letter right
        ("cardiologist", False),
        ("heart", True),
        ("haert", False),  # short words forgive nothing
        ("hearth", False),
        ("derm4tologist", False),
    ],
)
def test_misspelt(written: str, found: bool) -> None:
    matches = said({"dermatologist": "skin", "heart": "heart"}, f"a {written} please")
    assert bool(matches) is found
    assert not matches or matches[0][2] is (written in ("dermatologist", "heart"))


def test_a_misspelt_phrase_of_several_words_is_none() -> None:
    assert said({"children doctor": "child"}, "childen doctor") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("بدي دكتور للأسنان", [("للأسنان", "teeth", True)]),
        ("بالأسنان", [("بالأسنان", "teeth", True)]),
        ("والأسنان كمان", [("والأسنان", "teeth", True)]),
        ("والقلب", [("والقلب", "heart", True)]),
        ("أسنـــانٌ", [("أسنـــانٌ", "teeth", True)]),
        ("انسان", []),
    ],
)
def test_arabic_clitics(text: str, found: list[tuple[str, str, bool]]) -> None:
    assert said({"أسنان": "teeth", "قلب": "heart"}, text, "ar") == found


def test_nothing_to_look_for_and_nothing_to_look_in() -> None:
    assert said({}, "ear") == []
    assert said(NOSES, "") == []
    assert said(NOSES, "👍 … 24") == []
