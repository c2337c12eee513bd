"""Rasa's component that adds the times of a message to its entities."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.settings import settings
from nlu.times.finding import find_times


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TimeExtractor(GraphComponent):
    """Entities `time`: the words as value, their meaning under `resolved` (see the contract)."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TimeExtractor:
        """A ready extractor: nothing is trained."""
        for language in settings().languages:
            find_times("24.12.", language)
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the times of each message to its entities."""
        for message in messages:
            text = message.get(TEXT) or ""
            code = (message.get("language") or {}).get("code") or settings().default_language
            asked = (message.get("metadata") or {}).get("asked")
            entities = [
                {
                    "entity": "time",
                    "start": time.start,
                    "end": time.end,
                    "value": text[time.start : time.end],
                    "resolved": time.resolved(),
                    "dateless": time.dateless,
                    "extractor": "TimeExtractor",
                }
                for time in find_times(text, code, asked=asked)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
