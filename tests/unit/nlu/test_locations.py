"""The clinic's branches in messages: names, districts and streets of the database, in any script."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import seed
from nlu.locations import LocationExtractor, Place, find_locations, places
from tests.support import databases


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> LocationExtractor:
    """An extractor that has read the demo clinic."""
    extractor = LocationExtractor()
    with databases.fresh("sqlite", tmp_path_factory.mktemp("clinic")):
        seed.load()
        extractor.process([Message({TEXT: "hello"})])
    return extractor


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "is the Kreuzberg branch open today?", [("kreuzberg", "Kreuzberg")]),
        ("en", "kreuzburg please", [("kreuzberg", "kreuzburg")]),
        ("en", "Kreuzberg or Neukölln, whichever is first", [("kreuzberg", "Kreuzberg"), ("neukoelln", "Neukölln")]),
        ("de", "lieber in Neukölln", [("neukoelln", "Neukölln")]),
        ("de", "praxis neukoelln bitte", [("neukoelln", "neukoelln")]),
        ("de", "die am Sternbrunnen", [("neukoelln", "Sternbrunnen")]),
        ("de", "Salama Kreuzberg", [("kreuzberg", "Kreuzberg")]),
        ("pt", "a unidade de Kreuzberg atende sábado?", [("kreuzberg", "Kreuzberg")]),
        ("pt", "prefiro neukolln", [("neukoelln", "neukolln")]),
        ("ru", "можно в Нойкёльне?", [("neukoelln", "Нойкёльне")]),
        ("ru", "запишите в Кройцберге", [("kreuzberg", "Кройцберге")]),
        ("ru", "филиал Neukölln", [("neukoelln", "Neukölln")]),
        ("ar", "فرع كرويتسبرغ مفتوح اليوم؟", [("kreuzberg", "كرويتسبرغ")]),
        ("ar", "أفضل نويكولن", [("neukoelln", "نويكولن")]),
        ("ar", "بفرع Kreuzberg", [("kreuzberg", "Kreuzberg")]),
        # what all branches share is none of them
        ("en", "is this Salama?", []),
        ("de", "Praxis in Berlin", []),
        ("ru", "Салама", []),
        ("en", "Kreuz", []),
    ],
)
def test_branches_in_messages(language: str, text: str, found: list[tuple[str, str]], known: LocationExtractor) -> None:
    entities = find_locations(text, language, known._current())
    assert [(entity["value"], text[entity["start"] : entity["end"]]) for entity in entities] == found


def test_shared_words_and_short_ones_name_nothing() -> None:
    written = [("north", ["City Clinic North"], ["Long Road 1"]), ("south", ["City Clinic South"], ["Long Road 2"])]
    assert places(written, frozenset({"clinic"})) == [Place("north", ("north",)), Place("south", ("south",))]


def test_the_component_adds_to_what_others_found(tmp_path: Path) -> None:
    message = Message({TEXT: "Neukölln", "language": {"code": "de"}, ENTITIES: [{"entity": "time"}]})
    with databases.fresh("sqlite", tmp_path):
        LocationExtractor().process([Message({TEXT: "an empty clinic is no error"})])
        seed.load()
        LocationExtractor().process([message])
    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["time", "location"]
