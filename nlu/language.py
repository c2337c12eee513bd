"""Which language a message is in.

Script first (Arabic and Cyrillic letters settle it among our languages), then romanised words, then
lingua restricted to the clinic's languages, then the words of our own training data for messages too short for
statistics ("Termin",
"consulta"). One or two words never flip a conversation: `metadata.language`, which the channel fills with the
conversation's language so far, wins over them. Figures: docs/decisions and facts of lingua in its README.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any, Dict, List, Mapping, Optional, Sequence, Text, Tuple

from lingua import IsoCode639_1, Language, LanguageDetectorBuilder
from lingua import LanguageDetector as Lingua
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

from clinic.settings import settings
from clinic.vocabulary import normalise
from nlu.kept import keep, kept
from nlu.medications import drug_words
from nlu.tongues import Tongues
from nlu.unspoken import by_romanised, script_of, unspoken, warm_up

SCRIPTS = {"ARABIC": ("ar",), "CYRILLIC": ("ru",)}
# Romanised Arabic writes letters that Latin lacks as digits inside words: 3ayez, a7gez, sa3a, 2arib.
# (Not 3rd, 2pm, 9uhr, 2nd: those are figures.)
_FIGURE = r"\d+(?:st|nd|rd|th|am|pm|uhr\d*|min|hs?|hrs|ter|ten|de|er|en)"
_ARABIZI = re.compile(rf"^(?!{_FIGURE}$)(?=.*[a-z].*[a-z])[a-z']*[23579][a-z'23579]*$")
_ARABIZI_FIGURE = re.compile("[23579]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
OWNED = 0.8
SURE_PAIR, SURE_SENTENCE = 0.95, 0.75
# Questions whose answer is a name, and how many words that has.
NAMING, LONGEST_NAME = ("booking_name", "booking_patient"), 4
LONGEST_ANSWER = 6

Guess = Tuple[str, float]


@lru_cache(maxsize=4)
def _lingua(codes: Tuple[str, ...]) -> Lingua:
    languages = [Language.from_iso_code_639_1(getattr(IsoCode639_1, code.upper())) for code in codes]
    return LanguageDetectorBuilder.from_languages(*languages).with_preloaded_language_models().build()


def _by_script(text: str, words: Sequence[str], spoken: Tuple[str, ...]) -> Optional[Guess]:
    if text.isascii():
        return None
    # By words as well as by letters: one long English word makes no English message.
    letters = Counter(map(script_of, filter(str.isalpha, text)))
    initials = Counter(script_of(word[0]) for word in words)
    for script, codes in SCRIPTS.items():
        here = [code for code in codes if code in spoken]
        share = max(count[script] / max(1, sum(count.values())) for count in (letters, initials))
        if here and share >= 0.5:
            return here[0], round(min(0.99, 0.5 + share / 2), 2)
    return None


def _by_arabizi(text: str, spoken: Tuple[str, ...]) -> Optional[Guess]:
    if not _ARABIZI_FIGURE.search(text):
        return None
    tokens = text.lower().split()
    if "ar" in spoken and sum(bool(_ARABIZI.match(token)) for token in tokens) * 4 >= max(4, len(tokens)):
        return "ar", 0.9
    return None


def _by_statistics(text: str, tokens: Sequence[str], spoken: Tuple[str, ...], tongues: Optional[Tongues]) -> Guess:
    latin = tuple(code for code in spoken if not any(code in codes for codes in SCRIPTS.values()))
    if len(latin) < 2:
        return (latin or spoken)[0], 0.5
    values = _lingua(latin).compute_language_confidence_values(text)
    others = {value.language.iso_code_639_1.name.lower(): value.value for value in values}
    if tongues:
        return tongues.guess(" ".join(tokens), others)
    best = max(others, key=lambda code: others[code])
    return best, round(others[best], 2)


def _tokens(words: Sequence[str]) -> List[str]:
    return [normalise(word) for word in words]


def _owner(counts: Counter[str]) -> Optional[str]:
    """The language that nearly all examples with a word are in: people mix words, so a few strays do not count."""
    code, count = counts.most_common(1)[0]
    return code if count >= OWNED * sum(counts.values()) else None


def _by_known_words(tokens: List[str], known: Mapping[str, str]) -> Optional[Guess]:
    votes = Counter(known[token] for token in tokens if token in known)
    if len(votes) == 1:
        return votes.most_common(1)[0][0], 0.9
    return None


def _without_drugs(text: str) -> str:
    """`text` without the names of drugs: they are the same in every language."""
    return _WORD.sub(lambda word: "" if normalise(word.group()) in drug_words() else word.group(), text)


def detect(text: str, known: Mapping[str, str], prior: Optional[str] = None, tongues: Optional[Tongues] = None) -> Guess:
    """Language code (one of `CLINIC_LANGUAGES`) and confidence 0..1 of `text`.

    `known` maps a normalised word to the one language it belongs to; `prior` is the conversation's
    language so far, which short messages keep. `tongues` is what training learned of the languages' letters.
    """
    spoken = settings().languages
    keep = prior if prior in spoken else None
    words = _WORD.findall(text)
    tokens = _tokens(words)
    script = _by_script(text, words, spoken)
    if (keep or script is None) and not drug_words().isdisjoint(tokens):
        text = _without_drugs(text)
        words = _WORD.findall(text)
        tokens = _tokens(words)
        script = _by_script(text, words, spoken)
    if not tokens:
        return keep or settings().default_language, 0.0
    if keep and len(tokens) == 1:
        return keep, 0.5
    code, confidence = (
        script
        or _by_arabizi(text, spoken)
        or by_romanised(tokens, spoken)
        or (_by_known_words(tokens, known) if len(tokens) <= 2 else None)
        or _by_statistics(text, tokens, spoken, tongues)
    )
    if len(tokens) == 1:
        return code, min(confidence, 0.9)
    sure = SURE_PAIR if len(tokens) == 2 else SURE_SENTENCE
    if keep and code != keep and confidence < sure:
        return keep, 0.5
    return code, confidence


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageDetector(GraphComponent):
    """Sets `language: {code, confidence}` on every message; first in the pipeline.

    Training learns which words belong to one language only, from the examples' `metadata: language`.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """An untrained detector."""
        return cls(model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageDetector:
        """The detector with the words it learned."""
        with model_storage.read_from(resource) as folder:
            known, tongues = read_json_file(folder / "words.json"), kept(folder / "tongues.pickle.bz2")
            return cls(model_storage, resource, known, tongues)

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        known: Dict[str, str],
        tongues: Optional[Tongues] = None,
    ) -> None:
        self._storage, self._resource, self._known, self._tongues = model_storage, resource, known, tongues
        detect("warm up the statistics", known, tongues=tongues)
        warm_up()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words and the letters of each language."""
        languages: Dict[str, Counter[str]] = defaultdict(Counter)
        latin: Dict[str, List[str]] = defaultdict(list)
        for example in training_data.training_examples:
            code = _declared(example)
            if code and example.get(TEXT):
                words = _WORD.findall(example.get(TEXT))
                tokens = _tokens(words)
                for word in set(tokens):
                    languages[word][code] += 1
                if not _by_script(example.get(TEXT), words, settings().languages):
                    latin[code].append(" ".join(tokens))
        self._tongues = Tongues(latin) if Tongues.can_learn(latin) else None
        self._known = {word: code for word, code in ((w, _owner(c)) for w, c in sorted(languages.items())) if code}
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / "words.json", self._known)
            keep(self._tongues, folder / "tongues.pickle.bz2")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give each example the language its file declares."""
        for example in training_data.training_examples:
            code = _declared(example)
            guess = (code, 1.0) if code else detect(example.get(TEXT) or "", self._known, tongues=self._tongues)
            example.set("language", {"code": guess[0], "confidence": guess[1]})
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Detect the language of incoming messages."""
        for message in messages:
            metadata = message.get("metadata") or {}
            text, prior = message.get(TEXT) or "", metadata.get("language")
            named = _may_be_a_name(text, metadata.get("asked"))
            if prior in settings().languages and named:
                code, confidence = prior, 0.5
            else:
                code, confidence = detect(text, self._known, prior, self._tongues)
            message.set("language", {"code": code, "confidence": confidence}, add_to_output=True)
            answers = prior in settings().languages and _may_be_an_answer(text, metadata.get("asked"))
            foreign = None if named or answers else unspoken(text, self._known)
            if foreign:
                # read by nlu.unspoken at the end: until then everything works with a language of the clinic
                message.set("unspoken", {"code": foreign[0], "confidence": foreign[1]})
        return messages


def _may_be_a_name(text: str, asked: Optional[str]) -> bool:
    """A person's name says nothing about the language: "Lena Maria Groß" is not Portuguese."""
    return asked in NAMING and len(_WORD.findall(text)) <= LONGEST_NAME


def _may_be_an_answer(text: str, asked: Optional[str]) -> bool:
    """A few words of a language next door answer a triage question in the one it was asked in: "тільки 7, кошка"."""
    return str(asked or "").startswith("intake_") and len(_WORD.findall(text)) <= LONGEST_ANSWER


def _declared(example: Message) -> Optional[str]:
    metadata = example.get("metadata") or {}
    for level in ("example", "intent"):
        inner = metadata.get(level)
        if isinstance(inner, dict) and inner.get("language"):
            return str(inner["language"])
    return None
