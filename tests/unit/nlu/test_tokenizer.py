"""Rasa's tokens: normal forms at their places in the original."""

from __future__ import annotations

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.tokenizer import MultilingualTokenizer


def tokens(text: str, language: str | None) -> list[tuple[str, int, int]]:
    message = Message({TEXT: text, **({"language": {"code": language}} if language else {})})
    tokenizer = MultilingualTokenizer(MultilingualTokenizer.get_default_config())
    return [(token.text, token.start, token.end) for token in tokenizer.tokenize(message, TEXT)]


def test_tokens_carry_the_normal_form() -> None:
    assert tokens("Ärztin, bitte", "de") == [("arztin", 0, 6), (",", 6, 7), ("bitte", 8, 13)]
    assert tokens("أُسنان ٢٤", "ar") == [("اسنان", 0, 6), ("24", 7, 9)]


def test_a_message_without_a_language_is_in_the_default_one() -> None:
    assert tokens("don't", None) == [("do", 0, 2), ("n't", 2, 5)]


def test_a_message_without_words_has_one_token() -> None:
    """Rasa wants at least one."""
    assert [text for text, *_ in tokens("\u200f", "ar")] == ["\u200f"]
