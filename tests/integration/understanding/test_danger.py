"""The gate: labelled emergencies and near misses (tests/triage/messages), as the whole trained pipeline judges them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from clinic.settings import SUPPORTED_LANGUAGES
from training.examples import training
from training.triage import labelled
from training.triage.labelled import Judged

pytestmark = pytest.mark.timeout(600)
EMERGENCIES, NEAR_MISSES = 100, 120


@pytest.fixture(scope="module")
def found(measured: dict[str, Any]) -> list[Judged]:
    """Every labelled message with the level that patients would meet."""
    return [Judged(message, measured["judged"][message.text], ()) for message in labelled.messages()]


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_emergencies_are_seen_and_near_misses_left_alone(found: list[Judged], language: str) -> None:
    mine = [one for one in found if one.message.language == language]
    assert labelled.recall(mine) >= labelled.LEAST_RECALL
    assert labelled.false_alarms(mine) <= labelled.MOST_FALSE_ALARMS


def test_the_set_is_large_enough_and_nobody_learnt_it() -> None:
    counts = Counter((message.language, message.label) for message in labelled.messages())
    for language in SUPPORTED_LANGUAGES:
        assert counts[language, labelled.EMERGENCY] >= EMERGENCIES
        assert counts[language, labelled.NEAR_MISS] >= NEAR_MISSES
    learnt = {example.text.lower() for example in training()}
    assert [message.text for message in labelled.messages() if message.text.lower() in learnt] == []
