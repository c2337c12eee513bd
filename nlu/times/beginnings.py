"""What the matches of a regular expression can begin with, so that a pattern is tried only where it may match."""

from __future__ import annotations

import re
import sre_constants as ops
import sre_parse
from functools import lru_cache
from typing import Any, Dict, Generic, Iterable, List, Pattern, Sequence, Set, Tuple, TypeVar

# Letters of a beginning: with more the tables grow, with fewer too many patterns share one.
LENGTH = 5
# A class with more letters than this counts as "any letter".
FEW = 40
REMEMBERED = 20_000
_DIGIT = re.compile(r"\d")
_Tree = Iterable[Tuple[Any, Any]]
Kind = TypeVar("Kind")


def shape(text: str) -> str:
    """`text` as beginnings are compared: every digit alike."""
    return _DIGIT.sub("0", text)


def beginnings(pattern: Pattern[str], length: int = LENGTH) -> Set[str]:
    """What the matches of `pattern` begin with, in `shape`; behind a beginning shorter than `length` anything may stand.

    What stands around a match is not looked at: every match has one of these beginnings, not the other way round.
    """
    if pattern.flags & re.IGNORECASE:
        return {""}
    reader = _Reader(length)
    begun = reader.extended({""}, sre_parse.parse(pattern.pattern, pattern.flags).data)
    return begun | reader.complete


class _Reader:
    """Reads a parsed pattern from the left until its beginnings are long enough."""

    def __init__(self, length: int) -> None:
        self._length = length
        self.complete: Set[str] = set()

    def extended(self, begun: Set[str], tree: _Tree) -> Set[str]:
        """The beginnings `begun` with what `tree` adds; those that grow no more go to `complete`."""
        for op, argument in tree:
            if not begun:
                break
            begun = self._extended_by(begun, op, argument)
        return begun

    def _extended_by(self, begun: Set[str], op: Any, argument: Any) -> Set[str]:
        if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
            return begun
        if op is ops.LITERAL:
            return self._with_letters(begun, {shape(chr(argument))})
        if op is ops.IN:
            return self._with_letters(begun, _letters(argument))
        if op is ops.BRANCH:
            return {one for branch in argument[1] for one in self.extended(begun, branch)}
        if op is ops.SUBPATTERN and not argument[1]:
            return self.extended(begun, argument[3])
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            return self._repeated(begun, *argument)
        return self._with_letters(begun, set())

    def _with_letters(self, begun: Set[str], letters: Set[str]) -> Set[str]:
        """Each beginning with each of the letters; no letters: anything may follow."""
        longer = {one + letter for one in begun for letter in letters} or begun
        grown = {one for one in longer if len(one) < self._length} if letters else set()
        self.complete |= longer - grown
        return grown

    def _repeated(self, begun: Set[str], least: int, most: int, tree: _Tree) -> Set[str]:
        reached = begun if least == 0 else set()
        for count in range(1, min(int(most), least + self._length) + 1):
            begun = self.extended(begun, tree)
            reached = reached | begun if count >= least else reached
        return reached


def _letters(members: Sequence[Tuple[Any, Any]]) -> Set[str]:
    """The letters of a class in `shape`; none when it has too many to list."""
    letters: Set[str] = set()
    for op, argument in members:
        if op is ops.LITERAL:
            letters.add(shape(chr(argument)))
        elif op is ops.RANGE and argument[1] - argument[0] < FEW:
            letters |= {shape(chr(code)) for code in range(argument[0], argument[1] + 1)}
        elif (op, argument) == (ops.CATEGORY, ops.CATEGORY_DIGIT):
            letters.add("0")
        else:
            return set()
    return letters


class Beginnings(Generic[Kind]):
    """Finds the things whose pattern may match at a place in a text, in the order they were given in."""

    def __init__(self, things: Sequence[Tuple[Kind, Pattern[str]]]) -> None:
        self._things = [thing for thing, _ in things]
        self._places: Dict[str, List[int]] = {}
        for place, (_, pattern) in enumerate(things):
            for beginning in beginnings(pattern):
                self._places.setdefault(beginning, []).append(place)
        self.starting = lru_cache(maxsize=REMEMBERED)(self._starting)

    def _starting(self, letters: str) -> Tuple[Kind, ...]:
        """The things that can begin with `letters`, the `shape` of the first letters at a place."""
        places = {place for end in range(len(letters) + 1) for place in self._places.get(letters[:end], ())}
        return tuple(self._things[place] for place in sorted(places))
