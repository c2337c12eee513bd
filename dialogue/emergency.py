"""Emergencies come before every rule, story and form: the screen's verdict decides, not what was going on.

A message that the screen finds certain or likely is answered by `action_emergency`; so is the message after its
question "is this happening now?", whatever it says. An open form is not closed: it waits, and goes on once the danger
is denied or the person who took over has closed the chat.

Only one thing is left to a form: a danger that no sign names, in the answer to a question of the intake. Its lists ask
for the signs of danger themselves, and the model, taught with whole messages, takes "20 months, girl" for one.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Text

from rasa.core.constants import POLICY_PRIORITY
from rasa.core.featurizers.precomputation import MessageContainerForCoreFeaturization
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, LoopInterrupted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

ACTION = "action_emergency"
SLOT, ASKED, ACTED = "emergency", "asked", "acted"
LIKELY = "likely"
LEVELS = ("certain", LIKELY)
UNNAMED = ["unnamed"]
INTAKE_FORM = "intake_form"


def level(tracker: DialogueStateTracker) -> Optional[Text]:
    """The screen's verdict on the newest message."""
    return _verdict(tracker).get("level")


def _verdict(tracker: DialogueStateTracker) -> Mapping[Text, Any]:
    message = tracker.latest_message
    return ((message.parse_data or {}).get("emergency") or {}) if message else {}


def is_left_to_the_intake(tracker: DialogueStateTracker) -> bool:
    """Whether the message answers a question of the intake, and the model alone suspects a danger in it."""
    verdict = _verdict(tracker)
    if verdict.get("level") != LIKELY or verdict.get("signs") != UNNAMED or tracker.active_loop_name != INTAKE_FORM:
        return False
    actions = (event.action_name for event in reversed(tracker.events) if isinstance(event, ActionExecuted))
    return next((name for name in actions if name != ACTION_LISTEN_NAME), None) == INTAKE_FORM


def is_dangerous(tracker: DialogueStateTracker) -> bool:
    """Whether the newest message is one for `action_emergency`."""
    return level(tracker) in LEVELS and not is_left_to_the_intake(tracker)


def was_asked(tracker: DialogueStateTracker) -> bool:
    """Whether the turn before this message ended with the question "is this happening now?"."""
    users = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            users += 1
        if users == 1 and isinstance(event, SlotSet) and event.key == SLOT:
            return bool(event.value == ASKED)
        if users > 1:
            return False
    return False


def _state_now(tracker: DialogueStateTracker) -> Optional[Text]:
    """What `action_emergency` has made of this turn."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return None
        if isinstance(event, SlotSet) and event.key == SLOT:
            return str(event.value) if event.value else None
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class EmergencyPolicy(Policy):
    """Sends every message that may be an emergency to `action_emergency`."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Above RulePolicy's 6."""
        return {POLICY_PRIORITY: 10}

    def train(
        self,
        training_trackers: List[TrackerWithCachedStates],
        domain: Domain,
        precomputations: Optional[MessageContainerForCoreFeaturization] = None,
        **kwargs: Any,
    ) -> Resource:
        """Nothing is learnt."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmergencyPolicy:
        """Nothing was learnt."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        precomputations: Optional[MessageContainerForCoreFeaturization] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """`action_emergency` after a dangerous message, then silence; nothing at all otherwise."""
        latest = tracker.latest_action_name
        if latest == ACTION_LISTEN_NAME and (is_dangerous(tracker) or was_asked(tracker)):
            return self._says(ACTION, tracker, domain)
        if latest == ACTION and _state_now(tracker) in (ASKED, ACTED):
            return self._says(ACTION_LISTEN_NAME, tracker, domain)
        return self._prediction(self._default_predictions(domain))

    def _says(self, action: Text, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        sure = self._default_predictions(domain)
        sure[domain.index_for_action(action)] = 1.0
        waits: List[Event] = [LoopInterrupted(True)] if tracker.active_loop_name else []
        # "No user prediction" is what a form's own prediction is: only so can it be outvoted.
        return self._prediction(sure, optional_events=waits, is_no_user_prediction=True)
