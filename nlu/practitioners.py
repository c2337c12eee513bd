"""Entity `practitioner`: the names that stand in the clinic's database, in any script, typos forgiven.

The value is the practitioner's identifier. The family name alone is enough; a misspelt one counts behind a title
("dr. webber"), beside the given name, or in a message of at most two words. Which bare surnames are no person
("im Keller") and which declined ones are («к Петровой») is in nlu/surnames.py.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Text, Tuple

from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from sqlalchemy.exc import SQLAlchemyError

from clinic import database, vocabulary
from clinic.settings import settings
from nlu.surnames import declined, is_declined_here, names_a_person
from nlu.text import Word, by_initial, spelt, words

logger = logging.getLogger(__name__)
REFRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Name:
    """One way to write one practitioner's name, without titles: normal forms, family name last."""

    identifier: str
    given: Tuple[str, ...]
    family: str


@lru_cache(maxsize=1)
def titles() -> FrozenSet[str]:
    """Words before a doctor's name, in all of the clinic's languages."""
    every = (phrase.rstrip(".") for code in settings().languages for phrase in vocabulary.phrases("titles", code))
    return frozenset(phrase for phrase in every if " " not in phrase)


def _is_title(word: Word) -> bool:
    return word.norm.rstrip(".") in titles() or word.stem.rstrip(".") in titles()


def name_of(identifier: str, written: str, language: str) -> Optional[Name]:
    """`written` taken apart; None when nothing but titles is left."""
    every = words(written, language)
    # single letters are initials, or what a tokenizer leaves of a title such as "д-р"
    parts = [word.norm for word in every if not _is_title(word) and word.norm.isalpha() and len(word.norm) > 1]
    return Name(identifier, tuple(parts[:-1]), parts[-1]) if parts else None


def read_names() -> List[Name]:
    """Every way every practitioner's name is written in the database."""
    from clinic.directory import practitioners

    with database.read() as session:
        written = [
            (person.identifier, text, code)
            for person in practitioners(session)
            for code, text in {"en": person.name, **person.names}.items()
        ]
    return [name for name in (name_of(*entry) for entry in written) if name]


def _same(form: str, known: str, lenient: bool) -> bool:
    if form == known:
        return True
    if not lenient or form[0] != known[0]:
        return False
    inflected = "\u0400" <= known[0] <= "\u04ff"  # Russian declines names: к доктору Петровой
    typos = 0 if len(known) < 4 else 2 if (inflected and len(known) >= 6) or len(known) >= 8 else 1
    return typos > 0 and OSA.distance(form, known, score_cutoff=typos) <= typos


def _matches(word: Word, known: str, lenient: bool) -> bool:
    return _same(word.norm, known, lenient) or (word.stem != word.norm and _same(word.stem, known, lenient))


def find_practitioners(text: str, language: str, names: Sequence[Name]) -> List[Dict[str, Any]]:
    """Entities of the practitioners named in `text`, each once."""
    # "Dra. Almeida": the full stop, a token of its own in some languages, does not part title and name
    tokens = spelt(text, language)
    found: Dict[str, Dict[str, Any]] = {}
    # whatever is forgiven, the first letter is not
    places = by_initial(tokens)
    for name in names:
        for index in places.get(name.family[0], ()):
            word = tokens[index]
            if not (_matches(word, name.family, True) or word.norm in declined(name.family)):
                continue
            titled = index > 0 and _is_title(tokens[index - 1])
            first = index
            while first and any(_matches(tokens[first - 1], given, True) for given in name.given):
                first -= 1
            lenient = titled or first < index or len(tokens) <= 2
            if name.identifier in found or not (
                _matches(word, name.family, lenient)
                or (word.norm in declined(name.family) and is_declined_here(tokens[:index], language))
            ):
                continue
            if not (titled or first < index or names_a_person(text, tokens, index, name.family, language)):
                continue
            while first and _is_title(tokens[first - 1]):
                first -= 1
            found[name.identifier] = {
                "entity": "practitioner",
                "start": tokens[first].start,
                "end": word.end,
                "value": name.identifier,
                "extractor": "PractitionerExtractor",
            }
    return sorted(found.values(), key=lambda entity: entity["start"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PractitionerExtractor(GraphComponent):
    """Looks practitioners' names up; reads them from the database at start and then once a minute."""

    def __init__(self) -> None:
        self._names: List[Name] = []
        self._read_at: Optional[float] = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PractitionerExtractor:
        """A ready extractor: nothing is trained."""
        return cls()

    def _current(self) -> List[Name]:
        if self._read_at is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
            self._read_at = time.monotonic()
            try:
                self._names = read_names()
            except SQLAlchemyError as error:
                logger.warning(
                    "Practitioners could not be read (%s): their names are not recognised now. "
                    "Run `make seed` or check CLINIC_DATABASE_URL.",
                    type(error).__name__,
                )
        return self._names

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the practitioners named in each message."""
        for message in messages:
            code = (message.get("language") or {}).get("code") or settings().default_language
            entities = find_practitioners(message.get(TEXT) or "", code, self._current())
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
