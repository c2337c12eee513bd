"""Entities from the clinic's word lists, in the languages that people write."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import vocabulary
from clinic.settings import SUPPORTED_LANGUAGES, settings
from nlu.vocabulary import VocabularyExtractor, find_entities


def entities(text: str, language: str) -> list[tuple[str, str, str]]:
    return [(e["entity"], e["value"], text[e["start"] : e["end"]]) for e in find_entities(text, language)]


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
@pytest.mark.parametrize("section", ["specialties", "languages"])
def test_every_listed_word_is_found_alone(section: str, language: str) -> None:
    """Each phrase of the files, through tokens and normal form: what a tokenizer splits must still match."""
    entity = {"specialties": "specialty", "languages": "language"}[section]
    missed = []
    for code, phrases in vocabulary.load(language)[section].items():
        for phrase in phrases:
            if (entity, code) not in {found[:2] for found in entities(phrase, language)}:
                missed.append((code, phrase))
    assert not missed


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_listed_relation_is_found_alone(language: str) -> None:
    missed = [
        (code, phrase)
        for code, phrases in vocabulary.load(language)["relations"].items()
        for phrase in phrases
        if ("relation", code) not in {found[:2] for found in entities(phrase, language)}
    ]
    assert not missed


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "a dermatologst for my daughter", [("specialty", "dermatology", "dermatologst"), ("relation", "daughter", "my daughter")]),
        ("en", "ear nose and throat", [("specialty", "ent", "ear nose and throat")]),
        ("de", "HNO-Arzt für meine Tochter", [("specialty", "ent", "HNO-Arzt"), ("relation", "daughter", "meine Tochter")]),
        ("de", "Hautaerztin fuer mich", [("specialty", "dermatology", "Hautaerztin"), ("relation", "self", "fuer mich")]),
        ("ar", "بدي دكتور للأسنان لبنتي", [("specialty", "dentistry", "للأسنان"), ("relation", "daughter", "لبنتي")]),
        ("ru", "сыну к лору", [("specialty", "ent", "лору"), ("relation", "son", "сыну")]),
        ("pt", "dermatologista pra minha mãe", [("specialty", "dermatology", "dermatologista"), ("relation", "mother", "minha mãe")]),
        ("en", "can we speak German?", [("language", "de", "German")]),
        ("ru", "можно по-арабски?", [("language", "ar", "по-арабски")]),
        # other languages' words for specialties and languages count: people mix them
        ("en", "I want a Zahnarzt", [("specialty", "dentistry", "Zahnarzt")]),
        ("de", "ich brauche einen dermatologist", [("specialty", "dermatology", "dermatologist")]),
        ("ar", "عايز cardiologist", [("specialty", "cardiology", "cardiologist")]),
        ("de", "speak english?", [("language", "en", "english")]),
        # … exactly written only, and only where the own language has none
        ("en", "I want a Zahnarztt", []),
        ("en", "the dentist, not the Hautarzt", [("specialty", "dentistry", "dentist")]),
        # relations are looked up in the message's own language only
        ("en", "for meine Tochter", []),
        ("ar", "أبي موعد", []),  # the Gulf's "I want", not "my father"
        ("en", "hello", []),
        ("en", "", []),
    ],
)  # fmt: skip
def test_specialty_relation_and_language(language: str, text: str, found: list[tuple[str, str, str]]) -> None:
    assert entities(text, language) == found


@pytest.mark.parametrize(
    ("language", "text", "relations"),
    [
        ("en", "book it for me, for my son", ["son"]),
        ("en", "for me", ["self"]),
        ("de", "nicht für mich, für meinen Vater", ["father"]),
        ("en", "my son and my daughter", ["son", "daughter"]),
        ("ru", "запишите меня", ["self"]),
        ("ru", "запишите меня и сына", ["son"]),
    ],
)
def test_whoever_is_named_counts_more_than_oneself(language: str, text: str, relations: list[str]) -> None:
    assert [value for entity, value, _ in entities(text, language) if entity == "relation"] == relations


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "My name is Anna Maria Weber", "Anna Maria Weber"),
        ("en", "the patient's name is Anna Weber, born 1985", "Anna Weber"),
        ("en", "my name is O'Neil-Smith", "O'Neil-Smith"),
        ("de", "Ich heiße Jörg Müller-Lüdenscheidt.", "Jörg Müller-Lüdenscheidt"),
        ("pt", "meu nome é João da Silva", "João da Silva"),
        ("pt", "me chamo Ana", "Ana"),
        ("ru", "меня зовут Иван Петров, запишите", "Иван Петров"),
        ("ar", "اسمي محمد علي حسن", "محمد علي حسن"),
        ("ar", "ابني اسمه كريم", "كريم"),
    ],
)
def test_names_after_a_cue(language: str, text: str, name: str) -> None:
    assert ("person", name, name) in entities(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *[
            ("en", "I am tired"),
            ("en", "this is urgent"),
            ("en", "I'm in pain"),
            ("en", "my name is 24"),
            ("en", "my name is"),
        ],
        *[
            ("de", "ich bin krank"),
            ("de", "ich bin die ganze Woche da"),
            ("pt", "sou alérgico"),
            ("ru", "пациент ждёт"),
            ("ru", "имя врача"),
            ("ar", "أنا مريض"),
        ],
        *[("en", "Anna Weber"), ("en", "my nme is"), ("de", "Heizung kaputt")],
    ],
)
def test_no_name_is_made_of_a_sentence(language: str, text: str) -> None:
    """Weak cues ("I am", "имя") count only where a name was asked for: clinic.vocabulary.without_leading."""
    assert not [found for found in entities(text, language) if found[0] == "person"]


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_weak_cues_are_not_among_the_cues(language: str) -> None:
    weak = vocabulary.phrases("weak_name_cues", language)
    assert not weak & vocabulary.phrases("name_cues", language)
    for cue in weak:
        assert not [found for found in entities(f"{cue} Anna", language) if found[0] == "person"], cue


def test_a_language_that_the_clinic_does_not_speak_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_LANGUAGES", "en,ar")
    settings.cache_clear()
    assert entities("I want a Zahnarzt", "en") == []


def test_the_component_adds_to_what_others_found() -> None:
    message = Message({TEXT: "для дочки", "language": {"code": "ru"}, ENTITIES: [{"entity": "time"}]})
    unmarked = Message({TEXT: "for my son"})
    empty = Message({TEXT: None})
    VocabularyExtractor().process([message, unmarked, empty])
    assert [e["entity"] for e in message.get(ENTITIES)] == ["time", "relation"]
    assert message.get(ENTITIES)[1]["extractor"] == "VocabularyExtractor"
    assert unmarked.get(ENTITIES)[0]["value"] == "son"
    assert empty.get(ENTITIES) == []
