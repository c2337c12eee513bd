"""Conditions of protocols while some things are open and some unknown."""

from __future__ import annotations

import pytest

from clinic.triage.conditions import ConditionError, Truth, parse

FEVER_AND_NECK = parse({"all": ["fever", {"any": ["stiff_neck", "age < 0.25"]}]})


@pytest.mark.parametrize(
    ("known", "truth"),
    [
        ({}, Truth.OPEN),
        ({"fever": False}, Truth.FALSE),
        ({"fever": True, "stiff_neck": True}, Truth.TRUE),
        ({"fever": True, "age": 0.1}, Truth.TRUE),
        ({"fever": True, "stiff_neck": None, "age": 30.0}, Truth.UNKNOWN),
        ({"fever": True, "stiff_neck": None}, Truth.OPEN),
        ({"fever": None, "stiff_neck": True}, Truth.UNKNOWN),
        ({"fever": None, "stiff_neck": False, "age": 30.0}, Truth.FALSE),
    ],
)
def test_open_is_not_unknown(known: dict[str, object], truth: Truth) -> None:
    assert FEVER_AND_NECK.judge(known) == truth  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "known", "truth"),
    [
        ("severity >= 8", {"severity": 8.0}, Truth.TRUE),
        ("severity >= 8", {"severity": 7.9}, Truth.FALSE),
        ("age < 0.25", {"age": 0.25}, Truth.FALSE),
        ("course = worse", {"course": "worse"}, Truth.TRUE),
        ("course = worse", {"course": "same"}, Truth.FALSE),
        ("course = worse", {"course": None}, Truth.UNKNOWN),
        ({"not": "fever"}, {"fever": False}, Truth.TRUE),
        ({"not": "fever"}, {"fever": None}, Truth.UNKNOWN),
        ({"not": "fever"}, {}, Truth.OPEN),
        ({"unless": "vaccinated_tetanus"}, {"vaccinated_tetanus": True}, Truth.FALSE),
        ({"unless": "vaccinated_tetanus"}, {"vaccinated_tetanus": False}, Truth.TRUE),
        ({"unless": "vaccinated_tetanus"}, {"vaccinated_tetanus": None}, Truth.TRUE),
        ({"unless": "vaccinated_tetanus"}, {}, Truth.OPEN),
    ],
)
def test_comparisons_choices_and_not(written: object, known: dict[str, object], truth: Truth) -> None:
    assert parse(written).judge(known) == truth  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written", ["Fever", "age <> 3", {"all": []}, {"all": ["a"], "any": ["b"]}, {"some": ["a"]}, 3, True, None]
)
def test_what_is_no_condition_says_so(written: object) -> None:
    with pytest.raises(ConditionError, match=r"is no condition: see docs/triage\.md"):
        parse(written)


def test_names_are_all_findings_it_hangs_on() -> None:
    assert FEVER_AND_NECK.names() == {"fever", "stiff_neck", "age"}
