"""The figures: what they are of predictions that can be counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from training import gates, measure
from training.examples import Example
from training.measure import Prediction


def one(truth: str, label: str, confidence: float = 0.9, in_scope: float = 0.9, language: str = "en") -> Prediction:
    return Prediction(Example(Path("x"), truth, language, "some words"), label, confidence, in_scope)


def test_topics_of_a_retrieval_intent_count_together() -> None:
    scores = {"greet": 0.4, "faq/prices": 0.35, "faq/payment": 0.2, "out_of_scope": 0.05}
    found = measure.from_scores(Example(Path("x"), "faq/prices", "en", "how much"), scores)
    assert (found.label, found.right) == ("faq/prices", True)
    assert found.confidence == pytest.approx(0.55) and found.in_scope == pytest.approx(0.55)


def parse(name: str, confidence: float, ranking: list[tuple[str, float]], topic: str | None = None) -> dict[str, Any]:
    return {
        "intent": {"name": name, "confidence": confidence},
        "intent_ranking": [{"name": each, "confidence": share} for each, share in ranking],
        "response_selector": {"faq": {"response": {"intent_response_key": topic}}},
        "language": {"code": "de"},
    }


def test_a_parse_is_read_with_its_topic_and_behind_the_fallback() -> None:
    example = Example(Path("x"), "faq/prices", "de", "was kostet das")
    asked = measure.from_parse(example, parse("faq", 0.8, [("faq", 0.8), ("greet", 0.1)], "faq/prices"))
    assert asked.right and asked.language == "de"
    unsure = parse("nlu_fallback", 0.7, [("nlu_fallback", 0.7), ("out_of_scope", 0.3), ("greet", 0.2)])
    found = measure.from_parse(example, unsure)
    assert (found.label, found.confidence, found.in_scope) == ("out_of_scope", 0.3, 0.2)


def test_accuracy_confusions_and_groups() -> None:
    found = [one("greet", "greet"), one("greet", "thank"), one("greet", "thank"), one("deny", "greet", language="de")]
    assert measure.accuracy(found) == 0.25 and measure.accuracy([]) == 0
    assert measure.confusions(found) == [("greet", "thank", 2), ("deny", "greet", 1)]
    assert {code: len(group) for code, group in measure.by(found, lambda p: p.example.language).items()} == {
        "de": 1,
        "en": 3,
    }


def test_calibration_error_is_the_gap_between_confidence_and_right_answers() -> None:
    assert measure.calibration_error([one("a", "a", 0.75), one("a", "b", 0.75)]) == pytest.approx(0.25)
    assert measure.calibration_error([one("a", "a", 1.0), one("a", "b", 0.0)]) == 0
    assert measure.histogram([one("a", "a", 1.0), one("a", "b", 0.05)])[9] == (1, 0)


def test_out_of_scope_recall_at_a_false_alarm_rate() -> None:
    strangers = [one("out_of_scope", "x", in_scope=score) for score in (0.1, 0.2, 0.5, 0.9)]
    patients = [one("greet", "greet", in_scope=score) for score in (0.3, *[0.95] * 9)]
    found = [*strangers, *patients]
    assert measure.out_of_scope_recall(found, 0.0) == 0.5
    assert measure.out_of_scope_recall(found, 0.1) == 1.0
    assert measure.out_of_scope_curve(found)[0] == (0.0, 0.0) and measure.out_of_scope_curve(found)[-1] == (1.0, 1.0)


def test_the_gates_see_what_is_wrong() -> None:
    def said(truth: str, label: str, in_scope: float = 0.9) -> dict[str, Any]:
        rest = {"text": "some words", "spoken": "en", "language": "en", "confidence": 0.9, "in_scope": in_scope}
        return {"truth": truth, "label": label, **rest}

    time = {"language": "en", "text": "at 3", "begins": "2026-11-23T15:00", "ends": None, "grain": "hour"}
    language = {"language": "en", "text": "how are you", "long": True}
    found = {
        "messages": [said("greet", "greet"), said("faq/prices", "faq/payment"), said("out_of_scope", "out_of_scope", 0.1)],
        "times": [
            {**time, "found": ["2026-11-23T15:00", None, "hour"]},
            {**time, "found": ["2026-11-23T15:00", None, "day"]},
        ],
        "languages": [{**language, "found": "en"}, {**language, "language": "fr", "found": "en"}],
    }
    values = {gate.name: gate.value for gate in gates.gates(found)}
    assert values["intents en"] == 1.0 and values["faq topics en"] == 0.0
    assert values["out of scope, recall"] == 1.0 and values["times en"] == 0.5
    assert values["language en"] == 1.0 and values["language foreign"] == 0.0
