"""The gate: the trained model on messages, times and languages that it was never trained on (tests/nlu/)."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.settings import SUPPORTED_LANGUAGES
from training import fixed
from training.gates import Gate, gates

pytestmark = pytest.mark.timeout(600)
ENOUGH = 10


@pytest.fixture(scope="module")
def found(measured: dict[str, Any]) -> Any:
    """What the whole pipeline finds in every fixed test message."""
    return measured["understood"]


def test_every_gate_is_open(found: Any) -> None:
    checked = gates(found)
    assert len(checked) == 4 * len(SUPPORTED_LANGUAGES) + 2  # intents, topics, times, language; out of scope, foreign
    assert [f"{gate.name}: {gate.value:.3f} < {gate.least}" for gate in checked if not gate.open] == []


def test_a_closed_gate_is_seen() -> None:
    assert not Gate("intents en", 0.929, 0.93).open
    assert Gate("intents en", 0.93, 0.93).open


def test_the_fixed_set_is_large_enough() -> None:
    """Ten messages and more for every label and language, and every language with times and sentences."""
    counts: dict[tuple[str, str], int] = {}
    for example in fixed.messages():
        counts[example.label, str(example.language)] = counts.get((example.label, str(example.language)), 0) + 1
    assert {label for label, _ in counts} >= {"faq/children", "cancel_appointment", "emergency"}
    assert {key: count for key, count in counts.items() if count < ENOUGH} == {}
    for code in SUPPORTED_LANGUAGES:
        assert sum(case.language == code for case in fixed.times()) >= 40
        assert sum(case.language == code and case.long for case in fixed.languages()) >= 40
