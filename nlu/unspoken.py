"""Messages in a language that the clinic does not speak, and its own languages in Latin letters.

A message counts as French only when three things agree: lingua (its small models: +6 MB, the large ones +167), words
that are French and none of ours (`languages.yml`), and few words that our training data own. The rest of the pipeline
works with a language of the clinic; `UnspokenLanguage`, last in it, then makes the message a wish for that language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Text, Tuple

import yaml
from lingua import IsoCode639_1, Language, LanguageDetectorBuilder
from lingua import LanguageDetector as Lingua
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.settings import settings
from clinic.vocabulary import normalise

Guess = Tuple[str, float]

# Compared by lingua; the rest has a script of its own.
LATIN = ("es", "fr", "it", "tr", "pl", "nl", "ro")
SCRIPTS = {
    "DEVANAGARI": "hi",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "GREEK": "el",
    "HEBREW": "he",
}
_UKRAINIAN, _NOT_UKRAINIAN = re.compile("[іїєґ]"), re.compile("[ыэъёўқғәөүұһң]")
_WORD = re.compile(r"[^\W\d_]+(?:['’\u200c-][^\W\d_]+)*")
FEWEST_WORDS, SURE = 3, 0.85
OWN_WORDS, TELLING_WORDS = 0.5, 0.34
FIRST, BELIEVED = ("emergency", "human_handoff"), 0.5


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, Any]:
    content: Dict[str, Any] = yaml.safe_load(Path(__file__).with_name("languages.yml").read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=32)
def _words(section: str, code: str = "") -> FrozenSet[str]:
    entries = _listed()[section]
    return frozenset(normalise(str(word)) for word in (entries[code] if code else entries))


@lru_cache(maxsize=1)
def _lingua(codes: Tuple[str, ...]) -> Lingua:
    languages = [Language.from_iso_code_639_1(getattr(IsoCode639_1, code.upper())) for code in codes]
    builder = LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode()
    return builder.with_preloaded_language_models().build()


def by_romanised(tokens: Sequence[str], spoken: Sequence[str]) -> Optional[Guess]:
    """Arabic or Russian in Latin letters, by frequent words: a third of the tokens, one of them no other language's."""
    shared = _words("shared")
    for code in ("ar", "ru"):
        listed = _words("romanised", code)
        hits = [token for token in tokens if token in listed]
        if code in spoken and len(hits) * 3 >= len(tokens) and any(hit not in shared for hit in hits):
            return code, 0.9
    return None


def _by_script(text: str) -> Optional[Guess]:
    scripts = Counter(unicodedata.name(char, "?").split(" ")[0] for char in text if char.isalpha())
    total = sum(scripts.values())
    named = {SCRIPTS[script]: count for script, count in scripts.items() if script in SCRIPTS}
    if total >= 4 and sum(named.values()) / total >= 0.6:
        # Japanese mixes its own letters with Chinese ones
        return ("ja" if "ja" in named else max(named, key=lambda code: named[code])), 0.99
    return None


def _by_letters(tokens: Sequence[str]) -> Optional[Guess]:
    """Ukrainian by the letters that Russian lacks, Persian by its small words."""
    ukrainian = [bool(_UKRAINIAN.search(token)) for token in tokens]
    if sum(ukrainian) * 4 >= len(tokens) and not any(_NOT_UKRAINIAN.search(token) for token in tokens):
        return "uk", 0.95
    persian = sum(token in _words("unspoken", "fa") for token in tokens)
    if persian >= 2 and persian * 4 >= len(tokens):
        return "fa", 0.95
    return None


def unspoken(text: str, known: Mapping[str, str]) -> Optional[Guess]:
    """A language that the clinic does not speak, when the message is surely in it; `known` are words of our own."""
    spoken = settings().languages
    guess = _by_script(text)
    tokens = [normalise(word) for word in _WORD.findall(text)]
    if guess is None and len(tokens) >= FEWEST_WORDS:
        letters = [char for char in text if char.isalpha()]
        latin = sum("LATIN" in unicodedata.name(char, "") for char in letters) / len(letters)
        guess = _by_letters([word.lower() for word in map(_composed, _WORD.findall(text))]) if latin < 0.1 else None
        if latin > 0.9 and not by_romanised(tokens, spoken):
            guess = _by_statistics(text, tokens, known, spoken)
    return guess if guess and guess[0] not in spoken else None


def _composed(word: str) -> str:
    return normalise(word) if "\u0600" <= word[0] <= "\u06ff" else unicodedata.normalize("NFC", word)


def _by_statistics(text: str, tokens: Sequence[str], known: Mapping[str, str], spoken: Sequence[str]) -> Optional[Guess]:
    own = tuple(code for code in ("en", "de", "pt") if code in spoken)
    best = _lingua((*own, *LATIN)).compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    if code in own or best.value < SURE:
        return None
    telling = _words("unspoken", code)
    if any(token in _words("romanised", one) - _words("shared") - telling for token in tokens for one in ("ar", "ru")):
        return None
    ours = sum(token in known and token not in telling for token in tokens) / len(tokens)
    theirs = sum(token in telling for token in tokens) / len(tokens)
    return (code, round(best.value, 2)) if ours < OWN_WORDS and theirs >= TELLING_WORDS else None


def _comes_first(message: Message) -> bool:
    """Danger and the wish for a person are acted on, in whatever language they were recognised."""
    intent = message.get(INTENT) or {}
    wanted = intent.get("name") in FIRST and float(intent.get("confidence") or 0) >= BELIEVED
    return wanted or (message.get("emergency") or {}).get("level") == "certain"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UnspokenLanguage(GraphComponent):
    """Turns a message in a language that the clinic does not speak into a wish for it; last in the pipeline."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnspokenLanguage:
        """A ready component: nothing is trained."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent, language and the entity `language` of messages that the detector marked."""
        for message in messages:
            guess = message.get("unspoken")
            if not guess or _comes_first(message):
                continue
            intent = {"name": "change_language", "confidence": 1.0}
            others = [entry for entry in message.get("intent_ranking", []) if entry["name"] != intent["name"]]
            text = message.get(TEXT) or ""
            asked = {
                "entity": "language",
                "start": 0,
                "end": len(text),
                "value": guess["code"],
                "extractor": "UnspokenLanguage",
            }
            message.set("language", guess, add_to_output=True)
            message.set(INTENT, intent, add_to_output=True)
            message.set("intent_ranking", [intent, *others], add_to_output=True)
            message.set(ENTITIES, [*message.get(ENTITIES, []), asked], add_to_output=True)
        return messages
