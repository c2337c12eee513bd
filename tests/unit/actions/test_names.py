"""When a name was asked for: what is one, and when a wish for a person is believed instead."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.booking import names
from actions.booking.form import interrupts
from actions.turn import Turn


def said(text: str, intent: str = "inform", confidence: float = 0.9) -> Turn:
    """A message while the form asks for the patient's name."""
    latest: dict[str, Any] = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": []}
    slots = {"requested_slot": "booking_name"}
    return Turn(Tracker("1", slots, latest, [], False, None, {"name": "booking_form"}, "action_listen"))


@pytest.mark.parametrize(
    ("text", "confidence", "person"),
    [
        ("منى عبد الرحمن", 0.67, False),
        ("person", 0.99, True),
        ("موظف", 0.99, True),
        ("this is too complicated please let somebody call me", 0.45, True),
    ],
)
def test_a_person_is_given_and_a_name_is_taken(text: str, confidence: float, person: bool) -> None:
    """In a name's length the model has to be sure; a sentence is believed early."""
    turn = said(text, "human_handoff", confidence)
    assert interrupts(turn) is person
    assert (names.written(turn) is None) is person


@pytest.mark.parametrize(
    "text", ["why do you need that?", "o segundo", "wait a moment", "für wen denn?", "12.03.1985", "a b c d e f g"]
)
def test_what_is_no_name(text: str) -> None:
    """Questions, places in a list, doubts, digits and sentences."""
    assert names.written(said(text)) is None


@pytest.mark.parametrize(
    "text", ["Maria Schmidt", "my name is João da Silva", "Ли Цзюнь", "D'Artagnan Charles", "فاطمة الزهراء"]
)
def test_what_is_a_name(text: str) -> None:
    """In any script, with or without a cue."""
    assert names.written(said(text)) in text
