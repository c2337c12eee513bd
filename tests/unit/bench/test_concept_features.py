"""Concepts as Rasa's features: one column a concept, one row a token, one for the message."""

from __future__ import annotations

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bench.concept_features import ConceptFeaturizer, places
from nlu.concepts import concepts
from nlu.text import words


def test_a_message_has_the_columns_of_its_concepts() -> None:
    text = "I want to cancel my appointment"
    message = Message({TEXT: text, "language": {"code": "en"}})
    ConceptFeaturizer("concepts", ConceptFeaturizer.get_default_config()).process([message])
    tokens, sentence = message.get_sparse_features(TEXT)
    assert tokens.features.shape == (6, len(places())) and sentence.features.shape == (1, len(places()))
    expected = {places()[name] for name in concepts(words(text, "en"), "en")}
    assert expected and set(sentence.features.tocsr().indices) == expected


def test_a_message_without_words_has_one_empty_row() -> None:
    message = Message({TEXT: " ", "language": {"code": "en"}})
    ConceptFeaturizer("concepts", ConceptFeaturizer.get_default_config()).process([message])
    tokens, sentence = message.get_sparse_features(TEXT)
    assert tokens.features.shape[0] == sentence.features.shape[0] == 1 and not sentence.features.nnz
