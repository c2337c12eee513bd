"""Measured values, however they are typed: what is far off is a danger, another number beside the word is none."""

from __future__ import annotations

import pytest

from clinic.triage import engine, measured, values
from clinic.triage.protocols import protocols
from clinic.triage.screen import CERTAIN, LIKELY, NONE, screen


@pytest.mark.parametrize(
    "text",
    [
        "her oxygen is 85",
        "SpO2: 87",
        "sats down to 86 on air",
        "o2 88% and pulse 120",
        "the oximeter says 84",
        "87% on the oximeter",
        "Sauerstoffsättigung nur noch 84",
        "die Sättigung liegt bei 82 %",
        "sat 85",
        "a saturação dela caiu para 87%",
        "сатурация упала до 85",
        "кислород 82 показывает",
        "نسبة الأكسجين نزلت ٨٤",
        "اكسجينها 85",
    ],
)
def test_low_is_an_emergency(text: str) -> None:
    found = screen(text)
    assert (found.level, found.signs) == (CERTAIN, ("breathing",))


@pytest.mark.parametrize("text", ["for 3 days", "vor zwei Stunden", "há 2 dias", "уже 5 минут", "من يوم"])
def test_words_that_only_help_to_count_are_nothing_to_weigh(text: str) -> None:
    """They stand in every other message: as features of the model they cost two Arabic emergencies."""
    assert not values.helpers() & set(screen(text).concepts)


@pytest.mark.parametrize(
    "text", ["my mum sats 91", "O2 down to 90", "Sättigung 92", "saturação 91", "сатурация 91", "اكسجين 91"]
)
def test_rather_low_is_asked_about(text: str) -> None:
    assert screen(text).level == LIKELY


@pytest.mark.parametrize(
    "text",
    [
        "oxygen 97",
        "pulse 60, oxygen 97",
        "oxygen 98 pulse 60",
        "pulse 80 oxygen 97",
        "she is on oxygen, 78 years old",
        "i sat 60 minutes in the waiting room",
        "meine Oma braucht Sauerstoff, sie ist 85",
        "Sauerstoffgerät, 80 Jahre alt",
        "saturação 95",
        "сатурация 96",
        "الاكسجين 97",
        "oxygen was 85 last year in hospital",
    ],
)
def test_another_number_is_none(text: str) -> None:
    assert screen(text).level == NONE


@pytest.mark.parametrize(
    "text",
    [
        "dad's sugar is 28",
        "glucose reading just 2.4",
        "her blood sugar is over 550",
        "Zucker nur noch 38",
        "BZ 2,6 bei meiner Mutter",
        "Blutzucker liegt bei 520",
        "a glicose dele deu 35",
        "o açúcar dela está em 600",
        "сахар упал до 2,2",
        "глюкоза 1.9",
        "سكره نزل ل ٣٥",
        "السكر عندها 550",
        "sokkar ommi 32",
    ],
)
def test_sugar_that_is_far_off_is_asked_about(text: str) -> None:
    found = screen(text)
    assert found.level != NONE and "sugar" in found.signs


@pytest.mark.parametrize(
    "text",
    [
        "sugar 110 this morning",
        "my sugar has been fine for 2 weeks",
        "diabetes, sugar type 2",
        "I measure sugar 2 times a day",
        "two coffees with sugar, 30 grams",
        "Zucker Typ 2 seit 20 Jahren",
        "Blutzucker 140 nüchtern",
        "messe den Zucker 2 mal am Tag",
        "glicemia 98 em jejum",
        "açúcar tipo 2",
        "сахар 5,6",
        "сахар 2 типа, диабет",
        "меряю сахар 2 раза в день",
        "السكر 120",
        "عندي سكر النوع 2",
        "عندي السكر من 20 سنة",
        "pulse 72",
        "Ruhepuls 64",
        "pulso 80",
        "пульс 90",
        "النبض 75",
    ],
)
def test_an_ordinary_value_and_a_number_of_something_else_are_none(text: str) -> None:
    assert screen(text).level == NONE


@pytest.mark.parametrize(
    "text",
    ["pulse is 180 just sitting", "Puls 35", "batimentos em 190 parado", "пульс 200", "النبض 180", "heart rate of 34"],
)
def test_a_pulse_that_no_resting_heart_has_is_asked_about(text: str) -> None:
    assert screen(text).level == LIKELY


@pytest.mark.parametrize(
    ("text", "hot"),
    [
        ("he has 39.4", True),
        ("38,7 seit gestern", True),
        ("103.2 since noon", True),
        ("wiegt 38,5 kg", False),
        ("37.2", False),
    ],
)
def test_a_temperature_needs_no_word(text: str, hot: bool) -> None:
    assert ("fever" in screen(text + ", sick").concepts) is hot


@pytest.mark.parametrize(
    ("known", "level"),
    [
        ({"oxygen": 97.0}, "self_care"),
        ({"oxygen": 94.0}, "urgent"),
        ({"oxygen": 92.0}, "emergency"),
    ],
)
def test_what_was_measured_counts_in_every_protocol(known: dict[str, float], level: str) -> None:
    calm = {"age": 40.0, "days": 1.0, "severity": 2.0, "course": "better"}
    assert engine.judge([protocols()["cold"]], {**calm, **known}).level == level


def test_a_measurement_of_the_model_is_read() -> None:
    entity = {"role": "oxygen", "measured": {"normalised": {"value": 91, "unit": "%"}}}
    assert measured.values([entity]) == {"oxygen": 91.0}
