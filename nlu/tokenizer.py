"""Rasa's tokenizer slot, filled by spaCy's rules for the message's language."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.settings import settings
from nlu.text import words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MultilingualTokenizer(Tokenizer):
    """Tokens keep their place in the original text and carry the normal form as their text."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa's Tokenizer base class reads."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Tokens of one attribute, in the language that `nlu.language` found."""
        code = (message.get("language") or {}).get("code") or settings().default_language
        text = message.get(attribute)
        found = [Token(word.norm, word.start, word.end) for word in words(text, code)]
        if not found and attribute == TEXT:
            return [Token(text, 0)]
        return self._apply_token_pattern(found)
