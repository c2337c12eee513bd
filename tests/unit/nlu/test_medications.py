"""Drugs in messages: brand or generic, in three scripts, declined, with clitics and typos."""

from __future__ import annotations

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import vocabulary
from nlu.medications import MedicationExtractor, drug_words, find_medications
from tests.support import examples


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # English
        ("can I get more Ventolin please", [("salbutamol", "Ventolin")]),
        ("I take metformin and ramipril", [("metformin", "metformin"), ("ramipril", "ramipril")]),
        ("calpol for the little one", [("paracetamol", "calpol")]),
        # German
        ("L-Thyroxin 75 bitte", [("levothyroxine", "L-Thyroxin")]),
        ("Novalgin ist alle", [("metamizole", "Novalgin")]),
        ("ASS 100 nehme ich auch", [("aspirin", "ASS 100")]),
        # Portuguese
        ("acabou a losartana", [("losartan", "losartana")]),
        ("Puran T4 de 50", [("levothyroxine", "Puran T4")]),
        ("dipirona ou buscopan?", [("metamizole", "dipirona"), ("butylscopolamine", "buscopan")]),
        # Russian, declined too
        ("закончился метформин", [("metformin", "метформин")]),
        ("пью конкор с эутироксом", [("bisoprolol", "конкор"), ("levothyroxine", "эутироксом")]),
        ("но-шпа помогает", [("drotaverine", "но-шпа")]),
        ("две таблетки парацетамола", [("paracetamol", "парацетамола")]),
        ("капли с конкором", [("bisoprolol", "конкором")]),
        # Arabic, with clitics and other hamzas
        ("عايز أوجمنتين للبنت", [("co-amoxiclav", "أوجمنتين")]),
        ("الكونكور خلص", [("bisoprolol", "الكونكور")]),
        ("بدي وصفة للانسولين", [("insulin", "للانسولين")]),
        ("بنادول ولا بروفين", [("paracetamol", "بنادول"), ("ibuprofen", "بروفين")]),
        # mixed and romanised
        ("خلص الـ inhaler تبعي ventolin", [("salbutamol", "ventolin")]),
        ("concor 5 men gher roshetta", [("bisoprolol", "concor")]),
        # typos: one in seven letters, two in ten
        ("metfromin", [("metformin", "metfromin")]),
        ("parazetamol", [("paracetamol", "parazetamol")]),
        ("amoxycilin", [("amoxicillin", "amoxycilin")]),
        ("метфармин", [("metformin", "метфармин")]),
        # no drugs
        ("voltarei amanhã", []),
        ("eles voltarem cedo", []),
        ("we went to a concert", []),
        ("الفاتورة", []),
        ("my name is Yasmin", []),
        ("lasic", []),
        ("", []),
    ],
)
def test_drugs_in_messages(text: str, found: list[tuple[str, str]]) -> None:
    assert [(e["value"], text[e["start"] : e["end"]]) for e in find_medications(text)] == found


def test_every_spelling_is_found_and_means_one_drug() -> None:
    listed = yaml.safe_load((vocabulary.FOLDER / "medications.yml").read_text("utf-8"))
    assert len(listed) >= 150
    wrong = [
        (generic, spelling)
        for generic, spellings in listed.items()
        for spelling in (generic, *spellings)
        if [e["value"] for e in find_medications(spelling)] != [generic]
    ]
    assert wrong == []


def test_greetings_and_small_talk_name_no_drug() -> None:
    social = [e.text for e in examples.training() if e.label in ("greet", "goodbye", "thank", "affirm", "deny")]
    assert [text for text in social if find_medications(text)] == []


def test_everyday_words_are_no_drug_words() -> None:
    assert {"ibuprofen", "метформин", "بنادول"} <= drug_words()
    assert not drug_words() & {"pill", "drug", "tropfen", "vitamin", "acid"}


def test_the_component_adds_to_what_others_found() -> None:
    message = Message({TEXT: "Ibuprofen", ENTITIES: [{"entity": "time"}]})
    empty = Message({TEXT: None})
    MedicationExtractor().process([message, empty])
    assert [e["entity"] for e in message.get(ENTITIES)] == ["time", "medication"]
    assert message.get(ENTITIES)[1]["extractor"] == "MedicationExtractor"
    assert empty.get(ENTITIES) == []
