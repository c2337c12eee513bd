"""Triage protocols: `protocols/<name>.yml`, one a complaint, as typed objects.

The form is described in docs/triage.md and proved sound by `clinic.triage.linter`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic import yamlfile
from clinic.triage import conditions
from clinic.triage.conditions import Condition

FOLDER = Path(__file__).with_name("protocols")
ALWAYS = "_always"
GENERAL = "general"
# From least to most dangerous.
LEVELS = ("self_care", "routine", "urgent", "emergency")
KINDS = ("which", "number", "choice", "sign")
CHILD_UNDER, INFANT_UNDER = 16, 2


class ProtocolError(ValueError):
    """A protocol is not written as protocols are; the message says which and what."""


@dataclass(frozen=True)
class Question:
    """One question: `which` of several signs, a `number`, a `choice`, or one `sign` (yes or no)."""

    kind: str
    names: tuple[str, ...]
    when: Condition | None = None


@dataclass(frozen=True)
class Rule:
    """`level` holds where the condition does."""

    protocol: str
    id: str
    level: str
    when: Condition
    source: str


@dataclass(frozen=True)
class Protocol:
    """Everything about one complaint."""

    name: str
    complaints: tuple[str, ...]
    parts: tuple[str, ...]
    implies: tuple[str, ...]
    rank: int
    specialty: str
    children: str
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    otherwise: str
    sources: Mapping[str, str] = field(hash=False)
    # The texts that are said for children below two instead of its own; "" where its own fit them.
    below_2: str = ""

    def specialty_for(self, age: float | None) -> str:
        """Which specialty sees somebody of that age (years)."""
        return self.children if age is not None and age < CHILD_UNDER else self.specialty

    def texts_for(self, age: float | None) -> str:
        """Whose advice is said to somebody of that age (years): nobody tells a baby to gargle."""
        return self.below_2 if self.below_2 and age is not None and age < INFANT_UNDER else self.name


def load(path: Path) -> Protocol:
    """One file; ProtocolError where it cannot be read as a protocol."""
    written = yamlfile.load(path)
    try:
        rules = tuple(
            Rule(path.stem, str(rule["id"]), str(rule["level"]), conditions.parse(rule["when"]), str(rule["source"]))
            for rule in written["rules"]
        )
        if path.stem == ALWAYS:
            return Protocol(ALWAYS, (), (), (), 0, "", "", (), rules, LEVELS[0], written["sources"])
        return Protocol(
            name=written["protocol"],
            complaints=tuple(written.get("complaints") or ()),
            parts=tuple(written.get("parts") or ()),
            implies=tuple(written.get("implies") or ()),
            rank=int(written["rank"]),
            specialty=written["specialty"],
            children=written.get("children") or written["specialty"],
            questions=tuple(map(_question, written["questions"])),
            rules=rules,
            otherwise=written["otherwise"],
            sources=written["sources"],
            below_2=str(written.get("below_2") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"{path.name}: {type(error).__name__}: {error}") from error


def _question(written: Mapping[str, Any]) -> Question:
    kinds = [kind for kind in KINDS if kind in written]
    if len(kinds) != 1 or set(written) - {kinds[0], "when"}:
        raise ProtocolError(f"{dict(written)!r} is no question: it has one of {', '.join(KINDS)}, and maybe `when`")
    names = written[kinds[0]]
    when = conditions.parse(written["when"]) if "when" in written else None
    return Question(kinds[0], tuple(names) if isinstance(names, list) else (str(names),), when)


@lru_cache(maxsize=1)
def protocols() -> Mapping[str, Protocol]:
    """All protocols by name, without the rules that always hold."""
    found = [load(path) for path in sorted(FOLDER.glob("*.yml")) if path.stem != ALWAYS]
    return {protocol.name: protocol for protocol in found}


@lru_cache(maxsize=1)
def always() -> Protocol:
    """The rules that hold in every protocol."""
    return load(FOLDER / f"{ALWAYS}.yml")


@lru_cache(maxsize=1)
def _by_complaint() -> Mapping[str, str]:
    return {code: protocol.name for protocol in protocols().values() for code in protocol.complaints}


@lru_cache(maxsize=1)
def _by_part() -> Mapping[str, str]:
    return {part: protocol.name for protocol in protocols().values() for part in protocol.parts}


# Complaints that say nothing without a place: "it hurts", "swollen".
NEED_A_PLACE = ("pain", "swelling", "stiffness", "cramp", "bleeding", "itching", "lump", "numbness", "weakness", "tingling")
# What itches on an arm or a leg is its skin.
NOT_OF = {"itching": "joint_pain"}


def leading(complaints: list[str], parts: list[str]) -> list[Protocol]:
    """The protocols for what somebody complains of (codes of the vocabulary), the most dangerous first; may be empty.

    A complaint of no place of its own ("it hurts") together with a part of the body is that part's protocol.
    """
    vague = [code for code in complaints if code in NEED_A_PLACE]
    not_of = {NOT_OF[code] for code in vague} if vague and all(code in NOT_OF for code in vague) else set()
    placed = [name for part in parts if (name := _by_part().get(part)) and name not in not_of]
    own = [_by_complaint()[code] for code in complaints if code in _by_complaint() and not (code in vague and placed)]
    names = dict.fromkeys([*own, *(placed if vague or not own else [])])
    return sorted((protocols()[name] for name in names), key=lambda protocol: -protocol.rank)
