"""Doctors' names in messages: any script, declined, misspelt where that is safe, and a database that does not answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import seed
from clinic.settings import settings
from nlu import practitioners
from nlu.practitioners import Name, PractitionerExtractor, find_practitioners, name_of, read_names
from tests.support import databases


@pytest.fixture(scope="module")
def names() -> list[Name]:
    """The demo clinic's doctors."""
    practitioners.titles.cache_clear()
    people = yaml.safe_load(seed.DEMO.read_text("utf-8"))["practitioners"]
    written = [(p["identifier"], text, code) for p in people for code, text in {"en": p["name"], **p["names"]}.items()]
    return [name for name in (name_of(*entry) for entry in written) if name]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        # the family name alone, titles, given names, in any script
        ("en", "Dr. Weber", [("anna-weber", "Dr. Weber")]),
        ("en", "is weber in on Tuesday or on Thursday?", [("anna-weber", "weber")]),
        ("de", "Termin bei Frau Dr. Raman", [("priya-raman", "Frau Dr. Raman")]),
        ("pt", "com a Dra. Anna Weber, por favor", [("anna-weber", "Anna Weber")]),
        ("pt", "Dra Almeida amanha", [("beatriz-almeida", "Dra Almeida")]),
        ("pt", "doutor joao silva", [("joao-silva", "doutor joao silva")]),
        ("ar", "أريد موعدا مع د. كريم ناصر", [("karim-nasser", "د. كريم ناصر")]),
        ("ar", "عند الدكتور حداد بكرة", [("omar-haddad", "الدكتور حداد")]),
        ("ar", "عند دكتورة سارة خليل", [("sara-khalil", "دكتورة سارة خليل")]),
        ("ar", "Dr. Weber ممكن بكرة؟", [("anna-weber", "Dr. Weber")]),
        # Russian declines names
        ("ru", "запишите меня к доктору Петровой на завтра", [("elena-petrova", "доктору Петровой")]),
        ("ru", "к врачу Соколову можно завтра утром?", [("viktor-sokolov", "врачу Соколову")]),
        ("ru", "к Елене Петровой на завтра можно", [("elena-petrova", "Елене Петровой")]),
        ("ru", "Петровой", [("elena-petrova", "Петровой")]),
        # misspelt: behind a title, beside the given name, in a short message
        ("en", "dr webber please, tomorrow morning", [("anna-weber", "dr webber")]),
        ("en", "anna webber would be nice today", [("anna-weber", "anna webber")]),
        ("en", "webber please", [("anna-weber", "webber")]),
        ("pt", "quero com a dra. almeda amanhã de tarde", [("beatriz-almeida", "almeda")]),
        ("en", "webber please, tomorrow in the morning", []),
        # declined without a title, in long messages: behind a preposition only
        ("ru", "можно к Петровой завтра утром, если есть место", [("elena-petrova", "Петровой")]),
        ("ru", "хочу перенести запись к Петровой на вторник", [("elena-petrova", "Петровой")]),
        ("ru", "мне нужно попасть к Келлеру на этой неделе", [("thomas-keller", "Келлеру")]),
        ("ru", "я записана у Соколова на четверг, отмените", [("viktor-sokolov", "Соколова")]),
        ("ru", "k petrovoj zavtra utrom mozhno ili net", [("elena-petrova", "petrovoj")]),
        ("ru", "запишите пожалуйста, я Соколова Мария, на среду", []),
        # a surname that is a word as well
        ("de", "Ich wohne im Keller", []),
        ("de", "der Keller steht unter Wasser", []),
        ("de", "haben Sie einen keller oder Parkplatz", []),
        ("de", "mein Rad steht in Ihrem Keller, geht das", []),
        ("de", "Termin bei keller am Montag", [("thomas-keller", "keller")]),
        ("de", "Keller hat mir letzte Woche geholfen", [("thomas-keller", "Keller")]),
        ("de", "ist der Dr. Keller morgen da", [("thomas-keller", "Dr. Keller")]),
        ("de", "keller", [("thomas-keller", "keller")]),
        ("en", "a follow-up with Keller please, next week", [("thomas-keller", "Keller")]),
        # another word is no name
        ("en", "the weather is nice today, isn't it", []),
        ("en", "silver", []),
        ("en", "Anna", []),
        ("en", "dr", []),
        ("en", "Dr. Meier", []),
        ("en", "👍", []),
        ("en", "", []),
        # several, in order, each once
        ("en", "Silva or Weber or Dr. Silva", [("joao-silva", "Silva"), ("anna-weber", "Weber")]),
    ],
)
def test_names_in_messages(language: str, text: str, found: list[tuple[str, str]], names: list[Name]) -> None:
    entities = find_practitioners(text, language, names)
    assert [(e["value"], _untitled(text[e["start"] : e["end"]])) for e in entities] == [(v, _untitled(t)) for v, t in found]


def _untitled(words: str) -> str:
    """Whether a title with a full stop belongs to the span is the tokenizer's taste."""
    return words.replace("Dra. ", "").replace("dra. ", "")


@pytest.mark.parametrize(
    ("written", "language", "name"),
    [
        ("Dr. Anna Weber", "de", Name("x", ("anna",), "weber")),
        ("Prof. Dr. João Silva", "pt", Name("x", ("joao",), "silva")),
        ("д-р Елена Петрова", "ru", Name("x", ("елена",), "петрова")),
        ("د. كريم ناصر", "ar", Name("x", ("كريم",), "ناصر")),
        ("Dr. Anna M. Weber", "en", Name("x", ("anna",), "weber")),
        ("Dr.", "en", None),
        ("", "en", None),
    ],
)
def test_names_taken_apart(written: str, language: str, name: Name | None) -> None:
    assert name_of("x", written, language) == name


def message(text: str) -> Message:
    return Message({TEXT: text, "language": {"code": "de"}})


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[None]:
    with databases.fresh("sqlite", tmp_path):
        seed.load()
        yield


@pytest.mark.usefixtures("clinic")
def test_names_come_from_the_database() -> None:
    assert {name.identifier for name in read_names()} >= {"anna-weber", "priya-raman"}
    known = message("Dr. Weber bitte")
    PractitionerExtractor().process([known])
    assert [e["value"] for e in known.get(ENTITIES)] == ["anna-weber"]
    assert known.get(ENTITIES)[0]["extractor"] == "PractitionerExtractor"


def test_they_are_read_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[float] = []
    now = [100.0]
    monkeypatch.setattr(practitioners, "read_names", lambda: reads.append(now[0]) or [Name("anna-weber", (), "weber")])
    monkeypatch.setattr(practitioners.time, "monotonic", lambda: now[0])
    extractor = PractitionerExtractor()
    for moment in (100.0, 130.0, 159.0, 161.0, 220.0, 222.0):
        now[0] = moment
        extractor.process([message("weber")])
    assert reads == [100.0, 161.0, 222.0]


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/clinic.db", "postgresql://nobody:secret@127.0.0.1:1/none"])
def test_a_database_that_does_not_answer_costs_the_names_only(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CLINIC_DATABASE_URL", url)
    if url.startswith("sqlite"):
        monkeypatch.setattr("clinic.database.absolute_url", lambda address: address)
    databases.forget()
    asked: Any = message("Dr. Weber bitte")
    try:
        PractitionerExtractor().process([asked])
    finally:
        monkeypatch.undo()
        databases.forget()
        settings.cache_clear()
    assert asked.get(ENTITIES) == []
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "make seed" in caplog.text
    assert "secret" not in caplog.text


def test_an_empty_database_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with databases.fresh("sqlite", tmp_path):
        asked = message("Dr. Weber bitte")
        PractitionerExtractor().process([asked])
    assert asked.get(ENTITIES) == []
    assert not caplog.records
