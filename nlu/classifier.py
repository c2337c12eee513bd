"""Intents by a linear model on words, character n-grams and concepts of normalised text.

One model for all languages and for faq topics too: a label is an intent or `faq/<topic>`; topics add up to their
intent, and the best topic is answered under `response_selector` as Rasa's own ResponseSelector does. Why linear:
docs/decisions/0004-classifier.md.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import Any, Dict, List, Sequence, Text, Tuple, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from clinic.settings import settings
from nlu import encoder
from nlu.concepts import concept_text, lexicon, remember
from nlu.kept import keep, kept
from nlu.text import normal_text
from nlu.textmodel import Reading, TextModel
from nlu.tokenizer import MultilingualTokenizer

FILE, LEXICONS = "model.pickle.bz2", "lexicons.pickle.bz2"


def read(text: str, language: str, concepts: bool) -> Reading:
    """What the model reads of a message."""
    return normal_text(text, language), concept_text(text, language) if concepts else "", text


def _says_something(char: str) -> bool:
    """Letters, digits and emoji do; "?" and "..." alone do not."""
    return unicodedata.category(char)[0] in "LNS"


def _language(message: Message) -> str:
    return str((message.get("language") or {}).get("code") or settings().default_language)


def _ranked(probabilities: Dict[str, float]) -> List[Tuple[str, float]]:
    return sorted(probabilities.items(), key=lambda item: -item[1])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking` and, for retrieval intents, `response_selector`."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """The tokenizer's language is what the text is normalised with."""
        return [MultilingualTokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Chosen by bench/classifiers.py; see docs/decisions/0004-classifier.md."""
        return {
            "min_ngram": 2,
            "max_ngram": 5,
            "min_df": 2,
            "min_word_df": 1,
            "concepts": 1.0,  # the weight of concepts beside words and characters; 0: without
            "encoder": None,  # the folder of a sentence encoder (docs/encoder.md); else CLINIC_SENTENCE_ENCODER; else none
            "encoder_weight": 1.0,  # its weight beside the others
            "C": 1.0,
            "random_state": 42,
            "ranking": 10,
        }

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, model: TextModel | None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, model_storage, resource, model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearClassifier:
        """The trained classifier."""
        with model_storage.read_from(resource) as folder:
            model: TextModel = kept(folder / FILE)
            remember(kept(folder / LEXICONS))
        if model.encoder:
            model.encoder.use(encoder.trained_with(model.encoder.name, config["encoder"]))
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on all examples that have an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        readings = [self._reading(example) for example in examples]
        labels = [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples]
        self._model = TextModel(self._config, encoder.for_training(self._config["encoder"])).fit(readings, labels)
        with self._storage.write_to(self._resource) as folder:
            keep(self._model, folder / FILE)
            # All that may be written in: none is to be built while the first patient waits.
            keep({code: lexicon(code) for code in settings().languages if self._config["concepts"]}, folder / LEXICONS)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Classify incoming messages; one without a word gets no intent."""
        for message in messages:
            reading = self._reading(message)
            if self._model is None or not any(_says_something(char) for char in reading[0]):
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
                continue
            labels: Sequence[str] = self._model.classes_
            scores = dict(zip(labels, map(float, self._model.probabilities(reading)), strict=True))
            self._set_intent(message, scores)
            self._set_topic(message, scores)
        return messages

    def _reading(self, message: Message) -> Reading:
        return read(message.get(TEXT) or "", _language(message), bool(self._config["concepts"]))

    def _set_intent(self, message: Message, scores: Dict[str, float]) -> None:
        intents: Dict[str, float] = defaultdict(float)
        for label, score in scores.items():
            intents[label.split("/")[0]] += score
        ranking = [{"name": name, "confidence": score} for name, score in _ranked(intents)[: self._config["ranking"]]]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)

    @staticmethod
    def _set_topic(message: Message, scores: Dict[str, float]) -> None:
        selectors: Dict[str, Any] = {
            "all_retrieval_intents": sorted({name.split("/")[0] for name in scores if "/" in name})
        }
        for intent in selectors["all_retrieval_intents"]:
            topics = {label: score for label, score in scores.items() if label.startswith(f"{intent}/")}
            total = sum(topics.values()) or 1.0
            ranking = [{"intent_response_key": label, "confidence": score / total} for label, score in _ranked(topics)]
            selectors[intent] = {
                "response": {
                    "utter_action": f"utter_{ranking[0]['intent_response_key']}",
                    "responses": None,
                    **ranking[0],
                },
                "ranking": ranking,
            }
        message.set("response_selector", selectors, add_to_output=True)
