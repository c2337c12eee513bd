"""Ordinary ways of telling an ordinary illness, which called the ambulance once; and the real thing beside each."""

from __future__ import annotations

import pytest

from clinic.triage.screen import CERTAIN, LIKELY, NONE, screen


@pytest.mark.parametrize(
    "text",
    [
        "i woke up with a bad headache",
        "acordei com muita dor de cabeça",
        "ich habe starke Kopfschmerzen seit heute",
        "с утра сильная головная боль",
        "صحيت من النوم وراسي بيوجعني قوي",
        "إيدي اليمين بتخدر بالليل وبصحى منها",
        "عضة صغيرة من فوق البنطلون",
        "حرقان وانا بعمل بيبي",
        "i feel like ive been run over by a truck",
        "fühl mich wie vom laster überfahren",
        "acordo parecendo que fui atropelada",
        "как под поезд попал",
        "sinuses packed with cement, pressure in my cheeks",
        "my throat is on fire and i have a fever",
        "my husband snores and stops breathing for a few seconds at night",
        "uns pontinho branco grudado no fio do cabelo",
        "белки глаз желтоватые",
    ],
)
def test_it_is_no_alarm(text: str) -> None:
    assert screen(text).level == NONE


@pytest.mark.parametrize(
    "text", ["bad headache and feeling sick since this morning", "acordei com dor de cabeça forte e enjoo"]
)
def test_it_is_asked_about_and_no_more(text: str) -> None:
    assert screen(text).level == LIKELY


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("sudden really bad headache out of nowhere", "thunderclap"),
        ("he woke up this morning and cannot speak", "stroke"),
        ("acordou e não consegue falar direito", "stroke"),
        ("بابا صحي من النوم ومش عارف يتكلم", "stroke"),
        ("he was run over by a truck", "major_injury"),
        ("mein Bruder wurde vom Laster überfahren", "major_injury"),
        ("wet cement in his eyes", "burn"),
        ("her clothes are on fire", "burn"),
        ("ele ficou grudado no fio da rua", "major_injury"),
        ("у него видны белки глаз и он трясется", "seizure"),
    ],
)
def test_the_real_thing_is_one(text: str, sign: str) -> None:
    found = screen(text)
    assert found.level == CERTAIN and sign in found.signs


@pytest.mark.parametrize("text", ["açúcar no sangue 600", "o açúcar no sangue dele deu 600"])
def test_a_number_is_no_manner_of_speaking(text: str) -> None:
    assert screen(text).signs == ("sugar",)
