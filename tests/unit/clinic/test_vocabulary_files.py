"""The vocabularies: complete in every language, nothing under two codes, and how words are compared."""

from __future__ import annotations

from collections import defaultdict

import pytest

from clinic import vocabulary
from clinic.models import RELATIONS
from clinic.settings import SUPPORTED_LANGUAGES

SPECIALTIES = {
    *("general_practice", "paediatrics", "gynaecology", "dermatology", "dentistry"),
    *("cardiology", "orthopaedics", "ophthalmology", "ent"),
}
CODED = {"specialties": SPECIALTIES, "relations": set(RELATIONS), "genders": {"female", "male"}}
LISTS = ("any_practitioner", "any_time", "more", "name_cues", "titles", "skip", "bare_cancel", "bare_stop")


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_no_phrase_under_two_codes(language: str) -> None:
    for section in (*CODED, "languages"):
        codes = defaultdict(set)
        for code, phrases in vocabulary.load(language)[section].items():
            for phrase in phrases:
                codes[vocabulary.normalise(str(phrase))].add(code)
        twice = {phrase: sorted(found) for phrase, found in codes.items() if len(found) > 1}
        assert not twice, f"{language}.yml, {section}"


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    for section, codes in CODED.items():
        assert set(vocabulary.coded(section, language).values()) == codes
    assert set(SUPPORTED_LANGUAGES) <= set(vocabulary.coded("languages", language).values())
    for section in LISTS:
        assert vocabulary.phrases(section, language), section


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_phrase_is_a_text(language: str) -> None:
    """YAML reads an unquoted `no` as False and `12` as a number."""
    for section, entries in vocabulary.load(language).items():
        phrases = [p for ps in entries.values() for p in ps] if isinstance(entries, dict) else entries
        assert all(isinstance(phrase, str) and vocabulary.normalise(phrase).strip() for phrase in phrases), section


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Hautärztin", "hautarztin"),
        ("GROẞE Straße", "grosse strasse"),
        ("Ginecologista às 15h", "ginecologista as 15h"),
        ("Ёлка", "елка"),
        ("мой", "мой"),
        ("أُريدُ موعدًا", "اريد موعدا"),
        ("الأُسرة", "الاسره"),
        ("مستشفى", "مستشفي"),
        ("عـــيادة", "عياده"),
        ("مسؤول", "مسوول"),
        ("٢٤/١١", "24/11"),
        ("۱۲۳", "123"),
        ("\u200fسلام\u200e", "سلام"),
        ("ﻻ", "لا"),
        ("Dr.\u00a0Weber", "dr. weber"),
    ],
)
def test_normal_form(written: str, normal: str) -> None:
    assert vocabulary.normalise(written) == normal
    assert vocabulary.normalise(normal) == normal, "normalising twice changes nothing"


def test_the_quick_way_to_the_normal_form_says_what_the_long_one_does() -> None:
    quick = [char for char in map(chr, range(0x3000)) if vocabulary._BY_CHARACTER.fullmatch(char)]
    texts = [first + second for first in "aAß\u00a8ийıΣ أوى1٣\u200d" for second in quick]
    assert [vocabulary.normalise(text) for text in texts] == [vocabulary._in_full(text) for text in texts]
