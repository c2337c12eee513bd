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
    {
        "intents": ["x"],
        "actions": ["action_emergency"],
        "forms": {"booking_form": {"required_slots": []}, "intake_form": {"required_slots": []}},
    }
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


def suspected(signs: list[str]) -> list[Event]:
    message = UserUttered("20 months, girl", {"name": "x"}, parse_data={"emergency": {"level": "likely", "signs": signs}})  # type: ignore[typeddict-item]
    return [ActionExecuted("action_listen"), message]


@pytest.mark.parametrize(("signs", "action"), [(["unnamed"], None), (["breathing"], "action_emergency")])
def test_what_no_sign_names_is_left_to_the_questions_of_the_intake(
    policy: EmergencyPolicy, signs: list[str], action: str | None
) -> None:
    asking = [*said("none"), ActiveLoop("intake_form"), ActionExecuted("intake_form")]
    assert next_action(policy, *asking, *suspected(signs)) == action


def test_it_is_asked_about_where_the_intake_was_not_asking(policy: EmergencyPolicy) -> None:
    with_a_person = [*said("none"), ActiveLoop("intake_form"), ActionExecuted("action_human_handoff")]
    assert next_action(policy, *with_a_person, *suspected(["unnamed"])) == "action_emergency"
    assert next_action(policy, *suspected(["unnamed"])) == "action_emergency"
    booking = [*said("none"), ActiveLoop("booking_form"), ActionExecuted("booking_form")]
    assert next_action(policy, *booking, *suspected(["unnamed"])) == "action_emergency"
