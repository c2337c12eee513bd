"""What strangers wrote in the ninth round of play, and nobody had read before (docs/decisions/0013-triage.md)."""

from __future__ import annotations

import pytest

from clinic.settings import SUPPORTED_LANGUAGES
from clinic.triage import engine, reading, screen, texts
from clinic.triage.protocols import protocols

FIRE = {
    "en": "we used the charcoal grill inside and now we all have a headache",
    "de": "oma hat kohle im zimmer angemacht, jetzt ist uns allen schwindelig",
    "pt": "aquecedor a gás ligado com tudo fechado, eu e minha filha com tontura",
    "ru": "голова болит и у брата тоже, ночью угли жгли дома мангал",
    "ar": "راسي كيضرني بزاف ودايخ حتى مراتي وبنتي نفس الشي راه شاعلين المجمر فالبيت",
}


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_a_fire_indoors_and_an_ill_head_is_asked_about_as_gas(language: str) -> None:
    found = screen.screen(FIRE[language])
    assert (found.level, "gas" in found.signs) == (screen.LIKELY, True)
    assert reading.read(FIRE[language], language).known["gas_or_smoke"] is True


@pytest.mark.parametrize(
    "text",
    [
        "nariz entupido nao consigo respirar direito, garganta arranhando",
        "انفي مسدود مو قادر اتنفس وعندي زكام",
        "сопли второй день, нос заложен дышать нечем, горло першит. завтра зачёт, умираю)))",
        "my nose is blocked and I cant breathe, runny nose since yesterday",
    ],
)
def test_who_cannot_breathe_through_the_nose_has_a_cold(text: str) -> None:
    assert screen.screen(text).level == screen.NONE


@pytest.mark.parametrize(
    "text", ["nao consigo respirar", "مو قادر اتنفس", "дышать нечем, задыхаюсь", "nose blocked, lips are blue"]
)
def test_and_who_cannot_breathe_at_all_has_not(text: str) -> None:
    assert screen.screen(text).level == screen.CERTAIN


@pytest.mark.parametrize(
    ("language", "text", "known"),
    [
        ("en", "it burns since friday. I am 6 months gone", {"pregnant": True, "age": None}),
        ("pt", "Estou de 33 semanas, a palma da mao coça muito", {"pregnancy_week": 33.0, "days": None}),
        ("ru", "Ладони и пятки чешутся, 5 дней, 33 неделя", {"pregnancy_week": 33.0, "days": 5.0}),
        ("ru", "кашель уже 1 неделя", {"pregnant": None, "days": 7.0}),
        (
            "de",
            "bin hamile 19 woche, ihr sohn hat windpocken",
            {"pregnant": True, "sex": "female", "infection_contact": True},
        ),
        ("de", "d Katz hot mi geschtern in Handballe bissa", {"animal_bite": True, "course": None}),
        ("pt", "o gato me deu uma mordidinha ali anteontem", {"animal_bite": True}),
        ("en", "my cat she has put tooth in it", {"animal_bite": True, "sex": None}),
        ("pt", "e minha mulher cismou com uma pinta nas costa", {"sex": None}),
        ("de", "Meine OMA hier, mein Enkel Leon 7 hat eine Zecke gehabt", {"sex": None}),
        ("ar", "لا عندي سكر بس", {"diabetes": True}),
        ("ar", "ما عندي سكر", {"diabetes": False}),
        ("de", "Müde bin ich auch nicht", {"fatigue": False}),
        ("de", "nix taub", {"numbness": False}),
        ("pt", "febre nao 36,9", {"fever": False}),
        ("en", "and if it gets worse tonight?", {"course": None}),
        ("de", "hab addison, die hydrocortison tabletten kommen halt alle wieder raus", {"needs_cortisone": True}),
        ("ru", "доця 7 міс, температура", {"age": 0.583}),
        ("de", "mein baby 7 monat hat schnupfen", {"age": 0.583}),
        ("en", "my baby 7 months has a runny nose", {"age": 0.583}),
        ("en", "baby 3 weeks crying", {"age": 0.058, "days": None}),
        ("en", "runny nose, since yesterday, I'm 24, otherwise healthy", {"age": 24.0, "days": 1.0}),
        ("de", "schnupfen seit gestern, bin 24", {"age": 24.0, "days": 1.0}),
        ("en", "it hurts since I'm 24", {"age": None}),
        ("pt", "meu bebê 7 meses tá com tosse", {"age": 0.583}),
    ],
)
def test_as_the_ninth_round_said_it(language: str, text: str, known: dict[str, object]) -> None:
    found = reading.read(text, language).known
    assert {name: found.get(name) for name in known} == known


def test_cortisone_that_does_not_stay_down_is_an_emergency() -> None:
    known = {"needs_cortisone": True, "vomiting": True, "age": 22.0}
    assert engine.judge([protocols()["vomiting"]], known).level == "emergency"
    assert engine.judge([protocols()["vomiting"]], {**known, "needs_cortisone": False}).level != "emergency"


def test_contact_with_chickenpox_in_pregnancy_is_seen_today() -> None:
    known = {"pregnant": True, "infection_contact": True, "age": 31.0}
    assert engine.judge([protocols()["rash"]], known).level == "urgent"
    assert "_always/contact_in_pregnancy" in engine.judge([protocols()["rash"]], known).fired


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_nobody_tells_a_baby_to_gargle(language: str) -> None:
    throat = protocols()["sore_throat"]
    assert [throat.texts_for(age) for age in (0.5, 1.9, 2.0, None)] == ["infant", "infant", "sore_throat", "sore_throat"]
    assert texts.self_care("infant", language) and texts.watch("infant", language)
