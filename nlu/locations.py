"""Entity `location`: the clinic's branches by the name, district or street that stand in its database, typos forgiven.

The value is the location's identifier. What all branches share (the clinic's own name, the city) names none of them.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Text, Tuple

from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from sqlalchemy.exc import SQLAlchemyError

from clinic import database
from clinic.settings import settings
from clinic.vocabulary import normalise
from nlu.practitioners import REFRESH_SECONDS
from nlu.text import Word, by_initial, spelt

logger = logging.getLogger(__name__)
# In the street's name, words shorter than these are no name ("Am", "Rua", "12").
_SHORTEST_STREET = 6
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Place:
    """One way to call one branch: its words in normal form."""

    identifier: str
    called: Tuple[str, ...]


def places(written: Sequence[Tuple[str, Sequence[str], Sequence[str]]], common: FrozenSet[str]) -> List[Place]:
    """Ways to call the branches of `written` (identifier, names, addresses), without words of `common` or shared ones."""
    parts = {
        identifier: {
            *(tuple(_LETTERS.findall(normalise(name))) for name in (*names, identifier.replace("_", " "))),
            *((word,) for address in addresses for word in _street(address)),
        }
        for identifier, names, addresses in written
    }
    carriers = Counter(word for called in parts.values() for word in {word for words_ in called for word in words_})
    shared = common | {word for word, count in carriers.items() if count > 1}
    found = {
        Place(identifier, left)
        for identifier, called in parts.items()
        for name in called
        if (left := tuple(word for word in name if word not in shared)) and max(map(len, left)) > 2
    }
    return sorted(found, key=lambda place: (-len(place.called), place.identifier, place.called))


def _street(address: str) -> List[str]:
    """The words of an address's first part that may be a street's name."""
    return [word for word in _LETTERS.findall(normalise(address.split(",", 1)[0])) if len(word) >= _SHORTEST_STREET]


def read_places() -> List[Place]:
    """Every way to call a branch, from the database."""
    from clinic import directory

    with database.read() as session:
        written = [
            (place.identifier, list(place.names.values()), list(place.address.values()))
            for place in directory.locations(session)
        ]
        names = directory.organization(session).names if written else {}
    return places(written, frozenset(word for name in names.values() for word in _LETTERS.findall(normalise(name))))


def _same(word: Word, known: str) -> bool:
    """Equal, or misspelt (Russian: declined) in a long word."""
    if known in (word.norm, word.stem):
        return True
    cyrillic = "\u0400" <= known[0] <= "\u04ff"
    typos = 0 if len(known) < 6 else 2 if cyrillic or len(known) >= 8 else 1
    return typos > 0 and any(
        form[0] == known[0] and OSA.distance(form, known, score_cutoff=typos) <= typos for form in {word.norm, word.stem}
    )


def find_locations(text: str, language: str, known: Sequence[Place]) -> List[Dict[str, Any]]:
    """Entities of the branches named in `text`, each once."""
    tokens = spelt(text, language)
    starts = by_initial(tokens)  # whatever is forgiven, the first letter is not
    found: Dict[str, Dict[str, Any]] = {}
    for place in known:
        length = len(place.called)
        for first in starts.get(place.called[0][0], ()):
            window = tokens[first : first + length]
            if place.identifier not in found and len(window) == length and all(map(_same, window, place.called)):
                found[place.identifier] = {
                    "entity": "location",
                    "start": window[0].start,
                    "end": window[-1].end,
                    "value": place.identifier,
                    "extractor": "LocationExtractor",
                }
    return sorted(found.values(), key=lambda entity: entity["start"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LocationExtractor(GraphComponent):
    """Looks branches up; reads them from the database at start and then once a minute."""

    def __init__(self) -> None:
        self._places: List[Place] = []
        self._read_at: Optional[float] = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LocationExtractor:
        """A ready extractor: nothing is trained."""
        return cls()

    def _current(self) -> List[Place]:
        if self._read_at is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
            self._read_at = time.monotonic()
            try:
                self._places = read_places()
            except (SQLAlchemyError, LookupError) as error:
                logger.warning("Locations could not be read (%s): they are not recognised now.", type(error).__name__)
        return self._places

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the branches named in each message."""
        for message in messages:
            code = (message.get("language") or {}).get("code") or settings().default_language
            entities = find_locations(message.get(TEXT) or "", code, self._current())
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
