"""Only a clear yes records a consent or books an appointment."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.turn import Turn


def said(text: str, intent: str = "affirm", confidence: float = 0.99) -> Turn:
    """The turn of a message that the model has read so."""
    latest: dict[str, Any] = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": []}
    return Turn(Tracker("1", {}, latest, [], False, None, {}, "action_listen"))


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes please!", "sim, obrigado", "ja", "Ja, gerne", "да, пожалуйста", "نعم", "موافق", "ok", "👍", "/affirm"],
)
def test_a_yes(text: str) -> None:
    """Whole words of agreement count however unsure the model is."""
    assert said(text, confidence=0.99 if text.startswith("/") else 0.2).is_yes


@pytest.mark.parametrize(
    "text",
    [
        "why",
        "why not tomorrow",
        "maybe",
        "warum?",
        "ja aber später",
        "может быть",
        "да, но позже",
        "ليش",
        "sim, mas depois",
        "is that ok?",
    ],
)
def test_no_yes(text: str) -> None:
    """Doubt, a question or a "but" is no agreement, even where the model is sure that it is."""
    assert not said(text).is_yes


def test_an_unsure_affirm_is_no_yes() -> None:
    """The model alone must be sure."""
    assert said("sounds like a plan to us all").is_yes
    assert not said("sounds like a plan to us all", confidence=0.5).is_yes
