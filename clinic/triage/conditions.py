"""Conditions of triage protocols, and what they come to while some things are not known.

A condition is a sign's name (`stiff_neck`), a number compared (`age < 0.25`, `severity >= 8`), a choice
(`course = worse`), or `{all: […]}`, `{any: […]}`, `{not: …}`, `{unless: …}` of conditions. What is known is a mapping
from a finding's name to True, False, a number, a code, or None where the patient does not know; what was not asked is
not in it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Union

Value = Union[bool, float, str, None]
Known = Mapping[str, Value]


class Truth(IntEnum):
    """What a condition comes to. `OPEN`: it hangs on something not asked; `UNKNOWN`: on something nobody knows."""

    FALSE = 0
    UNKNOWN = 1
    OPEN = 2
    TRUE = 3


class ConditionError(ValueError):
    """A condition is not written as conditions are; the message says which."""


_COMPARISON = re.compile(r"([a-z_]+) *(<=|>=|<|>) *(-?\d+(?:\.\d+)?)")
_CHOICE = re.compile(r"([a-z_]+) *= *([a-z_]+)")
_SIGN = re.compile(r"[a-z][a-z_]*")
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """True where the sign is there."""

    name: str

    def judge(self, known: Known) -> Truth:
        """What it comes to."""
        if self.name not in known:
            return Truth.OPEN
        value = known[self.name]
        return Truth.UNKNOWN if value is None else Truth.TRUE if value is True else Truth.FALSE

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return frozenset((self.name,))


@dataclass(frozen=True)
class Comparison:
    """A number against a limit."""

    name: str
    operator: str
    limit: float

    def judge(self, known: Known) -> Truth:
        """What it comes to."""
        if self.name not in known:
            return Truth.OPEN
        value = known[self.name]
        if value is None or isinstance(value, str):
            return Truth.UNKNOWN
        return Truth.TRUE if _OPERATORS[self.operator](float(value), self.limit) else Truth.FALSE

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return frozenset((self.name,))


@dataclass(frozen=True)
class Choice:
    """One of a choice's codes."""

    name: str
    code: str

    def judge(self, known: Known) -> Truth:
        """What it comes to."""
        if self.name not in known:
            return Truth.OPEN
        value = known[self.name]
        return Truth.UNKNOWN if value is None else Truth.TRUE if value == self.code else Truth.FALSE

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return frozenset((self.name,))


@dataclass(frozen=True)
class All:
    """True where all parts are."""

    parts: tuple[Condition, ...]

    def judge(self, known: Known) -> Truth:
        """FALSE before OPEN before UNKNOWN."""
        found = [part.judge(known) for part in self.parts]
        order = (Truth.FALSE, Truth.OPEN, Truth.UNKNOWN)
        return next((truth for truth in order if truth in found), Truth.TRUE)

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return frozenset().union(*(part.names() for part in self.parts))


@dataclass(frozen=True)
class AnyOf:
    """True where one part is."""

    parts: tuple[Condition, ...]

    def judge(self, known: Known) -> Truth:
        """TRUE before OPEN before UNKNOWN."""
        found = [part.judge(known) for part in self.parts]
        return next((truth for truth in (Truth.TRUE, Truth.OPEN, Truth.UNKNOWN) if truth in found), Truth.FALSE)

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return frozenset().union(*(part.names() for part in self.parts))


@dataclass(frozen=True)
class Not:
    """True where the part is false."""

    part: Condition

    def judge(self, known: Known) -> Truth:
        """The other of TRUE and FALSE; what is open or unknown stays so."""
        truth = self.part.judge(known)
        return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(truth, truth)

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return self.part.names()


@dataclass(frozen=True)
class Unless:
    """True unless the part is known to be true: who does not know of a protection is treated as having none."""

    part: Condition

    def judge(self, known: Known) -> Truth:
        """TRUE where nobody knows; what is open stays so."""
        truth = self.part.judge(known)
        return {Truth.TRUE: Truth.FALSE, Truth.OPEN: Truth.OPEN}.get(truth, Truth.TRUE)

    def names(self) -> frozenset[str]:
        """The findings it hangs on."""
        return self.part.names()


Condition = Union[Sign, Comparison, Choice, All, AnyOf, Not, Unless]


def parse(written: Any) -> Condition:
    """The condition as written in YAML; ConditionError where it is none."""
    if isinstance(written, str):
        return _parse_text(written.strip())
    if isinstance(written, Mapping) and len(written) == 1:
        ((kind, parts),) = written.items()
        if kind in ("not", "unless"):
            return Not(parse(parts)) if kind == "not" else Unless(parse(parts))
        if kind in ("all", "any") and isinstance(parts, list) and parts:
            found = tuple(map(parse, parts))
            return All(found) if kind == "all" else AnyOf(found)
    raise ConditionError(f"{written!r} is no condition: see docs/triage.md")


def _parse_text(text: str) -> Condition:
    comparison, choice = _COMPARISON.fullmatch(text), _CHOICE.fullmatch(text)
    if comparison:
        return Comparison(comparison[1], comparison[2], float(comparison[3]))
    if choice:
        return Choice(choice[1], choice[2])
    if _SIGN.fullmatch(text):
        return Sign(text)
    raise ConditionError(f"{text!r} is no condition: see docs/triage.md")
