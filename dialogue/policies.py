"""Rasa's policies, which answer at once when they cannot win.

All policies are asked before every action. Rules decide nearly all turns, so the transformer (TED) is asked only where
the stories say that the answer hangs on what came before; and rules never look at the words of a message, because no
rule of ours names one. Measured in docs/decisions/0011.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Text, Tuple

from rasa.core.featurizers.precomputation import MessageContainerForCoreFeaturization
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.policies.ted_policy import TEDPolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

INTENTS_FILE = "contextual_intents.json"


def _intents(trackers: List[TrackerWithCachedStates]) -> Set[Text]:
    return {
        event.intent["name"]
        for tracker in trackers
        for event in tracker.events
        if isinstance(event, UserUttered) and event.intent
    }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IntentRulePolicy(RulePolicy):
    """RulePolicy for rules that name intents, never a message's words: half the look-ups."""

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> Tuple[Optional[Text], Optional[Text], bool]:
        if use_text_for_last_user_input:
            return None, None, False
        found: Tuple[Optional[Text], Optional[Text], bool] = super()._find_action_from_rules(tracker, domain, False)
        return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ContextualTEDPolicy(TEDPolicy):
    """TEDPolicy that is asked only about intents which no rule answers on its own, and never inside a form.

    Trained on the stories as TEDPolicy is. Reads intents, entities, slots and actions, not the words.
    """

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        *args: Any,
        contextual: Optional[Set[Text]] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, *args, **kwargs)
        self._contextual = contextual or set()

    def train(
        self,
        training_trackers: List[TrackerWithCachedStates],
        domain: Domain,
        precomputations: Optional[MessageContainerForCoreFeaturization] = None,
        **kwargs: Any,
    ) -> Resource:
        """Train on the stories, and note which of their intents have no rule."""
        ruled = _intents([tracker for tracker in training_trackers if tracker.is_rule_tracker])
        told = _intents([tracker for tracker in training_trackers if not tracker.is_rule_tracker])
        self._contextual = told - ruled
        return super().train(training_trackers, domain, precomputations, **kwargs)

    def persist(self) -> None:
        """Keep the intents beside the weights."""
        super().persist()
        with self._model_storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / INTENTS_FILE, sorted(self._contextual))

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ContextualTEDPolicy:
        """The trained policy with its intents."""
        policy: ContextualTEDPolicy = super().load(config, model_storage, resource, execution_context, **kwargs)
        with model_storage.read_from(resource) as folder:
            policy._contextual = set(read_json_file(folder / INTENTS_FILE))
        return policy

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        precomputations: Optional[MessageContainerForCoreFeaturization] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """TED's prediction, or none at all where it cannot win."""
        message = tracker.latest_message
        intent = message.intent.get("name") if message else None
        if tracker.active_loop_name or intent not in self._contextual:
            return self._prediction(self._default_predictions(domain))
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            # One action a turn, as in every story: in a history that no story tells TED may go round in circles.
            listening = self._default_predictions(domain)
            listening[domain.index_for_action(ACTION_LISTEN_NAME)] = 1.0
            return self._prediction(listening)
        return super().predict_action_probabilities(tracker, domain, rule_only_data, precomputations, **kwargs)
