"""The benchmarks' tables from figures that are given, not measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import bots, classifiers, turns
from bench.fit import Result
from training.examples import Example
from training.measure import Prediction


def line(table: str, name: str) -> list[str]:
    [found] = [row for row in table.splitlines() if row.startswith(f"| {name} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_target_is_judged_by_medians() -> None:
    name, late = "turns/s, senders: 8", "p95, ms, senders: 8"
    measured = {
        "stock": {name: [10.0, 11.0, 500.0], late: [900.0], "training, s": [100.0]},
        "ours": {name: [90.0, 80.0, 100.0], late: [200.0], "training, s": [30.0]},
        "ours, all examples": {"training, s": [300.0]},
    }
    table = turns.table(measured, (1, 50))
    assert line(table, name) == [name, "11.0", "—", "90.0", "8.18×", "≥ 8×", "reached"]
    assert line(table, late) == [late, "900", "—", "200", "0.22×", "≤ 0.2×", "**missed**"]
    assert line(table, "training, s")[-1] == "reached"
    assert line(table, "training, s; all of data/nlu, once")[3:] == ["300", "—", "< 240 s", "**missed**"]


def test_what_was_not_measured_reaches_no_target() -> None:
    assert line(turns.table({}, (1, 50)), "model, MB")[1:] == ["—", "—", "—", "—", "< 30 MB", "**missed**"]


def said(truth: str, label: str, in_scope: float, text: str, language: str) -> Prediction:
    return Prediction(Example(Path("x"), truth, language, text), label, 1.0, in_scope)


def test_a_classifier_is_judged_by_language_length_and_strangers() -> None:
    found = [
        said("greet", "greet", 0.9, "hello", "en"),
        said("greet", "thank", 0.9, "a fine day to all of you", "de"),
        said("out_of_scope", "out_of_scope", 0.1, "sing", "ru"),
        said("out_of_scope", "greet", 0.95, "buy me a car", "ru"),
    ]
    stock, ours = Result(found, 100.0, 10.0, 2000.0, 90.0), Result(found, 10.0, 1.0, 500.0, 9.0)
    cells = line(classifiers.quality({"salama": ours}), "ours with concepts")[1:]
    accuracy, en, _, de, _, ru, short, middle, _, recall, ece = map(float, cells)
    assert (accuracy, en, de, ru) == (0.5, 1.0, 0.0, 0.5)
    assert (short, middle, recall) == (1.0, 0.0, 0.5)
    assert ece == pytest.approx(0.5)
    costs = line(classifiers.cost({"rasa_default": stock, "salama": ours}), "ours with concepts")
    assert costs[1:] == ["1.00 (0.10×)", "10.0 (0.10×)", "500 (0.25×)", "9.00 (0.10×)"]


def test_every_label_has_a_rule_and_a_text() -> None:
    labels = ["greet", "inform", "nlu_fallback"]
    assert {rule["rule"] for rule in bots.dialogue(labels)["rules"]} == set(labels)
    assert bots.domain(labels)["responses"].keys() == {f"utter_{label}" for label in labels}


def test_ours_is_what_the_config_says() -> None:
    ours, trial = bots.config(True, None), bots.config(True, 1)
    assert "nlu.classifier.LinearClassifier" in {component["name"] for component in ours["pipeline"]}
    assert [policy["epochs"] for policy in trial["policies"] if "epochs" in policy] == [1]
    assert "importers" not in ours
