"""Illnesses and medicines of years: told in passing, and their years are not since when it hurts."""

from __future__ import annotations

import pytest

from clinic.triage import reading


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "blood thinner since 5 years, now a nosebleed", "anticoagulants"),
        ("en", "I have high blood pressure", "high_blood_pressure"),
        ("de", "Ich bin seit 12 Jahren Diabetiker, am Fuß eine Stelle", "diabetes"),
        ("de", "nehme seit 3 Jahren Blutverdünner", "anticoagulants"),
        ("pt", "sou diabética há 8 anos", "diabetes"),
        ("ru", "диабет уже 15 лет, ногу натер", "diabetes"),
        ("ru", "прохожу химиотерапию", "cancer"),
        ("ar", "عندي سكري من ١٠ سنين", "diabetes"),
        ("ar", "باخد سيولة من ٣ سنين", "anticoagulants"),
        ("ar", "عندي حساسية صدر", "lung_disease"),
    ],
)
def test_it_is_heard_and_its_years_are_no_duration(language: str, text: str, name: str) -> None:
    known = reading.read(text, language).known
    assert known[name] is True
    assert "days" not in known


def test_the_complaint_keeps_its_own_days() -> None:
    known = reading.read("i have been diabetic for 10 years and have a cough for 3 days", "en").known
    assert known["days"] == 3


def test_a_complaint_of_years_keeps_them() -> None:
    assert reading.read("my knee has hurt for 2 years, I have diabetes", "en").known["days"] == 730
