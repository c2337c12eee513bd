"""Asks what matters next, and decides how soon: the verdict of protocols on what is known.

Every rule that holds counts, and the most dangerous level among them is the verdict. What nobody knows is not taken
for a no: an emergency rule that hangs on it makes the case urgent, an urgent one routine, and so does a routine one
that hangs on how long or how bad it is. What was not asked because it could no longer change anything counts as a no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from clinic.triage.conditions import Known, Truth, Value
from clinic.triage.findings import choices, completed, danger, numbers, of_small_children
from clinic.triage.protocols import LEVELS, Protocol, Question, Rule, always

# Of one complaint; a second one has lists of its own.
MOST_QUESTIONS, MOST_OF_SEVERAL = 7, 9
# Below which no verdict is where a danger sign is there.
DANGER_IS = "urgent"
# Asked before signs that only children of some age have: nobody of twenty is asked about the bottle.
AGE = Question("number", ("age",))
# What an unknown leaves of a level.
IF_UNKNOWN = {"emergency": "urgent", "urgent": "routine", "routine": "self_care"}
# Numbers that need no instrument: who cannot say how long it has lasted is not told to wait at home for that reason.
DURATION = "days"
WITHOUT_INSTRUMENT = frozenset((DURATION, "severity", "age"))


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


def holding(protocols: Sequence[Protocol], known: Known) -> list[Rule]:
    """The rules that hold on what is known."""
    full = completed(known)
    return [rule for rule in _rules(protocols) if rule.when.judge(full) == Truth.TRUE]


def _highest(levels: Iterable[str], least: str) -> str:
    return max([*levels, least], key=rank)


def judge(protocols: Sequence[Protocol], known: Known) -> Verdict:
    """The verdict on what is known now; `protocols` as `leading` gives them, the leading one first."""
    full = completed(known)
    lead = protocols[0]
    truths = [(rule, rule.when.judge(full)) for rule in _rules(protocols)]
    fired = [rule for rule, truth in truths if truth == Truth.TRUE]
    doubtful = [rule for rule, truth in truths if truth == Truth.UNKNOWN]
    levels = [rule.level for rule in fired] + [_if_unknown(rule, full) for rule in doubtful]
    # A danger sign that was told counts also where the leading protocol has no rule for it; not the complaint itself,
    # which its rules weigh: a sore rib is chest pain too.
    told = [name for name in sorted(danger()) if full.get(name) is True and name not in lead.implies]
    level = _highest([*levels, *([DANGER_IS] if told else [])], lead.otherwise)
    by_rules = tuple(_name(rule) for rule in fired if rule.level == level)
    return Verdict(
        level,
        lead.name,
        by_rules or tuple(f"danger/{name}" for name in told if level == DANGER_IS),
        tuple(_name(rule) for rule in doubtful if _if_unknown(rule, full) == level),
    )


def _if_unknown(rule: Rule, known: Known) -> str:
    """The level that a rule leaves which nobody can exclude."""
    untold = any(name in known and known[name] is None for name in rule.when.names() & WITHOUT_INSTRUMENT)
    return "routine" if rule.level == "routine" and untold else IF_UNKNOWN.get(rule.level, LEVELS[0])


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
    The last question before self-care is for the duration, unless danger signs were not shown yet: lists that come back
    would crowd it out.
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
    left = [question for question in questions if question.when is None or question.when.judge(full) != Truth.FALSE]
    matter -= set(full)
    left = [question for question in left if matter & set(question.names)]
    if not left:
        return None
    question = left[0]
    if asked == most - 1 and current == LEVELS[0] and not _shows_danger(question, full, matter):
        question = next((other for other in left if other.names == (DURATION,)), question)
    names = tuple(name for name in question.names if name in matter)
    if "age" not in full and of_small_children() & set(names):
        return AGE
    return Question("sign" if question.kind == "which" and len(names) == 1 else question.kind, names)


def _shows_danger(question: Question, known: Known, matter: set[str]) -> bool:
    """Whether it asks for danger signs and was not seen yet: nobody has named one of its rows."""
    return bool(danger() & matter & set(question.names)) and not any(known.get(name) is True for name in question.names)
