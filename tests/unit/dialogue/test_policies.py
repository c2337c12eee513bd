"""Policies that abstain: TED is asked only where the stories need it, rules never look at words."""

from __future__ import annotations

import itertools
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy
from rasa.core.policies.ted_policy import TEDPolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.policies import ContextualMemoizationPolicy, ContextualTEDPolicy, IntentRulePolicy
from tests.support.surroundings import ModelFolder

with warnings.catch_warnings():  # Rasa warns of auto-filled slots whenever a domain is read
    warnings.simplefilter("ignore")
    DOMAIN = Domain.from_yaml(
        """
version: "3.1"
intents: [faq, inform]
forms:
  booking_form: {required_slots: []}
actions: [action_answer_faq, action_follow_up]
"""
    )


def policy(folder: Path, kind: Any, **options: Any) -> Any:
    context = ExecutionContext(GraphSchema({}))
    config = {**kind.get_default_config(), "constrain_similarities": True, "evaluate_every_number_of_epochs": -1}
    return kind(config, ModelFolder(folder), Resource("policy"), context, **options)


def tracker(intent: str, loop: str | None = None) -> DialogueStateTracker:
    events = [ActiveLoop(loop)] if loop else []
    said = UserUttered("words", {"name": intent, "confidence": 0.9}, [])
    return DialogueStateTracker.from_events("1", [*events, ActionExecuted("action_listen"), said], DOMAIN.slots)


@pytest.mark.parametrize(
    ("intent", "loop", "asked"), [("inform", None, True), ("faq", None, False), ("inform", "booking_form", False)]
)
def test_ted_is_asked_where_it_can_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, intent: str, loop: str | None, asked: bool
) -> None:
    calls: list[str] = []

    def predict(self: TEDPolicy, tracker: DialogueStateTracker, *args: Any, **kwargs: Any) -> Any:
        calls.append(str(tracker.latest_message.intent["name"]))
        return self._prediction(self._default_predictions(DOMAIN))

    monkeypatch.setattr(TEDPolicy, "predict_action_probabilities", predict)
    ted = policy(tmp_path, ContextualTEDPolicy)
    ted._contextual = {"inform"}
    prediction = ted.predict_action_probabilities(tracker(intent, loop), DOMAIN)
    assert bool(calls) == asked
    assert prediction.max_confidence == 0


def test_after_its_action_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an unseen history can go round in circles until Rasa's circuit breaker gives up the turn."""
    monkeypatch.setattr(TEDPolicy, "predict_action_probabilities", lambda *args, **kwargs: pytest.fail("asked"))
    ted = policy(tmp_path, ContextualTEDPolicy)
    ted._contextual = {"inform"}
    done = tracker("inform")
    done.update(ActionExecuted("action_follow_up"))
    prediction = ted.predict_action_probabilities(done, DOMAIN)
    assert DOMAIN.action_names_or_texts[prediction.probabilities.index(1.0)] == "action_listen"


def test_what_has_no_rule_hangs_on_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TEDPolicy, "train", lambda self, *args, **kwargs: self._resource)
    ted = policy(tmp_path, ContextualTEDPolicy)

    def told(*intents: str, is_rule: bool) -> TrackerWithCachedStates:
        events = [UserUttered(intent={"name": intent}) for intent in intents]
        made = TrackerWithCachedStates.from_events("1", events, DOMAIN.slots)
        made.is_rule_tracker = is_rule
        return made

    ted.train([told("faq", is_rule=True), told("faq", "inform", is_rule=False)], DOMAIN)
    assert ted._contextual == {"inform"}


def test_rules_do_not_look_at_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []

    def find(self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, words: bool) -> Any:
        looked.append(words)
        return "action_answer_faq", "rule", False

    monkeypatch.setattr(RulePolicy, "_find_action_from_rules", find)
    rules = policy(tmp_path, IntentRulePolicy)
    assert rules._find_action_from_rules(tracker("faq"), DOMAIN, True) == (None, None, False)
    assert rules._find_action_from_rules(tracker("faq"), DOMAIN, False)[0] == "action_answer_faq"
    assert looked == [False]


def test_the_index_of_rules_leaves_none_out(tmp_path: Path) -> None:
    listens, answered = ({"action_name": name} for name in ("action_listen", "action_answer_faq"))
    rules = [
        [{"prev_action": listens, "user": {"intent": "faq"}}],
        [{"prev_action": listens, "user": {"intent": "inform"}}],
        [{"prev_action": listens, "user": {"intent": "faq"}, "slots": {"offer": SHOULD_NOT_BE_SET}}],
        [{"prev_action": listens, "slots": {"offer": [1.0]}}],
        [{"prev_action": listens, "user": {"intent": "faq"}}, {"prev_action": answered, "user": {"intent": "faq"}}],
        [{"prev_action": answered}],
        [{"user": {"intent": "faq"}}],
    ]
    lookup = {json.dumps(rule): "action_listen" for rule in rules}
    whole, indexed = policy(tmp_path, IntentRulePolicy), policy(tmp_path, IntentRulePolicy)
    indexed._indices = {}
    seen = set()
    for before, intent, slots in itertools.product(
        ({}, {"prev_action": listens}, {"prev_action": answered}),
        ("faq", "inform", "greet"),
        ({}, {"slots": {"offer": (1.0,)}}),
    ):
        newest = {**before, "user": {"intent": intent}, **slots}
        for states in ([newest], [{"prev_action": listens, "user": {"intent": "faq"}}, newest]):
            found = whole._get_possible_keys(lookup, states)
            assert indexed._get_possible_keys(lookup, states) == found
            seen |= found
    assert seen == set(lookup)


def test_stories_are_not_remembered_where_a_rule_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoizationPolicy, "recall", lambda *args, **kwargs: "action_follow_up")
    memory = policy(tmp_path, ContextualMemoizationPolicy)
    memory._contextual = {"inform"}
    sure = [
        memory.predict_action_probabilities(tracker(intent, loop), DOMAIN).max_confidence > 0
        for intent, loop in (("inform", None), ("faq", None), ("inform", "booking_form"))
    ]
    assert sure == [True, False, False]


def test_no_rule_names_a_message() -> None:
    """What IntentRulePolicy relies on."""
    from clinic.settings import PROJECT
    from tests.support.examples import load

    for path in (PROJECT / "data" / "rules").glob("*.yml"):
        for rule in load(path)["rules"]:
            assert not any("user" in step or "bot" in step for step in rule["steps"]), rule["rule"]
