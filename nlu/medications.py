"""Entity `medication`: drugs by generic name, brand or spelling, in any letters, typos in long names forgiven.

The value is the generic name. One list for all languages (clinic/vocabulary/medications.yml): people use the name on the
box, wherever it was bought.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Text, Tuple

import yaml
from rapidfuzz import process as fuzzy
from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import vocabulary
from nlu.pieces import Piece, cut, forms

# Names shorter than this must be right; words that look like a longer one and are none of it.
SHORTEST_FORGIVEN, TWO_TYPOS = 7, 10
NO_TYPOS = frozenset(("concert", "concerto", "prosear", "voltarem", "voltarei", "voltaram", "voltaria", "magnesia"))
RUSSIAN_ENDINGS = ("ами", "ом", "ой", "а", "у", "е", "ы", "и")
SHORTEST_DRUG_WORD = 5
REMEMBERED = 20_000


class Gazetteer:
    """Spellings with their generic names."""

    def __init__(self, listed: Mapping[str, Sequence[str]]) -> None:
        self._names: Dict[Tuple[str, ...], str] = {}
        for generic, spellings in listed.items():
            for spelling in (generic, *spellings):
                self._names[tuple(piece.text for piece in _words(str(spelling)))] = generic
        self._longest = max(map(len, self._names), default=0)
        self._first = {name[0] for name in self._names}
        self._similar: Dict[str, List[str]] = defaultdict(list)
        for name in self._names:
            if len(name) == 1 and len(name[0]) >= SHORTEST_FORGIVEN:
                self._similar[name[0][0]].append(name[0])
        self._meant: Dict[str, Optional[str]] = {}

    def words(self) -> FrozenSet[str]:
        """The names of one word that are no everyday words."""
        return frozenset(name[0] for name in self._names if len(name) == 1 and len(name[0]) >= SHORTEST_DRUG_WORD)

    def at(self, pieces: Sequence[Piece], index: int) -> Optional[Tuple[str, int]]:
        """Generic name and number of words of the drug that begins at `index`."""
        for form in forms(pieces[index].text):
            if form in self._first:
                rest = tuple(piece.text for piece in pieces[index + 1 : index + self._longest])
                for length in range(len(rest), -1, -1):
                    generic = self._names.get((form, *rest[:length]))
                    if generic:
                        return generic, length + 1
        meant = self._misspelt(pieces[index].text)
        return (meant, 1) if meant else None

    def _misspelt(self, word: str) -> Optional[str]:
        if word not in self._meant:
            if len(self._meant) >= REMEMBERED:
                self._meant.clear()
            self._meant[word] = next(filter(None, map(self._nearest, forms(word))), None)
        return self._meant[word]

    def _nearest(self, word: str) -> Optional[str]:
        """The drug whose name `word` is one typo away from, two in long names; the first letter must be right."""
        if "\u0400" <= word[0] <= "\u04ff":  # declined: конкором
            for ending in RUSSIAN_ENDINGS:
                if word.endswith(ending) and (word[: -len(ending)],) in self._names and len(word) > 5:
                    return self._names[(word[: -len(ending)],)]
        if len(word) < SHORTEST_FORGIVEN or not word.isalpha() or word in NO_TYPOS:
            return None
        most = 1 if len(word) < TWO_TYPOS else 2
        best = fuzzy.extractOne(word, self._similar.get(word[0], ()), scorer=OSA.distance, score_cutoff=most)
        return self._names[(best[0],)] if best and best[1] <= (2 if len(best[0]) >= TWO_TYPOS else 1) else None


def _words(text: str) -> List[Piece]:
    return [piece for piece in cut(text) if piece.text[0].isalnum()]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The list, read once."""
    path = vocabulary.FOLDER / "medications.yml"
    listed: Dict[str, List[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Gazetteer(listed)


@lru_cache(maxsize=1)
def drug_words() -> FrozenSet[str]:
    """Drug names of one word, in normal form: they belong to no language."""
    return gazetteer().words()


def find_medications(text: str) -> List[Dict[str, Any]]:
    """Entities of the drugs named in `text`, left to right."""
    pieces, found, index = _words(text), [], 0
    while index < len(pieces):
        match = gazetteer().at(pieces, index)
        length = match[1] if match else 1
        if match:
            start, end = pieces[index].start, pieces[index + length - 1].end
            value = {"entity": "medication", "start": start, "end": end, "value": match[0]}
            found.append({**value, "extractor": "MedicationExtractor"})
        index += length
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MedicationExtractor(GraphComponent):
    """Adds the drugs of each message to its entities."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MedicationExtractor:
        """A ready extractor: nothing is trained."""
        gazetteer()
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the drugs named in each message."""
        for message in messages:
            found = find_medications(message.get(TEXT) or "")
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
