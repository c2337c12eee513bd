"""The concept lexicon: one name for words of one meaning, whatever the language, the script and the spelling."""

from __future__ import annotations

import time
from collections import defaultdict

import pytest

from nlu.concepts import concept_text, concepts, languages, lexicon, load
from nlu.endings import rests
from nlu.phrases import allowed_typos
from nlu.text import words


def found(text: str, language: str) -> list[str]:
    return concepts(words(text, language), language)


def test_english_comes_first_and_german_is_there() -> None:
    assert languages()[0] == "en"
    assert "de" in languages()


@pytest.mark.parametrize("language", languages())
def test_the_same_sections_and_concepts_in_every_language(language: str) -> None:
    def shape(code: str) -> dict[str, list[str]]:
        return {section: list(listed) for section, listed in load(code).items()}

    assert shape(language) == shape("en")


def test_a_concept_stands_in_one_section() -> None:
    names = [concept for listed in load("en").values() for concept in listed]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


@pytest.mark.parametrize("language", languages())
def test_no_phrase_under_two_concepts(language: str) -> None:
    concepts_of: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for listed in load(language).values():
        for concept, phrases in listed.items():
            for phrase in phrases:
                key = tuple(word.norm for word in words(phrase, language))
                assert key, f"{concept}: nothing is left of {phrase!r}"
                concepts_of[key].add(concept)
    assert {" ".join(key): names for key, names in concepts_of.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("I'd like an appointment on Tuesday", "en", ["want", "appointment", "tuesday"]),
        ("Ich möchte einen Termin am Dienstag", "de", ["me", "want", "appointment", "tuesday"]),
        ("ich moechte einen TERMIN", "de", ["me", "want", "appointment"]),
        ("I can't breathe", "en", ["me", "cannot_breathe"]),
        ("ich krieg keine Luft!!", "de", ["me", "cannot_breathe"]),
        ("blood test", "en", ["blood_test"]),
        ("👍", "en", ["ok"]),
        ("", "en", []),
        ("…", "de", []),
    ],
)
def test_concepts_in_order_and_the_longest_phrase(text: str, language: str, names: list[str]) -> None:
    assert found(text, language) == names


def test_as_words_for_a_vectoriser() -> None:
    assert concept_text("I want a dermatologist", "en") == "c:me c:want c:dermatologist"
    assert concept_text("", "de") == ""


@pytest.mark.parametrize(
    ("word", "language", "names"),
    [
        ("dermatoolgst", "en", ["dermatologist"]),  # two edits from 10 letters
        ("appiontment", "en", ["appointment"]),
        ("insurnce", "en", ["insurance"]),
        ("fevr", "en", []),  # short words forgive nothing
        ("market", "en", []),  # a right word, not a misspelt "marketing"
        ("should", "en", ["must"]),  # a known word is no misspelt shoulder
        ("ensurance", "en", []),  # the first letter is right
        ("Rezpet", "de", ["prescription"]),
        ("pleeease", "en", ["please"]),
        ("helloooooo", "en", ["hello"]),
    ],
)
def test_misspelt_and_drawn_out(word: str, language: str, names: list[str]) -> None:
    assert found(word, language) == names


def test_typos_only_in_the_own_language() -> None:
    assert found("Terminabsagge", "de")
    assert found("terminabsagge", "en") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kniespritze", ["knee", "injection"]),
        ("Grippeimpfstoff", ["flu", "vaccine"]),
        ("Terminserinnerung", ["appointment", "reminder"]),
        ("Impftermin", ["vaccine"]),  # listed as a whole
        ("Hausnummernschild", []),
    ],
)
def test_german_compounds(text: str, names: list[str]) -> None:
    assert found(text, "de") == names


def test_endings_come_off_words_that_are_in_no_list() -> None:
    assert rests("terminen", "de") == ["termine", "termin", "termi"]
    assert rests("eyes", "en") == []  # too little would be left
    assert rests("anna", "en") == []
    assert found("Dermatologinnen", "de") == ["dermatologist"]
    assert found("nutritionists", "en") == ["nutritionist"]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("die Praxis", "de", ["clinic"]),  # not English "die"
        ("Gift", "de", ["poison"]),
        ("a gift", "en", []),
        ("der Arm", "de", ["arm"]),
        ("will", "de", ["want"]),
        ("will", "en", []),
        ("ja ja", "de", ["yes", "yes"]),  # not Portuguese "já já"
        ("sei", "de", []),  # a word of both that means nothing here
    ],
)
def test_the_own_language_wins(text: str, language: str, names: list[str]) -> None:
    assert found(text, language) == names


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("ich will appointment canceln", "de", ["me", "want", "appointment", "cancel"]),
        ("need Termin beim Hautarzt", "en", ["want", "appointment", "dermatologist"]),
        ("Überweisung to the cardiologist", "en", ["referral", "cardiologist"]),
    ],
)
def test_people_mix_languages(text: str, language: str, names: list[str]) -> None:
    assert found(text, language) == names


@pytest.mark.parametrize("text", ["موعد", "الموعد", "بالموعد", "موعدي", "والموعد", "موعدٌ"])
def test_arabic_clitics_and_endings(text: str) -> None:
    assert found(text, "ar")[-1:] in (["appointment"], ["my_appointment"])


@pytest.mark.parametrize("text", ["عايز", "بدي", "أريد", "ابغى", "3ayez"])
@pytest.mark.parametrize("language", ["ar", "en", "de"])
def test_wanting_in_every_dialect_and_script(text: str, language: str) -> None:
    assert found(text, language) == ["want"]


def test_portuguese() -> None:
    assert {"want", "appointment", "tomorrow"} <= set(found("queria uma consulta amanhã", "pt"))


@pytest.mark.parametrize("text", ["хочу к дерматологу", "надо бы к дерматологу", "нужен дерматолог"])
def test_russian(text: str) -> None:
    assert {"want", "dermatologist"} <= set(found(text, "ru"))


def test_a_language_without_a_lexicon_reads_the_others() -> None:
    assert found("appointment", "fr") == ["appointment"]


def test_the_look_up_is_quick() -> None:
    text = "Hello, I would like to move my apointment with the dermatolgist from Tuesday to next week, is that possible?"
    tokens = words(text, "en")
    lexicon("en").find(tokens)
    start = time.perf_counter()
    for _ in range(100):
        lexicon("en").find(tokens)
    assert (time.perf_counter() - start) / 100 < 0.001


def test_what_a_long_unknown_word_costs() -> None:
    assert allowed_typos("x" * 5000) == 2
    start = time.perf_counter()
    assert found("x" * 5000, "de") == []
    assert time.perf_counter() - start < 0.5
