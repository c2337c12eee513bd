"""Measured values in messages: kinds, local units, and the many numbers that are none."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.measurements import MeasurementExtractor
from nlu.readings import find_measurements
from nlu.times import TimeExtractor

READINGS = [
    # language, text, words, kind, normal value, normal second
    ("en", "my bp is 120/80", "120/80", "blood_pressure", 120, 80),
    ("en", "135 over 85 this morning", "135 over 85", "blood_pressure", 135, 85),
    ("en", "sugar 180", "180", "glucose", 180, None),
    ("en", "180 mg/dl after lunch", "180 mg/dl", "glucose", 180, None),
    ("en", "glucose 7.1 fasting", "7.1", "glucose", 127.9, None),
    ("en", "she has 38.5 °C", "38.5 °C", "temperature", 38.5, None),
    ("en", "fever of 101 F", "101 F", "temperature", 38.3, None),
    ("en", "I weigh 12 stone", "12 stone", "weight", 76.2, None),
    ("en", "11 st 4", "11 st 4", "weight", 71.7, None),
    ("en", "I'm 5 ft 11", "5 ft 11", "height", 180.4, None),
    ("en", "pulse 95 bpm", "95 bpm", "pulse", 95, None),
    ("en", "SpO2 94 %", "94 %", "oxygen", 94, None),
    ("en", "sats are 92", "92", "oxygen", 92, None),
    ("de", "Blutdruck 140 zu 90", "140 zu 90", "blood_pressure", 140, 90),
    ("de", "RR 140/90", "140/90", "blood_pressure", 140, 90),
    ("de", "bd 133 80", "133 80", "blood_pressure", 133, 80),
    ("de", "10,2 mmol/l nüchtern", "10,2 mmol/l", "glucose", 183.8, None),
    ("de", "BZ 98", "98", "glucose", 98, None),
    ("de", "Fieber 39,1", "39,1", "temperature", 39.1, None),
    ("de", "36,8 Grad", "36,8 Grad", "temperature", 36.8, None),
    ("de", "wiege 82 kg", "82 kg", "weight", 82, None),
    ("de", "bin 1,80 m groß", "1,80 m", "height", 180, None),
    ("de", "62 Schläge", "62 Schläge", "pulse", 62, None),
    ("de", "Sättigung 93", "93", "oxygen", 93, None),
    ("de", "das gerät zeigt 88 beim zucker", "88", "glucose", 88, None),
    ("pt", "pressão 12 por 8", "12 por 8", "blood_pressure", 120, 80),
    ("pt", "13x8", "13x8", "blood_pressure", 130, 80),
    ("pt", "minha tensão está a 13/8", "13/8", "blood_pressure", 130, 80),
    ("pt", "está com 39 de febre", "39", "temperature", 39, None),
    ("pt", "38,5ºC no bebê", "38,5ºC", "temperature", 38.5, None),
    ("pt", "glicemia 110", "110", "glucose", 110, None),
    ("pt", "97 de saturação", "97", "oxygen", 97, None),
    ("pt", "36 e meio de temperatura", "36 e meio", "temperature", 36.5, None),
    ("pt", "peso 82 quilos", "82 quilos", "weight", 82, None),
    ("pt", "pulso 88", "88", "pulse", 88, None),
    ("ru", "120 на 80", "120 на 80", "blood_pressure", 120, 80),
    ("ru", "давление сегодня 135 на 85", "135 на 85", "blood_pressure", 135, 85),
    ("ru", "сахар 7,8", "7,8", "glucose", 140.5, None),
    ("ru", "температура 38,4", "38,4", "temperature", 38.4, None),
    ("ru", "темп 37 и 7", "37 и 7", "temperature", 37.7, None),
    ("ru", "вес 91", "91", "weight", 91, None),
    ("ru", "7 килограммов 200 граммов", "7 килограммов 200 граммов", "weight", 7.2, None),
    ("ru", "рост 172 см", "172 см", "height", 172, None),
    ("ru", "пульс 88", "88", "pulse", 88, None),
    ("ru", "сатурация 97", "97", "oxygen", 97, None),
    ("ru", "Blutzucker утром 118 mg/dl", "118 mg/dl", "glucose", 118, None),
    ("ar", "الضغط ١٤٠ على ٩٠", "١٤٠ على ٩٠", "blood_pressure", 140, 90),
    ("ar", "ضغط ماما ١٤ على ٩", "١٤ على ٩", "blood_pressure", 140, 90),
    ("ar", "daghti 140 3ala 90", "140 3ala 90", "blood_pressure", 140, 90),
    ("ar", "حرارته ٣٩", "٣٩", "temperature", 39, None),
    ("ar", "حرارتي ٣٨٫٥", "٣٨٫٥", "temperature", 38.5, None),
    ("ar", "7araret ibni 38.5", "38.5", "temperature", 38.5, None),
    ("ar", "السخونة ٣٨ ونص", "٣٨ ونص", "temperature", 38.5, None),
    ("ar", "سكر ١٨٧", "١٨٧", "glucose", 187, None),
    ("ar", "skar dyali 1.40", "1.40", "glucose", 140, None),
    ("ar", "وزن البيبي ٧ كيلو", "٧ كيلو", "weight", 7, None),
    ("ar", "طول طفلي ٨٥ سم", "٨٥ سم", "height", 85, None),
    ("ar", "نبضي ٩٢", "٩٢", "pulse", 92, None),
    ("ar", "الاكسجين ٩٦", "٩٦", "oxygen", 96, None),
]


@pytest.mark.parametrize(("language", "text", "words", "kind", "value", "second"), READINGS)
def test_one_reading(language: str, text: str, words: str, kind: str, value: float, second: float | None) -> None:
    (found,) = find_measurements(text, language)
    assert (text[found.start : found.end], found.kind) == (words, kind)
    assert (found.normal, found.normal_second) == (value, second)


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("en", "Pulse 72, blood pressure 128/79", ["pulse", "blood_pressure"]),
        ("en", "140/88, 136/85, 139/84", ["blood_pressure"] * 3),
        ("pt", "oxigenaçao 98 bpm 70", ["oxygen", "pulse"]),
        ("ar", "النبض ١٠٥ والاكسجين ٩٧", ["pulse", "oxygen"]),
        ("ru", "ад 145/92 чсс 77", ["blood_pressure", "pulse"]),
        ("de", "74,5 kg, puls 66", ["weight", "pulse"]),
    ],
)
def test_several(language: str, text: str, kinds: list[str]) -> None:
    assert [found.kind for found in find_measurements(text, language)] == kinds


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *[("en", "180"), ("en", "38.5"), ("en", "on 03/12"), ("en", "born 03/12/1980"), ("en", "at 15:30"), ("en", "12/8")],
        *[("en", "on the 21st"), ("en", "I am 45 years old"), ("en", "$200"), ("en", "200 £"), ("en", "+49 170 1234567")],
        *[("en", "lost 3 kg"), ("en", "sugar test at 10"), ("en", "sugar test on 12 March"), ("en", "fever for 38 hours")],
        *[("en", "HbA1c 6.9"), ("en", "paracetamol 500 mg"), ("en", "room 120"), ("en", "my van is 2.2 metres high")],
        *[("de", "am 12.8."), ("de", "50 € für den Blutdruck"), ("de", "Zucker um 10 Uhr"), ("de", "Ramipril 5 mg")],
        *[("de", "Größe 44"), ("de", "24.05.1985"), ("de", "bin 72 Jahre"), ("de", "um 15.30 Uhr"), ("de", "030 2312534")],
        *[("pt", "R$ 200"), ("pt", "dia 12/8"), ("pt", "às 15h30"), ("pt", "tem 39 anos"), ("pt", "12 vezes de 50 reais")],
        *[
            ("ru", "в 10 на анализ сахара"),
            ("ru", "мне 45 лет"),
            ("ru", "500 рублей"),
            ("ru", "03.12"),
            ("ru", "с 9 до 12"),
        ],
        *[("ar", "الساعة ١٠"), ("ar", "٢٠٠ جنيه"), ("ar", "عمري ٤٥"), ("ar", "يوم ١٢/٨"), ("ar", "٢٤/٥/١٩٨٥"), ("ar", "")],
    ],
)
def test_other_numbers_are_none(language: str, text: str) -> None:
    assert find_measurements(text, language) == []


def processed(text: str, language: str) -> list[dict[str, Any]]:
    message = Message({TEXT: text, "language": {"code": language}})
    TimeExtractor().process([message])
    MeasurementExtractor().process([message])
    entities: list[dict[str, Any]] = message.get(ENTITIES)
    return entities


@pytest.mark.parametrize(
    ("language", "text", "entities"),
    [
        ("en", "120/80", [("measurement", "120/80")]),
        ("de", "Fieber 38.5", [("measurement", "38.5")]),
        ("pt", "12 por 8", [("measurement", "12 por 8")]),
        ("pt", "pressão 12/8", [("measurement", "12/8")]),
        ("en", "Dr. Weber tomorrow at 10", [("time", "tomorrow at 10")]),
        ("en", "see you tomorrow", [("time", "tomorrow")]),
    ],
)
def test_a_measurement_is_no_time(language: str, text: str, entities: list[tuple[str, str]]) -> None:
    found = [(e["entity"], e["value"]) for e in processed(text, language)]
    assert [(name, value.removeprefix("on ")) for name, value in found] == [(n, v.removeprefix("on ")) for n, v in entities]


def test_the_entity() -> None:
    (entity,) = processed("pressão 12 por 8", "pt")
    assert entity == {
        "entity": "measurement",
        "start": 8,
        "end": 16,
        "value": "12 por 8",
        "role": "blood_pressure",
        "measured": {
            "kind": "blood_pressure",
            "value": 12.0,
            "second": 8.0,
            "unit": "cmHg",
            "normalised": {"value": 120.0, "second": 80.0, "unit": "mmHg"},
        },
        "extractor": "MeasurementExtractor",
    }


def test_messages_without_text_or_language() -> None:
    empty, unmarked = Message({TEXT: None}), Message({TEXT: "bp 120/80"})
    MeasurementExtractor().process([empty, unmarked])
    assert empty.get(ENTITIES) == []
    assert unmarked.get(ENTITIES)[0]["role"] == "blood_pressure"
