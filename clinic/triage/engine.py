"""Asks what matters next, and decides how soon: the verdict of protocols on what is known.

Every rule that holds counts, and the most dangerous level among them is the verdict. What nobody knows is not taken
for a no: an emergency rule that hangs on it makes the case urgent, an urgent one routine. What was not asked because
it could no longer change anything counts as a no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from clinic.triage.conditions import Known, Truth, Value
from clinic.triage.findings import choices, completed, danger, numbers
from clinic.triage.protocols import LEVELS, Protocol, Question, Rule, always

# Of one complaint; a second one has lists of its own.
MOST_QUESTIONS, MOST_OF_SEVERAL = 7, 9
# Below which no verdict is where a danger sign is there.
DANGER_IS = "urgent"
# What an unknown leaves of a level.
IF_UNKNOWN = {"emergency": "urgent", "urgent": "routine", "routine": "self_care"}


@dataclass(frozen=True)
class Verdict:
    """How soon, by which protocol, and the rules that say so (those that hold and those that may)."""

    level: str
    protocol: str
    fired: tuple[str, ...]
    perhaps: tuple[str, ...] = ()


def rank(level: str) -> int:
    """0 self_care … 3 emergency."""
    return LEVELS.index(level)


def _rules(protocols: Sequence[Protocol]) -> list[Rule]:
    return [rule for protocol in (*protocols, always()) for rule in protocol.rules]


def _highest(levels: Iterable[str], least: str) -> str:
    return max([*levels, least], key=rank)


def judge(protocols: Sequence[Protocol], known: Known) -> Verdict:
    """The verdict on what is known now; `protocols` as `leading` gives them, the leading one first."""
    full = completed(known)
    lead = protocols[0]
    truths = [(rule, rule.when.judge(full)) for rule in _rules(protocols)]
    fired = [rule for rule, truth in truths if truth == Truth.TRUE]
    doubtful = [rule for rule, truth in truths if truth == Truth.UNKNOWN]
    levels = [rule.level for rule in fired] + [IF_UNKNOWN[rule.level] for rule in doubtful if rule.level in IF_UNKNOWN]
    # A danger sign that was told counts also where the leading protocol has no rule for it; not the complaint itself,
    # which its rules weigh: a sore rib is chest pain too.
    told = [name for name in sorted(danger()) if full.get(name) is True and name not in lead.implies]
    level = _highest([*levels, *([DANGER_IS] if told else [])], lead.otherwise)
    by_rules = tuple(_name(rule) for rule in fired if rule.level == level)
    return Verdict(
        level,
        lead.name,
        by_rules or tuple(f"danger/{name}" for name in told if level == DANGER_IS),
        tuple(_name(rule) for rule in doubtful if IF_UNKNOWN.get(rule.level) == level),
    )


def _name(rule: Rule) -> str:
    return f"{rule.protocol}/{rule.id}"


def _as_no(name: str) -> Value:
    """A value with which no condition on the finding holds: nobody is going to ask for it."""
    return float("nan") if name in numbers() else "" if name in choices() else False


def _in_turn(protocols: Sequence[Protocol]) -> list[Question]:
    """The leading protocol's questions, and between them the lists of signs of the others: they must not come last."""
    lead, *others = protocols
    lists = ([question for question in other.questions if question.kind == "which"] for other in others)
    return [question for turn in zip_longest(lead.questions, *lists) for question in turn if question]


def next_question(protocols: Sequence[Protocol], known: Known, asked: int) -> Question | None:
    """The next question that can still change the verdict; None when there is none.

    `asked` is how many were asked so far: after seven (of several complaints nine) there is an end. A `which` comes back
    with the signs that are still open and matter, the most dangerous first; with one left it is a yes-or-no question.
    """
    full = completed(known)
    current = judge(protocols, known).level
    most = MOST_QUESTIONS if len(protocols) == 1 else MOST_OF_SEVERAL
    if asked >= most or current == LEVELS[-1]:
        return None
    above = [rule for rule in _rules(protocols) if rank(rule.level) > rank(current)]
    questions = _in_turn(protocols)
    askable = {name for question in questions for name in question.names}
    never = {name for rule in above for name in rule.when.names()} - askable - set(full)
    foreseen = {**full, **{name: _as_no(name) for name in never}}
    matter = {name for rule in above if rule.when.judge(foreseen) == Truth.OPEN for name in rule.when.names()}
    for question in questions:
        if question.when is not None and question.when.judge(full) == Truth.FALSE:
            continue
        names = tuple(name for name in question.names if name not in full and name in matter)
        if not names:
            continue
        if question.kind == "which" and len(names) == 1:
            return Question("sign", names)
        return Question(question.kind, names)
    return None
