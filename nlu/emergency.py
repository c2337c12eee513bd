"""Puts the verdict on danger on each message: `"emergency": {"level", "signs"}` beside the intent.

Two look at it. The screen (`clinic.triage.screen`) finds named signs by patterns and says what speaks against them. A
linear model, taught with hand-written emergencies, with what only looks like one (`danger/<language>.yml`) and with what
people first say of ordinary illnesses (`complaints/`, sorted by `danger/openings/<language>.yml`), reads the same message,
the screen's findings among its features. Only a named sign can be `certain`. The model adds a question where the screen
sees nothing, and where it is nearly sure that there is nothing it takes a finding back. Both are deterministic, and both
can say why. Limits and figures: docs/decisions/0013-triage.md.
"""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, Dict, List, Sequence, Text, Tuple

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from clinic import yamlfile
from clinic.settings import settings
from clinic.triage.amounts import is_amount
from clinic.triage.screen import CERTAIN, LIKELY, NONE, UNNAMED, Screening, screen
from nlu.classifier import read
from nlu.complaints import REPORT, SOUNDS_UNWELL, UNWELL_OUTPUT, openings
from nlu.taught import TaughtComponent, language_of, words_of
from nlu.textmodel import Reading, TextModel

FOLDER = Path(__file__).with_name("danger")
OPENINGS = FOLDER / "openings"
INTENT_NAME = OUTPUT = "emergency"
# The model's probability of an emergency, whatever became of it.
SUSPICION_OUTPUT = "suspicion"
RANKING = "intent_ranking"
EMERGENCY, NEAR_MISS, OTHER = "emergency", "near_miss", "other"
# Limits of the model's probability (docs/decisions/0013-triage.md): from the first on an unnamed danger is asked about;
# below the second a sign is left alone; below the third a certain sign is asked about first.
SUSPICION, DOUBT, UNSURE = 0.25, 0.4, 0.7
# Of the intents that say nothing of health, one example in so many is shown to the model, and all that are so short:
# "hi" has too few pieces to look like another greeting.
ONE_IN, SHORT = 5, 2
ABOUT_HEALTH = frozenset(("report_symptom", "ask_medical_advice", "log_vital", "refill_prescription", "human_handoff"))
SEED = 42
# Of how many concepts of a message all pairs are features.
MOST_PAIRED = 14


Example = Tuple[str, str, str]


def verdict(screening: Screening, probability: float) -> Dict[Text, Any]:
    """Level and signs from the screen and the model's probability of an emergency."""
    if screening.level == NONE:
        suspected = probability >= SUSPICION
        return {"level": LIKELY, "signs": [UNNAMED]} if suspected else {"level": NONE, "signs": []}
    if probability < DOUBT:
        return {"level": NONE, "signs": []}
    level = LIKELY if screening.level == LIKELY or probability < UNSURE else CERTAIN
    return {"level": level, "signs": list(screening.signs)}


@lru_cache(maxsize=16)
def taught(language: str) -> Tuple[Example, ...]:
    """(text, language, label) of the teaching set, of all its writers (`<language>.yml`, `<language>_2.yml`, …)."""
    found = []
    for path in sorted(FOLDER.glob(f"{language}*.yml")):
        content: Dict[str, List[str]] = yamlfile.load(path)
        found += [(str(text), language, label) for label in (EMERGENCY, NEAR_MISS) for text in content.get(label) or ()]
    return tuple(found)


@lru_cache(maxsize=16)
def ordinary_and_not(language: str) -> Tuple[Example, ...]:
    """(text, language, label) of the openings of nlu/complaints; those that two nurses would argue about are left out."""
    judged: Dict[str, List[str]] = yamlfile.load(OPENINGS / f"{language}.yml")
    emergencies, unclear = set(map(str, judged[EMERGENCY])), set(map(str, judged["unclear"]))
    texts = dict.fromkeys(text for text, _ in openings(language) if text not in unclear)
    return tuple((text, language, EMERGENCY if text in emergencies else OTHER) for text in texts)


def features(text: str, language: str, concepts: bool) -> Reading:
    """What the model reads: words, concepts, and beside the concepts what the screen found and what spoke against it."""
    words, found, raw = read(text, language, concepts)
    screening = screen(text)
    seen = {f"sign:{one.sign}:{one.level}" for one in screening.findings if one.discounted is None}
    against = {f"against:{one.discounted}" for one in screening.findings if one.discounted is not None}
    named = [name.replace(" ", "_") for name in screening.concepts]
    pairs = [f"{one}+{other}" for one, other in combinations(named[:MOST_PAIRED], 2)]
    # Signs and concepts are the same in every language: what German emergencies teach helps with Arabic ones.
    return words, " ".join([found, f"level:{screening.level}", *sorted(seen | against), *named, *pairs]), raw


def _examples(training_data: TrainingData) -> List[Example]:
    """The teaching sets, all examples about health, and a share of the rest."""
    chooser = random.Random(SEED)
    found = [example for code in settings().languages for example in (*taught(code), *ordinary_and_not(code))]
    for message in training_data.intent_examples:
        text, intent = message.get(TEXT), message.get(INTENT)
        short = len(str(text or "").split()) <= SHORT
        if text and (intent in ABOUT_HEALTH or intent == INTENT_NAME or short or chooser.randrange(ONE_IN) == 0):
            found.append((text, language_of(message), EMERGENCY if intent == INTENT_NAME else OTHER))
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmergencyScreen(TaughtComponent):
    """The last word on each message; stands at the end of the pipeline."""

    FILE = "danger.pickle.bz2"

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """With pieces of words as long as the intent classifier's: danger is told in few words."""
        return {**TaughtComponent.get_default_config(), "max_ngram": 5}

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TaughtComponent:
        """The trained one; the words of the screen and of amounts are read now, not while the first patient waits."""
        screen("")
        for language in settings().languages:
            is_amount("1", language)
        return super().load(config, model_storage, resource, execution_context, **kwargs)

    def fit(self, training_data: TrainingData) -> TextModel:
        """The model of the teaching set and the training data."""
        examples = _examples(training_data)
        readings = [self._features(text, language) for text, language, _ in examples]
        return TextModel(self._config).fit(readings, [label for _, _, label in examples])

    def process(self, messages: List[Message]) -> List[Message]:
        """Judge each message; the intent follows the verdict."""
        for message in messages:
            screening = screen(str(message.get(TEXT) or ""))
            probability = self.probability(words_of(message), language_of(message))
            found = verdict(screening, probability)
            message.set(OUTPUT, found, add_to_output=True)
            message.set(SUSPICION_OUTPUT, round(probability, 2), add_to_output=True)
            if found["level"] == CERTAIN:
                _put_first(message, {"name": INTENT_NAME, "confidence": 1.0})
            elif found["level"] == NONE and (message.get(INTENT) or {}).get("name") == INTENT_NAME:
                _second_thought(message)
        return messages

    def probability(self, text: Text, language: Text) -> float:
        """How likely the model thinks an emergency; 0 of no text, or of nothing but a number with its unit."""
        if self.model is None or not text or is_amount(text, language):
            return 0.0
        labels: Sequence[str] = self.model.classes_
        return float(self.model.probabilities(self._features(text, language))[labels.index(EMERGENCY)])

    def _features(self, text: Text, language: Text) -> Reading:
        return features(text, language, self.concepts)


def _put_first(message: Message, intent: Dict[Text, Any]) -> None:
    others = [entry for entry in message.get(RANKING) or [] if entry["name"] != intent["name"]]
    message.set(INTENT, intent, add_to_output=True)
    message.set(RANKING, [intent, *others], add_to_output=True)


def _second_thought(message: Message) -> None:
    """The intent that is left when an emergency is none: of who tells of an illness, that; else the next likely."""
    others = [entry for entry in message.get(RANKING) or [] if entry["name"] != INTENT_NAME]
    unwell = float(message.get(UNWELL_OUTPUT) or 0)
    if unwell >= SOUNDS_UNWELL and others and others[0]["confidence"] < unwell:
        others = [{"name": REPORT, "confidence": unwell}, *(entry for entry in others if entry["name"] != REPORT)]
    if others:
        message.set(INTENT, dict(others[0]), add_to_output=True)
        message.set(RANKING, others, add_to_output=True)
