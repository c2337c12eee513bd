"""The concepts in a message: words of one meaning share a name across languages, dialects, scripts and spellings.

The words stand in `nlu/lexicon/<language>.yml`. People mix languages, so every language's words count in every
message; a word that exists in the message's own language has only its meaning there.

The tokens are spaCy's, the phrases stand in a dict of token tuples. For the longest phrases without overlaps that was a
little quicker than spaCy's PhraseMatcher with filter_spans on a Doc of the normal forms (12-14 against 14-19 µs a message),
and it takes clitics, endings and typos in the same pass; the matcher alone, overlaps and all, is about as quick.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, Iterator, List, Mapping, Sequence, Tuple

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from clinic.vocabulary import normalise
from nlu.endings import rests
from nlu.phrases import allowed_typos
from nlu.text import Word, words

FOLDER = Path(__file__).resolve().parent / "lexicon"
IGNORED = "ignore"
"""The concept of words that mean nothing here but look like words of other languages."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_NOT_COMPOUNDED = ("people_words", "asking")
_JOINTS = ("", "s", "n", "en", "es")
_SHORTEST_PART = 4
_LONGEST_GUESSED = 40
_MOST_REMEMBERED = 20_000
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")

Phrase = Tuple[str, ...]
Names = Tuple[str, ...]
Entry = Tuple[Phrase, Phrase, str]


class LexiconError(Exception):
    """A lexicon file has the wrong shape."""


@lru_cache(maxsize=1)
def languages() -> Tuple[str, ...]:
    """The languages that have a lexicon; English first, because people mix it in most."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.yml")), key=lambda code: (code != "en", code)))


@lru_cache(maxsize=16)
def load(language: str) -> Mapping[str, Mapping[str, List[str]]]:
    """Section → concept → phrases of a language as written."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: Dict[str, Dict[str, List[str]]] = yaml.load((FOLDER / f"{language}.yml").read_text("utf-8"), loader)
    for section, listed in content.items():
        for concept, phrases in listed.items():
            for phrase in (concept, *phrases):
                if not isinstance(phrase, str):
                    raise LexiconError(f"{language}.yml, {section}, {concept}: quote {phrase!r}")
    return content


def _phrases(language: str, tokenizer: str) -> Iterator[Entry]:
    """Normal forms, forms without clitics, and concept of each phrase, split as messages in `tokenizer` are."""
    for listed in load(language).values():
        for concept, phrases in listed.items():
            for phrase in phrases:
                for spelling in {phrase, phrase.translate(_UMLAUTS)} if language == "de" else {phrase}:
                    tokens = words(spelling, tokenizer)
                    yield tuple(token.norm for token in tokens), tuple(token.stem for token in tokens), concept


def _stop_words(language: str) -> FrozenSet[str]:
    try:
        listed: Iterable[str] = import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    except ImportError:
        return frozenset()
    return frozenset(normalise(word) for word in listed)


class Lexicon:
    """Every language's phrases as a message in one language is compared with them."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._phrases: Dict[Phrase, str] = {}
        self._longest: Dict[str, int] = {}
        self._guessed: Dict[str, Names] = {}
        own = list(_phrases(language, language)) if language in languages() else []
        self._known = _stop_words(language) | {norm for norms, _, _ in own for norm in norms}
        self._add(own)
        self._own = {norms[0]: concept for norms, _, concept in own if len(norms) == 1 and concept != IGNORED}
        self._roots = self._rests_of(self._own)
        little = {concept for section in _NOT_COMPOUNDED if own for concept in load(language)[section]}
        self._parts_known = {word: concept for word, concept in self._own.items() if concept not in little}
        self._by_letter: Dict[str, List[str]] = {}
        for word in self._own:
            if allowed_typos(word) and word.isalpha():
                self._by_letter.setdefault(word[0], []).append(word)
        for other in languages():
            if other != language:
                self._add(entry for entry in _phrases(other, language) if self._is_foreign(*entry))

    def __getstate__(self) -> Dict[str, object]:
        """Without the guesses: they are words of messages."""
        return {**self.__dict__, "_guessed": {}}

    def _is_foreign(self, norms: Phrase, _: Phrase, concept: str) -> bool:
        """Whether a phrase can only be of the other language: some word of it is none here, and long enough to tell."""
        short = len(norms) == 1 and len(norms[0]) < 3 and norms[0].isascii()
        return concept != IGNORED and not short and not self._known.issuperset(norms)

    def _add(self, entries: Iterable[Entry]) -> None:
        listed = list(entries)
        spelt = [(norms, concept) for norms, _, concept in listed]
        without_clitics = [(stems, concept) for _, stems, concept in listed]
        for phrase, concept in spelt + without_clitics:
            self._phrases.setdefault(phrase, concept)
            self._longest[phrase[0]] = max(self._longest.get(phrase[0], 0), len(phrase))

    def _rests_of(self, own: Mapping[str, str]) -> Dict[str, str]:
        """What stays of the language's words without endings, where that belongs to one concept only."""
        concepts_of: Dict[str, set[str]] = {}
        for word, concept in own.items():
            for rest in rests(word, self._language):
                concepts_of.setdefault(rest, set()).add(concept)
        unique = {rest: found.pop() for rest, found in concepts_of.items() if len(found) == 1}
        return {**unique, **own}

    def find(self, tokens: Sequence[Word]) -> List[str]:
        """The concepts in `tokens`, left to right: the longest phrase at each place, then the single word."""
        norms = tuple(token.norm for token in tokens)
        stems = tuple(token.stem for token in tokens)
        found: List[str] = []
        position = 0
        while position < len(tokens):
            length, names = self._at(norms, stems, position)
            found.extend(name for name in names if name != IGNORED)
            position += length
        return found

    def _at(self, norms: Phrase, stems: Phrase, position: int) -> Tuple[int, Names]:
        norm, stem = norms[position], stems[position]
        longest = self._longest.get(norm, 0)
        if stem != norm:
            longest = max(longest, self._longest.get(stem, 0))
        for end in range(min(position + longest, len(norms)), position + 1, -1):
            concept = self._phrases.get(norms[position:end])
            if not concept and stems[position:end] != norms[position:end]:
                concept = self._phrases.get((stem, *norms[position + 1 : end])) or self._phrases.get(stems[position:end])
            if concept:
                return end - position, (concept,)
        return 1, self._single(norm, stem)

    def _single(self, norm: str, stem: str) -> Names:
        concept = self._phrases.get((norm,)) or self._phrases.get((stem,))
        if concept:
            return (concept,)
        if norm in self._known or not norm.isalpha() or len(norm) > _LONGEST_GUESSED:
            return ()
        if norm not in self._guessed:
            if len(self._guessed) > _MOST_REMEMBERED:
                self._guessed.clear()
            self._guessed[norm] = self._guess(norm) or (self._guess(stem) if stem != norm else ())
        return self._guessed[norm]

    def _guess(self, word: str) -> Names:
        """What a word that is in no list may be: drawn out, inflected, a compound, misspelt."""
        for form in _shortened(word):
            concept = self._phrases.get((form,))
            if concept:
                return (concept,)
        for rest in (word, *rests(word, self._language)):
            if rest in self._roots:
                return (self._roots[rest],)
        return (self._parts(word) if self._language == "de" else ()) or self._misspelt(word)

    def _parts(self, word: str) -> Names:
        """The concepts of both parts of a German compound ("Impftermin"), the longest second part."""
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            second = self._parts_known.get(word[cut:])
            for joint in _JOINTS if second else ():
                first = word[: cut - len(joint)] if word[:cut].endswith(joint) else ""
                if len(first) >= _SHORTEST_PART and first in self._parts_known:
                    return (self._parts_known[first], self._parts_known[word[cut:]])
        return ()

    def _misspelt(self, word: str) -> Names:
        most = allowed_typos(word)
        if not most:
            return ()
        close = process.extract(
            word, self._by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=most, limit=3, processor=None
        )
        return next(((self._own[known],) for known, edits, _ in close if edits <= allowed_typos(known)), ())


def _shortened(word: str) -> List[str]:
    """`word` with its drawn-out letters twice and once ("pleeease", "helloooo"); nothing if there are none."""
    return [_DRAWN_OUT.sub(letters, word) for letters in (r"\1\1", r"\1")] if _DRAWN_OUT.search(word) else []


_lexicons: Dict[str, Lexicon] = {}


def lexicon(language: str) -> Lexicon:
    """The lexicon for messages in `language`; to build one takes more than a second."""
    if language not in _lexicons:
        _lexicons[language] = Lexicon(language)
    return _lexicons[language]


def remember(built: Mapping[str, Lexicon]) -> None:
    """Read with lexicons that a model has kept, language by language."""
    _lexicons.update(built)


def concepts(tokens: Sequence[Word], language: str) -> List[str]:
    """The names of the concepts in a message's tokens, in order of appearance."""
    return lexicon(language).find(tokens)


def concept_text(text: str, language: str) -> str:
    """The concepts in `text` as words for a vectoriser: "c:want c:appointment c:tuesday"."""
    return " ".join(f"c:{name}" for name in concepts(words(text, language), language))
