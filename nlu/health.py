"""Entities `symptom` and `body_part`, by code: what people complain of, and where.

The words stand in `clinic/vocabulary/symptoms/` and `body_parts/`, one file a language. All are looked up in one
pass, the longest phrase at each place, so that "headache" is no ache of a head. A body part within three words of a
complaint carries `role: location`; words that mean other things too ("back", "sore") count only in such company.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Mapping, Sequence, Set, Text, Tuple

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import vocabulary
from clinic.settings import settings
from nlu.phrases import PhraseBook
from nlu.text import Word, words

# entity → folder of its words
FOLDERS = {"symptom": "symptoms", "body_part": "body_parts"}
# How many words may stand between a complaint and its place ("my knee really does hurt").
NEAR = 3
# Words of the clinic's other languages count when they are exactly written and long enough to be no accident.
SHORTEST_BORROWED = 6
# A misspelt word counts from this length: shorter ones are too often other words ("Ferien" is no heel).
SHORTEST_MISSPELT = 7
# Of these a part is told more exactly than the words of a complaint inside it could.
COVERING = ("specialty", "practitioner", "location")


@dataclass(frozen=True)
class Mention:
    """A complaint or a part of the body in a message: places of its words, its span, and whether it counts alone."""

    entity: str
    code: str
    sure: bool
    first: int
    last: int
    start: int
    end: int


@lru_cache(maxsize=32)
def load(entity: str, language: str) -> Mapping[str, Any]:
    """The file of an entity in a language: `phrases` (code → phrases), `doubtful` and `right` (lists)."""
    path = vocabulary.FOLDER / FOLDERS[entity] / f"{language}.yml"
    if not path.exists():
        raise vocabulary.VocabularyError(f"{path.name} is missing in clinic/vocabulary/{FOLDERS[entity]}")
    content: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=16)
def _meanings(language: str) -> Dict[str, str]:
    """Normalised phrase → "entity code sure|doubtful"; complaints first."""
    meanings: Dict[str, str] = {}
    for entity in FOLDERS:
        content = load(entity, language)
        doubtful = {vocabulary.normalise(phrase) for phrase in content["doubtful"]}
        for code, phrases in content["phrases"].items():
            for phrase in map(vocabulary.normalise, phrases):
                meanings.setdefault(phrase, f"{entity} {code} {'doubtful' if phrase in doubtful else 'sure'}")
    return meanings


@lru_cache(maxsize=16)
def _book(language: str) -> PhraseBook:
    right = {vocabulary.normalise(word) for entity in FOLDERS for word in load(entity, language)["right"]}
    return PhraseBook(_meanings(language), language, right | vocabulary.phrases("no_typos", language))


@lru_cache(maxsize=16)
def _borrowed(language: str, spoken: Tuple[str, ...]) -> Dict[str, str]:
    """Single words of the other languages that people mix into this one ("عندي migraine")."""
    others = [_meanings(code).items() for code in spoken if code != language]
    return {
        phrase: meaning
        for meanings in others
        for phrase, meaning in meanings
        if len(phrase) >= SHORTEST_BORROWED and phrase.isalpha() and meaning.endswith(" sure")
    }


def _mentions(tokens: Sequence[Word], language: str) -> List[Mention]:
    found: List[Mention] = []
    for match in _book(language).find(tokens):
        if not match.exact and len(tokens[match.first].stem) < SHORTEST_MISSPELT:
            continue
        entity, code, certainty = match.code.split(" ")
        found.append(Mention(entity, code, certainty == "sure", match.first, match.last, match.start, match.end))
    borrowed = _borrowed(language, settings().languages)
    taken = {index for mention in found for index in range(mention.first, mention.last + 1)}
    for index, word in enumerate(tokens):
        if word.norm in borrowed and index not in taken:
            entity, code, _ = borrowed[word.norm].split(" ")
            found.append(Mention(entity, code, True, index, index, word.start, word.end))
    return sorted(found, key=lambda mention: mention.first)


def _near(one: Mention, other: Mention) -> bool:
    return max(other.first - one.last, one.first - other.last) - 1 <= NEAR


def _in_company(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a mention of the other kind stands near."""
    return any(other.entity != mention.entity and _near(mention, other) for other in mentions)


def _covered(mention: Mention, spans: Set[Tuple[int, int]]) -> bool:
    """Whether its words belong to a name or a specialty ("heart doctor")."""
    return any(start <= mention.start and mention.end <= end for start, end in spans)


def find_health(text: str, language: str, others: Sequence[Mapping[str, Any]] = ()) -> List[Dict[str, Any]]:
    """Entities of `text`; nothing that lies inside a specialty, a practitioner or a location among `others`.

    A word that is itself the specialty ("tooth", "toothache") stays where it is a complaint or one stands near.
    """
    spans = {(other["start"], other["end"]) for other in others if other["entity"] in COVERING}
    mentions = []
    for mention in _mentions(words(text, language), language):
        if (mention.start, mention.end) in spans:
            mentions.append(replace(mention, sure=mention.sure and mention.entity == "symptom"))
        elif not _covered(mention, spans):
            mentions.append(mention)
    return [_entity(mention, near) for mention in mentions if (near := _in_company(mention, mentions)) or mention.sure]


def _entity(mention: Mention, near: bool) -> Dict[str, Any]:
    entity = {
        "entity": mention.entity,
        "start": mention.start,
        "end": mention.end,
        "value": mention.code,
        "extractor": "HealthExtractor",
    }
    # the role is not declared in domain.yml: declared roles influence the conversation
    return {**entity, "role": "location"} if near and mention.entity == "body_part" else entity


def codes(entity: str, language: str) -> FrozenSet[str]:
    """All codes of an entity."""
    return frozenset(load(entity, language)["phrases"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class HealthExtractor(GraphComponent):
    """Adds complaints and parts of the body; stands after VocabularyExtractor and PractitionerExtractor."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HealthExtractor:
        """A ready extractor: nothing is trained."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities of each message."""
        for message in messages:
            code = (message.get("language") or {}).get("code") or settings().default_language
            known = message.get(ENTITIES, [])
            found = find_health(message.get(TEXT) or "", code, known)
            message.set(ENTITIES, known + found, add_to_output=True)
        return messages
