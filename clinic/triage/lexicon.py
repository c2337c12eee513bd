"""Finds the expressions of one language's danger vocabulary in a message.

An expression is a few words: plain ones ("chest"), beginnings ("schmerz*"), `<number>`, `<year>`, and `...` for up to
three words that may stand between. A word that no expression knows may be a misspelt one: one slip is forgiven from
five letters on, two from nine.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from clinic.triage.tokens import Token, forms
from clinic.vocabulary import normalise

# A figure at the beginning of a word of letters; "3/4" and "38,5" are one piece.
_FIGURE_FIRST = re.compile(r"(\d+(?=[^\W\d_]))?(.*)", re.DOTALL)
GAP, LONGEST_GAP = "...", 3
NUMBER, YEAR = "<number>", "<year>"
SHORTEST_MISSPELT, SHORTEST_TWICE_MISSPELT = 5, 9
REMEMBERED = 20_000

Expression = tuple[str, ...]
# Its place among those of the same first word, its concept, the expression.
Entry = tuple[int, str, Expression]


class Hit(NamedTuple):
    """An expression of `concept` found: the places of its words in the token list, in order.

    `measured`: a number says so, and no manner of speaking takes it back ("sugar in the blood 600" tells of no blood).
    """

    concept: str
    places: tuple[int, ...]
    measured: bool = False

    @property
    def first(self) -> int:
        """Place of its first word."""
        return self.places[0]

    @property
    def last(self) -> int:
        """Place of its last word."""
        return self.places[-1]


def _pieces(word: str) -> Sequence[str]:
    """The word in normal form, cut as `tokens` cuts a message: a figure that begins it stands alone ("3andi")."""
    if word in (GAP, NUMBER, YEAR):
        return (word,)
    figure, rest = _FIGURE_FIRST.match(normalise(word).replace("'", "")).groups()  # type: ignore[union-attr]
    return tuple(piece for piece in (figure, rest) if piece)


def parse(expression: object) -> Expression:
    """The expression's words in normal form.

    ValueError when it is empty, begins or ends with a gap, or is no text: YAML takes a bare `no` for false.
    """
    if not isinstance(expression, str):
        raise ValueError(f"{expression!r} is no text: put quotes around the expression")
    words = tuple(piece for word in expression.split() for piece in _pieces(word))
    if not words or GAP in (words[0], words[-1]):
        raise ValueError(f"{expression!r} is no expression: it must begin and end with a word")
    return words


def _without_one_letter(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


class _Beginning:
    """The expressions that begin with one word, by the word after it: most of them need not be tried."""

    def __init__(self, expressions: Sequence[tuple[str, Expression]]) -> None:
        self._open: list[Entry] = []  # of one word, or with a gap after it
        self._by_second: dict[str, list[Entry]] = defaultdict(list)
        for place, (concept, expression) in enumerate(expressions):
            entries = self._open if len(expression) == 1 or expression[1] == GAP else self._by_second[expression[1]]
            entries.append((place, concept, expression))

    def entries(self, after: Collection[str]) -> Sequence[Entry]:
        """Those that may stand where the word after is one of `after`, in their order."""
        seconds = [second for second in after if second in self._by_second] if self._by_second else []
        if not seconds:
            return self._open
        return sorted([*self._open, *(entry for second in seconds for entry in self._by_second[second])])


class Lexicon:
    """The expressions of one language by concept."""

    def __init__(
        self,
        concepts: Mapping[str, Sequence[object]],
        right: Iterable[str] = (),
        exact: str | None = None,
        denials: Iterable[str] = (),
    ) -> None:
        """`right` are words that are spelt right though they look like one of ours with a slip.

        Concepts whose name begins with `exact` forgive no slip: what takes a danger back must really be written there.
        An expression does not begin with one of `denials` that ends a clause: "no, breathing" is no "not breathing".
        """
        self._exact = exact
        self._denials = frozenset(map(normalise, denials))
        self._slipped: set[str] = set()
        by_first: dict[str, list[tuple[str, Expression]]] = defaultdict(list)
        for concept, expressions in concepts.items():
            for expression in sorted(set(map(parse, expressions)), key=len, reverse=True):
                by_first[expression[0]].append((concept, expression))
        self._by_first = {first: _Beginning(entries) for first, entries in by_first.items()}
        every = [parse(expression) for expressions in concepts.values() for expression in expressions]
        keys = {word for expression in every for word in expression if word not in (GAP, NUMBER, YEAR)}
        self._plain = {key for key in keys if not key.endswith("*")}
        self._stems = {key[:-1]: key for key in keys if key.endswith("*")}
        self._stem_lengths = sorted({len(stem) for stem in self._stems})
        self._right = frozenset(map(normalise, right))
        self._slips: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            bare = key.rstrip("*")
            if len(bare) >= SHORTEST_MISSPELT:
                for shorter in _without_one_letter(bare):
                    self._slips[shorter].add(key)
        self._known: dict[str, frozenset[str]] = {}

    def find(self, message: Sequence[Token]) -> list[Hit]:
        """All expressions in the message, by their first word; they may overlap."""
        keys = [self._keys(token.text) for token in message]
        following = [*keys[1:], frozenset[str]()]
        return [
            Hit(concept, (place, *rest))
            for place, mine in enumerate(keys)
            for key in mine
            if (beginning := self._by_first.get(key))
            for _, concept, expression in beginning.entries(following[place])
            if (rest := self._rest(expression, 1, keys, place + 1)) is not None
            and not self._is_slip(concept, message, (place, *rest))
            and not (rest and self._is_a_no_by_itself(message, place))
        ]

    def _is_a_no_by_itself(self, message: Sequence[Token], place: int) -> bool:
        return message[place].text in self._denials and message[place].clause != message[place + 1].clause

    def _is_slip(self, concept: str, message: Sequence[Token], places: Sequence[int]) -> bool:
        exact = self._exact is not None and concept.startswith(self._exact)
        return exact and any(message[place].text in self._slipped for place in places)

    def _rest(self, expression: Expression, at: int, keys: Sequence[frozenset[str]], place: int) -> tuple[int, ...] | None:
        if at == len(expression):
            return ()
        if expression[at] == GAP:
            for skipped in range(LONGEST_GAP + 1):
                rest = self._rest(expression, at + 1, keys, place + skipped)
                if rest is not None:
                    return rest
            return None
        if place >= len(keys) or expression[at] not in keys[place]:
            return None
        rest = self._rest(expression, at + 1, keys, place + 1)
        return None if rest is None else (place, *rest)

    def _keys(self, word: str) -> frozenset[str]:
        """Which words of our expressions `word` is."""
        if word not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
                self._slipped.clear()
            self._known[word] = self._look_up(word)
        return self._known[word]

    def _look_up(self, word: str) -> frozenset[str]:
        if word[0].isdigit():
            return frozenset((word, NUMBER, YEAR) if _is_year(word) else (word, NUMBER))
        exact = {form for form in forms(word) if form in self._plain}
        stems = {
            self._stems[form[:length]]
            for form in forms(word)
            for length in self._stem_lengths
            if form[:length] in self._stems
        }
        if exact or stems:
            return frozenset(exact | stems)
        slips = self._misspelt(word)
        if slips:
            self._slipped.add(word)
        return frozenset(slips)

    def _misspelt(self, word: str) -> set[str]:
        if len(word) < SHORTEST_MISSPELT or not word.isalpha() or any(form in self._right for form in forms(word)):
            return set()
        return {key for form in forms(word) for key in self._near(form)}

    def _near(self, form: str) -> set[str]:
        """Keys that `form` may be a slip of; a slip in the first letter is not forgiven."""
        near = set()
        wholes = {key for shorter in _without_one_letter(form) for key in self._slips.get(shorter, ()) if key[-1] != "*"}
        for key in wholes:
            if key[0] == form[0] and OSA.distance(form, key) <= _forgiven(form, key):
                near.add(key)
        for length in self._stem_lengths:
            for cut in {form[:length], form[: length + 1]} if len(form) >= length >= SHORTEST_MISSPELT else ():
                for shorter in _without_one_letter(cut):
                    for key in self._slips.get(shorter, ()):
                        stem = key[:-1]
                        if key[-1] == "*" and stem[0] == cut[0] and OSA.distance(cut, stem) <= _forgiven(cut, stem):
                            near.add(key)
        return near


def _forgiven(word: str, key: str) -> int:
    return 2 if min(len(word), len(key)) >= SHORTEST_TWICE_MISSPELT else 1


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and 1900 <= int(word) <= 2099
