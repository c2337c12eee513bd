"""Rasa's policies, which answer at once when they cannot win.

All policies are asked before every action. Rules decide nearly all turns, so the stories' policies (memoization and the
transformer, TED) are asked only where the stories say that the answer hangs on what came before; and rules never look
at the words of a message, because no rule of ours names one. Measured in docs/decisions/0011.
"""

from __future__ import annotations

from collections import defaultdict
from typing import AbstractSet, Any, Dict, List, Optional, Set, Text, Tuple

from rasa.core.featurizers.precomputation import MessageContainerForCoreFeaturization
from rasa.core.featurizers.tracker_featurizers import MaxHistoryTrackerFeaturizer, TrackerFeaturizer
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy
from rasa.core.policies.ted_policy import TED, TEDPolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file
from rasa.utils.tensorflow.data_generator import RasaBatchDataGenerator
from rasa.utils.tensorflow.model_data import RasaModelData

INTENTS_FILE = "contextual_intents.json"
# The action before a state, and the intent that it asks for (None: any, or none).
Place = Tuple[Optional[Text], Optional[Text]]


def _previous(state: State) -> Optional[Text]:
    action: Optional[Text] = (state.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME)
    return action


def _intent(state: State) -> Optional[Text]:
    intent: Optional[Text] = (state.get(USER) or {}).get(INTENT)
    return None if intent == SHOULD_NOT_BE_SET else intent


def _intents(trackers: List[TrackerWithCachedStates]) -> Set[Text]:
    return {
        event.intent["name"]
        for tracker in trackers
        for event in tracker.events
        if isinstance(event, UserUttered) and event.intent
    }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IntentRulePolicy(RulePolicy):
    """RulePolicy for rules that name intents, never a message's words: half the look-ups, and each among a few rules."""

    # By a look-up's identity: the policy holds its two for as long as it lives. None while it is being trained.
    _indices: Optional[Dict[int, Dict[Place, List[Text]]]] = None

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentRulePolicy:
        """The trained policy. Its look-ups do not change any more."""
        policy: IntentRulePolicy = super().load(config, model_storage, resource, execution_context, **kwargs)
        policy._indices = {}
        return policy

    def _get_possible_keys(self, lookup: Dict[Text, Text], states: List[State]) -> Set[Text]:
        """The rules that hold in these states; only those that can end in the newest one are looked at."""
        previous = _previous(states[-1]) if states else None
        if previous is not None and self._indices is not None:
            index = self._indices.get(id(lookup)) or self._indices.setdefault(id(lookup), self._index(lookup))
            places = {(previous, _intent(states[-1])), (previous, None)}
            lookup = {key: lookup[key] for place in places for key in index.get(place, ())}
        found: Set[Text] = super()._get_possible_keys(lookup, states)
        return found

    def _index(self, lookup: Dict[Text, Text]) -> Dict[Place, List[Text]]:
        """Rule keys by what their last state asks for."""
        index: Dict[Place, List[Text]] = defaultdict(list)
        for key in lookup:
            last = self._rule_key_to_state(key)[-1]
            index[_previous(last), _intent(last)].append(key)
        return index

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> Tuple[Optional[Text], Optional[Text], bool]:
        if use_text_for_last_user_input:
            return None, None, False
        found: Tuple[Optional[Text], Optional[Text], bool] = super()._find_action_from_rules(tracker, domain, False)
        return found


class _Contextual(Policy):
    """A stories' policy that is asked only about intents which no rule answers on its own, and never inside a form."""

    _contextual: AbstractSet[Text] = frozenset()

    def _note(self, trackers: List[TrackerWithCachedStates]) -> None:
        """Which intents of the stories have no rule."""
        ruled = _intents([tracker for tracker in trackers if tracker.is_rule_tracker])
        told = _intents([tracker for tracker in trackers if not tracker.is_rule_tracker])
        self._contextual = told - ruled

    def _abstains(self, tracker: DialogueStateTracker) -> bool:
        message = tracker.latest_message
        intent = message.intent.get("name") if message else None
        return bool(tracker.active_loop_name) or intent not in self._contextual

    def persist(self) -> None:
        """Keep the intents beside what was learnt."""
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
    ) -> _Contextual:
        """The trained policy with its intents."""
        policy: _Contextual = super().load(config, model_storage, resource, execution_context, **kwargs)
        with model_storage.read_from(resource) as folder:
            policy._contextual = set(read_json_file(folder / INTENTS_FILE))
        return policy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ContextualMemoizationPolicy(_Contextual, MemoizationPolicy):
    """MemoizationPolicy, asked only where it can win; a state's features are costly."""

    def train(self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Remember the stories, and which of their intents have no rule."""
        self._note(training_trackers)
        return super().train(training_trackers, domain, **kwargs)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """What the stories say, word for word, or nothing at all where it cannot win."""
        if self._abstains(tracker):
            return self._prediction(self._default_predictions(domain))
        return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)


class RestoredTED(TED):
    """A transformer that is given the weights of a trained one, and is not trained itself."""

    def fit(self, examples: RasaBatchDataGenerator, **_: Any) -> None:
        """Make the layers, as Rasa does by training on one example: its loss is enough, and 13 seconds sooner there."""
        self._training = True
        self.batch_loss(examples[0][0])

    def load_weights(self, *args: Any, **kwargs: Any) -> Any:
        """The trained weights; without those of the optimizer, of which TensorFlow would complain line by line."""
        return super().load_weights(*args, **kwargs).expect_partial()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ContextualTEDPolicy(_Contextual, TEDPolicy):
    """TEDPolicy, asked only where it can win. Reads intents, entities, slots and actions, not the words."""

    def train(
        self,
        training_trackers: List[TrackerWithCachedStates],
        domain: Domain,
        precomputations: Optional[MessageContainerForCoreFeaturization] = None,
        **kwargs: Any,
    ) -> Resource:
        """Train on the stories, and note which of their intents have no rule."""
        self._note(training_trackers)
        return super().train(training_trackers, domain, precomputations, **kwargs)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        precomputations: Optional[MessageContainerForCoreFeaturization] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """TED's prediction, or none at all where it cannot win."""
        if self._abstains(tracker):
            return self._prediction(self._default_predictions(domain))
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            # One action a turn, as in every story: in a history that no story tells TED may go round in circles.
            listening = self._default_predictions(domain)
            listening[domain.index_for_action(ACTION_LISTEN_NAME)] = 1.0
            return self._prediction(listening)
        return super().predict_action_probabilities(tracker, domain, rule_only_data, precomputations, **kwargs)

    @classmethod
    def _load_tf_model(
        cls,
        model_utilities: Dict[Text, Any],
        model_data_example: RasaModelData,
        predict_data_example: RasaModelData,
        featurizer: TrackerFeaturizer,
        should_finetune: bool,
    ) -> TED:
        kind = cls.model_class() if should_finetune else RestoredTED
        return kind.load(
            str(model_utilities["tf_model_file"]),
            model_data_example,
            predict_data_example,
            data_signature=model_data_example.get_signature(),
            config=model_utilities["model_config"],
            max_history_featurizer_is_used=isinstance(featurizer, MaxHistoryTrackerFeaturizer),
            label_data=model_utilities["label_data"],
            entity_tag_specs=model_utilities["entity_tag_specs"],
            finetune_mode=should_finetune,
        )
