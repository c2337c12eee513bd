"""A message of nothing but data ("Tuesday at 3", "for my son", "Dr Keller, please") is `inform`, whatever the model thinks.

docs/intents.md, rule 3. The model has seen some dates and names; the extractors know all of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Mapping, Text, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import vocabulary
from clinic.settings import settings
from clinic.triage.amounts import is_amount
from nlu.classifier import LinearClassifier
from nlu.text import words

# A language alone ("Deutsch") asks for it; a symptom or a medicine alone is about health.
DATA = frozenset(("time", "specialty", "practitioner", "relation", "person"))
# The model's own answer stands when it is this sure of something else ("morgen!" may be a greeting).
SURE = 0.9
CONFIDENCE = 0.95
# Nothing to correct; and "39.5" is a measured value.
KEPT = (None, "inform", "log_vital")


@lru_cache(maxsize=16)
def _fillers(language: str) -> FrozenSet[str]:
    """Words that add nothing: politeness, articles, prepositions."""
    return vocabulary.phrases("polite", language) | vocabulary.phrases("data_fillers", language)


def is_data_alone(text: str, language: str, entities: List[Mapping[str, Any]]) -> bool:
    """Whether every word of `text` belongs to a piece of data ("61 years" is one), or adds nothing to it."""
    if "?" in text or "؟" in text:
        return False
    if is_amount(text, language):
        return True
    spans = [(entity["start"], entity["end"]) for entity in entities if entity["entity"] in DATA]
    if not spans:
        return False
    return all(
        word.norm in _fillers(language)
        or not any(map(str.isalnum, word.norm))
        or any(start <= word.start and word.end <= end for start, end in spans)
        for word in words(text, language)
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DataAlone(GraphComponent):
    """Puts `inform` first in the ranking of such messages. Stands after the extractors, before the fallback."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """What it corrects."""
        return [LinearClassifier]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DataAlone:
        """Ready at once: nothing is trained."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Correct the intent of each message of data alone."""
        for message in messages:
            intent = message.get(INTENT) or {}
            language = (message.get("language") or {}).get("code") or settings().default_language
            text = message.get(TEXT) or ""
            # "5 лет" is what children's doctors are asked about, and an age all the same.
            sure = intent.get("confidence", 0.0) >= SURE and not is_amount(text, language)
            if intent.get("name") in KEPT or sure:
                continue
            if is_data_alone(text, language, message.get(ENTITIES) or []):
                # What is left is less likely than that: the fallback weighs the first two against each other.
                ranking = [
                    {**entry, "confidence": min(entry["confidence"], 1 - CONFIDENCE)}
                    for entry in message.get("intent_ranking") or []
                    if entry["name"] != "inform"
                ]
                data = {"name": "inform", "confidence": CONFIDENCE}
                message.set(INTENT, data, add_to_output=True)
                message.set("intent_ranking", [data, *ranking], add_to_output=True)
        return messages
