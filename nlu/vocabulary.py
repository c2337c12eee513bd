"""Entities from the clinic's word lists: specialty, relation ("for my daughter"), language, gender, person."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Iterator, List, Sequence, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import vocabulary
from clinic.settings import settings
from nlu.phrases import Found, PhraseBook
from nlu.text import Word, words

# entity → (section of the vocabulary, whether other languages' words count too: people mix them)
SECTIONS = {
    "specialty": ("specialties", True),
    "relation": ("relations", False),
    "language": ("languages", True),
    "gender": ("genders", False),
}
# Of short, common words only the exact ones: "nichts" is no niece.
EXACTLY = ("relation", "gender")
# Arabic: "a woman doctor" is a wish, "the doctor Sara" a title.
DEFINITE = ("ال", "لل", "بال", "وال", "فال", "كال")
# Names of five and six words are read on while they look like names; Arabic has no capitals to look at.
SURE_LENGTH, LONGEST_NAME, LONGEST_ARABIC = 4, 6, 5


@lru_cache(maxsize=64)
def _book(section: str, language: str) -> PhraseBook:
    return PhraseBook(vocabulary.coded(section, language), language, vocabulary.phrases("no_typos", language))


@lru_cache(maxsize=16)
def _cues(language: str) -> PhraseBook:
    return PhraseBook(dict.fromkeys(vocabulary.phrases("name_cues", language), "name"), language)


def _entity(text: str, name: str, start: int, end: int, value: str) -> Dict[str, Any]:
    return {"entity": name, "start": start, "end": end, "value": value, "extractor": "VocabularyExtractor"}


def _listed(text: str, tokens: Sequence[Word], language: str) -> Iterator[Dict[str, Any]]:
    others = [code for code in settings().languages if code != language]
    for entity, (section, mixed) in SECTIONS.items():
        found = _book(section, language).find(tokens)
        for other in others if mixed and not found else []:
            found = [match for match in _book(section, other).find(tokens) if match.exact]
            if found:
                break
        if entity in EXACTLY:
            found = _named_over_self([match for match in found if match.exact])
        if entity == "gender":
            found = [match for match in found if not text[match.start : match.end].startswith(DEFINITE)]
        for match in found:
            yield _entity(text, entity, match.start, match.end, match.code)


def _named_over_self(found: List[Found]) -> List[Found]:
    """ "book it for me, for my son": the person who is named counts."""
    named = [match for match in found if match.code != "self"]
    return named or found


def _names(text: str, tokens: Sequence[Word], language: str) -> Iterator[Dict[str, Any]]:
    for cue in _cues(language).find(tokens):
        if not cue.exact:
            continue
        name: List[Word] = []
        # a hyphen is a token of its own in some languages
        following = [word for word in tokens[cue.last + 1 :] if any(map(str.isalnum, word.norm))]
        for word in following[:LONGEST_NAME]:
            between = text[(name[-1].end if name else cue.end) : word.start]
            if len(name) >= SURE_LENGTH and not _goes_on(text[word.start : word.end], len(name)):
                break
            if not word.norm[:1].isalpha() or (name and between.strip(" -'.")):
                break
            name.append(word)
        if name:
            start, end = name[0].start, name[-1].end
            # the role is not declared in domain.yml: declared roles influence the conversation
            yield {**_entity(text, "person", start, end, text[start:end]), "role": "patient"}


def _goes_on(word: str, length: int) -> bool:
    """Whether `word` looks like more of a name that has `length` words already."""
    return word[:1].isupper() or ("\u0600" <= word[:1] <= "\u06ff" and length < LONGEST_ARABIC)


def find_entities(text: str, language: str) -> List[Dict[str, Any]]:
    """Rasa entities of `text` (specialty, relation, language and gender by code, person by its words)."""
    tokens = words(text, language)
    return [*_listed(text, tokens, language), *_names(text, tokens, language)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class VocabularyExtractor(GraphComponent):
    """Adds what `clinic/vocabulary/` knows to a message's entities."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VocabularyExtractor:
        """A ready extractor: nothing is trained."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities of each message."""
        for message in messages:
            code = (message.get("language") or {}).get("code") or settings().default_language
            entities = find_entities(message.get(TEXT) or "", code)
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
