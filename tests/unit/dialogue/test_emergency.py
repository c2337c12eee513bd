"""The policy that puts danger before everything else."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.emergency import EmergencyPolicy

DOMAIN = Domain.from_dict(
    {"intents": ["x"], "actions": ["action_emergency"], "forms": {"booking_form": {"required_slots": []}}}
)


@pytest.fixture
def policy(tmp_path: Any) -> EmergencyPolicy:
    return EmergencyPolicy({"priority": 10}, LocalModelStorage(tmp_path), Resource("p"), ExecutionContext(GraphSchema({})))


def said(level: str) -> list[Event]:
    return [ActionExecuted("action_listen"), UserUttered("…", {"name": "x"}, parse_data={"emergency": {"level": level}})]  # type: ignore[typeddict-item]


def next_action(policy: EmergencyPolicy, *events: Event) -> str | None:
    tracker = DialogueStateTracker.from_events("1", list(events), DOMAIN.slots)
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    best = max(prediction.probabilities)
    return DOMAIN.action_names_or_texts[prediction.probabilities.index(best)] if best else None


@pytest.mark.parametrize(
    ("level", "action"), [("certain", "action_emergency"), ("likely", "action_emergency"), ("none", None)]
)
def test_danger_is_answered_first_in_a_form_too(policy: EmergencyPolicy, level: str, action: str | None) -> None:
    assert next_action(policy, *said(level)) == action
    assert next_action(policy, ActiveLoop("booking_form"), *said(level)) == action


@pytest.mark.parametrize(("state", "action"), [("acted", "action_listen"), ("asked", "action_listen"), ("denied", None)])
def test_after_it_there_is_silence_unless_it_was_denied(policy: EmergencyPolicy, state: str, action: str | None) -> None:
    done = [ActionExecuted("action_emergency"), SlotSet("emergency", state)]
    assert next_action(policy, ActiveLoop("booking_form"), *said("certain"), *done) == action


def test_the_answer_to_the_question_goes_there_whatever_it_says(policy: EmergencyPolicy) -> None:
    asked = [*said("likely"), ActionExecuted("action_emergency"), SlotSet("emergency", "asked")]
    assert next_action(policy, *asked, *said("none")) == "action_emergency"
    answered = [*said("none"), ActionExecuted("action_emergency"), SlotSet("emergency", "denied")]
    assert next_action(policy, *asked, *answered, *said("none")) is None
