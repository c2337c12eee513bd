"""Our concepts as features for Rasa's own classifiers, so that they can be compared on equal terms."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Mapping, Sequence, Text, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import coo_matrix

from clinic.settings import settings
from nlu.concepts import IGNORED, concepts, languages, load
from nlu.text import words
from nlu.tokenizer import MultilingualTokenizer


@lru_cache(maxsize=1)
def places() -> Mapping[str, int]:
    """Each concept's column."""
    names = {concept for code in languages() for listed in load(code).values() for concept in listed}
    return {name: place for place, name in enumerate(sorted(names - {IGNORED}))}


def matrix(rows: Sequence[Sequence[str]]) -> coo_matrix:
    """How often each concept stands in each row."""
    counts = np.zeros((len(rows), len(places())), dtype=np.float32)
    for number, names in enumerate(rows):
        for name in names:
            counts[number, places()[name]] += 1
    return coo_matrix(counts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ConceptFeaturizer(SparseFeaturizer, GraphComponent):
    """For a message its concepts; for a token those that it has alone. Phrases count in the message only."""

    @classmethod
    def required_components(cls) -> List[Type[Any]]:
        """Rows are the tokens of our tokenizer."""
        return [MultilingualTokenizer]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """There is nothing to set."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConceptFeaturizer:
        """A ready featurizer: the lexicon is all it knows."""
        return cls(execution_context.node_name, config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the features to every message that has a text."""
        for message in messages:
            if message.get(TEXT):
                code = (message.get("language") or {}).get("code") or settings().default_language
                found = words(message.get(TEXT), code)
                tokens = matrix([concepts([word], code) for word in found] or [[]])
                self.add_features_to_message(tokens, matrix([concepts(found, code)]), TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the examples."""
        self.process(training_data.training_examples)
        return training_data
