"""Messages in a language that the clinic does not speak, and its own languages in Latin letters.

A message counts as French only when these agree: words that tell French apart (`languages.yml`), letters and
endings that ours never have, few words that our training data own, and lingua (its small models: +6 MB, the large ones
+167), which need be the less sure the more the words say. The rest of the pipeline
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
# Arabic in Latin letters writes some of its own as figures: t9eblo, mte3, 3andi.
_ARABIC_FIGURES = re.compile("[a-z][235679][a-z]|[a-z]{2}[379]\\b|\\b[379][a-z]{3}")
_UKRAINIAN_ENDINGS = re.compile("[а-яґєії]{3}[аи]ти(?:ся)?$")
# Iraqis, people of the Gulf and of the Maghreb write the first four too; Urdu and Kurdish have the others.
_PERSIAN, _NOT_PERSIAN = re.compile("[پچژگیک]|ه\u200c"), re.compile("[ٹڈڑےںێۆڕڵە]")
_PERSIAN_VERB = re.compile("^ن?می.{2}")
# Letters that none of our languages writes; in words with a capital they are as likely somebody's name.
_LETTERS = {
    "es": re.compile("ñ|[a-z]{4}ó$"),
    "fr": re.compile("[œèùëî]|^(?:qu|j|n|m|l|c)['’]"),
    "it": re.compile("[èìòù]|^(?:dell|all|nell|dall|sull|un|l|c)['’]"),
    "tr": re.compile("[ışğ]"),
    "pl": re.compile("[ąęłśżźń]"),
    "nl": re.compile("ij(?!o)"),
    "ro": re.compile("[ășțşţ]|^î"),
}
_ANY_LETTER = re.compile("|".join(pattern.pattern for pattern in _LETTERS.values()))
_WORD = re.compile(r"[^\W\d_]+(?:['’\u200c-][^\W\d_]+)*")
# Vietnamese, Czech, Croatian, Baltic, Hungarian, Scandinavian: none that we have words for.
_OTHERS = re.compile("[čďěňřšťůžđőűāēģīķļņūėįųåøơư\u1ea0-\u1ef9]")
FEWEST_WORDS, SURE = 3, 0.95
OWN_WORDS, LONG_ENDING = 0.4, 6
# Share of telling words → how sure lingua must be of that language, and how sure at most of one of ours.
ENOUGH = ((0.6, 0.0, 0.95), (0.34, 0.3, 0.6), (0.2, 0.75, 0.2))
# One strange letter is enough, where no word is ours; French, Italian and Dutch ones are common slips of the others.
ONE_IS_ENOUGH = ("es", "pl", "ro", "tr")
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


def _own(spoken: Sequence[str]) -> Tuple[str, ...]:
    return tuple(code for code in ("en", "de", "pt") if code in spoken)


def warm_up() -> None:
    """Read lingua's models now, not while the first patient who writes French waits."""
    _lingua((*_own(settings().languages), *LATIN))


def by_romanised(tokens: Sequence[str], spoken: Sequence[str]) -> Optional[Guess]:
    """Arabic or Russian in Latin letters, by frequent words: a third of the tokens, one of them no other language's."""
    shared = _words("shared")
    for code in ("ar", "ru"):
        listed = _words("romanised", code)
        if listed.isdisjoint(tokens):
            continue
        hits = [token for token in tokens if token in listed]
        if code in spoken and len(hits) * 3 >= len(tokens) and any(hit not in shared for hit in hits):
            return code, 0.9
    return None


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """The script of a letter: "ARABIC", "LATIN" …, as its name in Unicode begins."""
    return unicodedata.name(letter, "?").split(" ")[0]


@lru_cache(maxsize=4096)
def _is_latin(letter: str) -> bool:
    return "LATIN" in unicodedata.name(letter, "")


def _by_script(text: str) -> Optional[Guess]:
    if text.isascii():
        return None
    scripts = Counter(map(script_of, filter(str.isalpha, text)))
    total = sum(scripts.values())
    named = {SCRIPTS[script]: count for script, count in scripts.items() if script in SCRIPTS}
    if total >= 4 and sum(named.values()) / total >= 0.6:
        # Japanese mixes its own letters with Chinese ones
        return ("ja" if "ja" in named else max(named, key=lambda code: named[code])), 0.99
    return None


def _by_letters(words: Sequence[str], text: str) -> Optional[Guess]:
    """Ukrainian by the letters that Russian lacks and by its small words, Persian by its own."""
    tokens = [normalise(word) for word in words]
    if "CYRILLIC" in unicodedata.name(words[0][0], ""):
        return _ukrainian(words, tokens)
    telling = sum(
        token in _words("unspoken", "fa") or bool(_PERSIAN_VERB.search(word))
        for word, token in zip(words, tokens, strict=True)
    )
    needed = 1 if _PERSIAN.search(text) else 2
    if telling >= needed and telling * 4 >= len(tokens) and not _NOT_PERSIAN.search(text):
        return "fa", 0.95
    return None


def _ukrainian(words: Sequence[str], tokens: Sequence[str]) -> Optional[Guess]:
    if any(_NOT_UKRAINIAN.search(word) for word in map(str.lower, words)):
        return None
    letters = any(_UKRAINIAN.search(word) for word in words if word.islower())
    telling = sum(
        token in _words("unspoken", "uk") or bool(_UKRAINIAN.search(word.lower()) or _UKRAINIAN_ENDINGS.search(token))
        for word, token in zip(words, tokens, strict=True)
    )
    russian = sum(token in _words("russian") for token in tokens)
    if russian:
        return ("uk", 0.95) if letters and telling * 2 >= len(tokens) else None
    return ("uk", 0.95) if letters or (telling >= 2 and telling * 3 >= len(tokens)) else None


def unspoken(text: str, known: Mapping[str, str]) -> Optional[Guess]:
    """A language that the clinic does not speak, when the message is surely in it; `known` are words of our own."""
    spoken = settings().languages
    guess = _by_script(text)
    tokens = [normalise(word) for word in _WORD.findall(text)]
    if guess is None and len(tokens) >= FEWEST_WORDS:
        letters = list(filter(str.isalpha, text))
        latin = sum(map(_is_latin, letters)) / len(letters)
        guess = _by_letters(_WORD.findall(unicodedata.normalize("NFC", text)), text) if latin < 0.1 else None
        if latin > 0.9 and not by_romanised(tokens, spoken) and not _ARABIC_FIGURES.search(text.lower()):
            guess = _by_statistics(text, tokens, known, spoken)
    return guess if guess and guess[0] not in spoken else None


def _told(words: Sequence[str], tokens: Sequence[str], known: Mapping[str, str]) -> Mapping[str, List[str]]:
    """Language → those of the tokens that speak for it."""
    told: Dict[str, List[str]] = {code: [] for code in LATIN}
    for word, token in zip(words, tokens, strict=True):
        listed = _listed_in().get(token, ())
        lower = word.islower()
        lettered = lower and _ANY_LETTER.search(word)
        ended = lower and len(token) >= LONG_ENDING and token not in known and token.endswith(_endings())
        if listed or lettered or ended:
            for code in LATIN:
                if code in listed or (lower and _tells(code, word, token, bool(ended))):
                    told[code].append(token)
    return told


def _tells(code: str, word: str, token: str, ended: bool) -> bool:
    """Whether a word in small letters, which may not be a name, speaks for `code` by a letter or an ending."""
    if _LETTERS[code].search(word):
        return True
    return ended and token not in _words("unspoken_shared", code) and token.endswith(_endings(code))


@lru_cache(maxsize=1)
def _listed_in() -> Mapping[str, FrozenSet[str]]:
    """Word → the languages whose telling word it is."""
    every = {word for code in LATIN for word in _words("unspoken", code)}
    return {word: frozenset(code for code in LATIN if word in _words("unspoken", code)) for word in every}


@lru_cache(maxsize=16)
def _endings(*codes: str) -> Tuple[str, ...]:
    """Telling endings of some languages; of all without one."""
    return tuple(ending for code in codes or LATIN for ending in _words("unspoken_endings", code))


def _evidence(
    code: str, told: Sequence[str], words: Sequence[str], tokens: Sequence[str], known: Mapping[str, str]
) -> Optional[Tuple[float, bool]]:
    """The share of words that tell, and whether a strange letter is enough; None where words alone rule `code` out."""
    telling, neutral = set(told), _words("unspoken_shared", code)
    if any(token in _romanised_alone() and token not in telling for token in tokens):
        return None
    ours = [known[token] for token in tokens if token in known and token not in telling and token not in neutral]
    romanised = sum(owner in ("ar", "ru") for owner in ours)
    if len(ours) >= OWN_WORDS * len(tokens) or romanised >= len(told):
        return None
    # words that others have too say neither yes nor no
    share = len(told) / max(FEWEST_WORDS, sum(token in telling or token not in neutral for token in tokens))
    alone = code in ONE_IS_ENOUGH and not ours
    lettered = alone and any(word.islower() and _LETTERS[code].search(word) for word in words)
    return (share, lettered) if lettered or share >= ENOUGH[-1][0] else None


@lru_cache(maxsize=1)
def _romanised_alone() -> FrozenSet[str]:
    """Words of Arabic and Russian in Latin letters that no other language has."""
    return (_words("romanised", "ar") | _words("romanised", "ru")) - _words("shared")


def _by_statistics(text: str, tokens: Sequence[str], known: Mapping[str, str], spoken: Sequence[str]) -> Optional[Guess]:
    words = _WORD.findall(unicodedata.normalize("NFC", text.lower() if text.isupper() else text))
    if any(_OTHERS.search(word) for word in words):
        return None
    told = _told(words, tokens, known)
    every = {code: _evidence(code, told[code], words, tokens, known) for code in LATIN if told[code]}
    if not any(every.values()):  # lingua takes longer than all of this
        return None
    own = _own(spoken)
    values = _lingua((*own, *LATIN)).compute_language_confidence_values(text)
    sure = {value.language.iso_code_639_1.name.lower(): value.value for value in values}
    code = max(LATIN, key=lambda one: (3 * len(told[one]) / len(tokens) + sure[one], one))
    share, lettered = every.get(code) or (0.0, False)
    ours_sure = max((sure[one] for one in own), default=0.0)
    asked = "es" if re.search("[¿¡]", text) else ""
    enough = any(
        share >= least and (code == asked or (sure[code] >= at_least and ours_sure <= at_most))
        for least, at_least, at_most in ENOUGH
    )
    return (code, round(max(SURE, sure[code]), 2)) if lettered or enough else None


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
            span = {"entity": "language", "start": 0, "end": len(text)}
            asked = {**span, "value": guess["code"], "extractor": "UnspokenLanguage"}
            message.set("language", guess, add_to_output=True)
            message.set(INTENT, intent, add_to_output=True)
            message.set("intent_ranking", [intent, *others], add_to_output=True)
            message.set(ENTITIES, [*message.get(ENTITIES, []), asked], add_to_output=True)
        return messages
