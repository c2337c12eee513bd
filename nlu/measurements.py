"""Entity `measurement`: sugar, blood pressure, weight, height, temperature, pulse and oxygen that somebody measured.

The value is the words as written (number and unit, not the cue word); `measured` says what they mean, `role` which
kind. A unit or a cue word near the number decides; a number alone is none ("130/80" and "12 por 8" are no number
alone). Words: measurements.yml; how a message is cut and numbers are compared: readings.py.
"""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.settings import settings
from nlu.readings import find_measurements

Entity = Dict[str, Any]


def entities_of(text: str, language: str) -> List[Entity]:
    """The measurements of `text` as Rasa entities."""
    return [
        {
            "entity": "measurement",
            "start": found.start,
            "end": found.end,
            "value": text[found.start : found.end],
            "role": found.kind,
            "measured": found.measured(),
            "extractor": "MeasurementExtractor",
        }
        for found in find_measurements(text, language)
    ]


def _within(inner: Entity, outer: Entity) -> bool:
    return bool(outer["start"] <= inner["start"] and inner["end"] <= outer["end"])


def merged(earlier: List[Entity], measured: List[Entity]) -> List[Entity]:
    """Both lists without contradictions.

    A time inside a measurement is none (120/80, 38.5). A bare number that a longer time contains belongs to the time
    ("sugar test on 12 March").
    """
    if not measured:
        return list(earlier)
    times = [entity for entity in earlier if entity["entity"] == "time"]
    bare = [one for one in measured if one["value"].isdigit() and any(_within(one, time) for time in times)]
    kept = [one for one in measured if one not in bare or any(_within(time, one) for time in times)]
    left = [entity for entity in earlier if entity not in times or not any(_within(entity, one) for one in kept)]
    return left + kept


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MeasurementExtractor(GraphComponent):
    """Adds the measurements of each message; stands behind the TimeExtractor, whose mistakes it takes away."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MeasurementExtractor:
        """A ready extractor: nothing is trained."""
        for language in settings().languages:
            find_measurements("120/80", language)
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the measurements of each message to its entities."""
        for message in messages:
            code = (message.get("language") or {}).get("code") or settings().default_language
            found = entities_of(message.get(TEXT) or "", code)
            message.set(ENTITIES, merged(message.get(ENTITIES, []), found), add_to_output=True)
        return messages
