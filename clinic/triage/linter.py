"""Proves that the protocols are sound, whatever a patient answers: `python -m clinic triage lint`.

- every name, level, source and specialty is a known one, every question and every finding of a rule can be met
- a sign marked `danger` that a protocol asks for leads to urgent or emergency by itself: some rule holds whatever the
  other answers are (a condition that is TRUE while all else is open is true in every case). A complaint that is a danger
  sign itself ("chest pain") is sorted by its own protocol
- no path asks more than seven questions, so that the engine's limit never cuts one off
- every text is there in every language, within WhatsApp's limits
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clinic.settings import settings
from clinic.triage import engine, findings, texts
from clinic.triage.conditions import All as AllOf
from clinic.triage.conditions import AnyOf, Comparison, Condition, Known, Not, Sign, Truth, Unless, Value
from clinic.triage.protocols import LEVELS, Protocol, Question, Rule, always, protocols

MOST_OPTIONS = 9
# What may be known though no question of the protocol asks for it: said by the patient, or known of the person.
SAID_UNASKED = frozenset(("age", "sex", "days", "severity", "course", "temperature", "pregnant", "fever"))


def problems() -> list[str]:
    """Everything that is wrong with the protocols and their texts, each with its place; empty when all is sound."""
    found = [*_rules_problems(always(), set(findings.signs()) | set(findings.numbers()) | set(findings.choices()))]
    for protocol in protocols().values():
        found += [f"{protocol.name}: {problem}" for problem in _problems(protocol)]
    return found + _shared_complaints() + list(texts.problems(settings().languages))


def _problems(protocol: Protocol) -> Iterator[str]:
    if protocol.otherwise not in LEVELS[:2]:
        yield f"`otherwise` is {protocol.otherwise}: it must be self_care or routine"
    askable = {name for question in protocol.questions for name in question.names}
    known = askable | set(protocol.implies) | SAID_UNASKED
    yield from _question_problems(protocol)
    yield from _rules_problems(protocol, known)
    yield from _danger_problems(protocol)
    longest = _longest(protocol)
    if longest > engine.MOST_QUESTIONS:
        yield f"a path asks {longest} questions: at most {engine.MOST_QUESTIONS}"


def _question_problems(protocol: Protocol) -> Iterator[str]:
    kinds = {"number": set(findings.numbers()), "choice": set(findings.choices())}
    for question in protocol.questions:
        allowed = kinds.get(question.kind, set(findings.signs()))
        for name in question.names:
            if name not in allowed:
                yield f"{name} cannot be asked as `{question.kind}`: it is not in findings.yml there"
        if len(question.names) > MOST_OPTIONS:
            yield f"a `which` has {len(question.names)} signs: a list holds {MOST_OPTIONS} and “none of these”"
    for name in protocol.implies:
        if name not in findings.signs():
            yield f"implies {name}, which is no sign of findings.yml"


def _rules_problems(protocol: Protocol, known: set[str]) -> Iterator[str]:
    for rule in protocol.rules:
        if rule.level not in LEVELS:
            yield f"rule {rule.id}: {rule.level} is no level"
        if rule.source not in protocol.sources:
            yield f"rule {rule.id}: its source {rule.source} is not in `sources`"
        for name in sorted(rule.when.names() - known):
            yield f"rule {rule.id}: {name} is neither asked nor implied"


def _danger_problems(protocol: Protocol) -> Iterator[str]:
    for question in protocol.questions:
        given: dict[str, Value] = {question.when.name: True} if isinstance(question.when, Sign) else {}
        for sign in sorted(set(question.names) & findings.danger()):
            enough = [
                rule
                for rule in _all_rules(protocol)
                if engine.rank(rule.level) >= engine.rank("urgent") and rule.when.judge({**given, sign: True}) == Truth.TRUE
            ]
            if not enough:
                yield f"{sign} is a danger sign, and no rule makes it urgent by itself"


def _limits(condition: Condition | None) -> Iterator[tuple[str, float]]:
    if isinstance(condition, Comparison):
        yield condition.name, condition.limit
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from _limits(part)
    elif isinstance(condition, (Not, Unless)):
        yield from _limits(condition.part)


def _longest(protocol: Protocol) -> int:
    """Most questions on any path of somebody who answers "none" and "no", at every age that makes a difference."""
    conditions: list[Condition | None] = [rule.when for rule in _all_rules(protocol)]
    conditions += [question.when for question in protocol.questions]
    ages = {limit for condition in conditions for name, limit in _limits(condition) if name == "age"}
    return max(
        _path(protocol, dict.fromkeys(protocol.implies, True) | {"age": age}) + 1
        for age in {one + shift for one in ages | {30.0} for shift in (-0.01, 0.01)}
    )


def _all_rules(protocol: Protocol) -> Sequence[Rule]:
    return (*protocol.rules, *always().rules)


def _path(protocol: Protocol, known: Known) -> int:
    answered, count = dict(known), 0
    question = engine.next_question([protocol], answered, 0)
    while question is not None and count < 2 * engine.MOST_QUESTIONS:
        answered |= dict.fromkeys(question.names, _harmless(question))
        count += 1
        question = engine.next_question([protocol], answered, 0)
    return count


def _harmless(question: Question) -> Value:
    if question.kind == "choice":
        return findings.choices()[question.names[0]][0]
    if question.kind == "number":
        return {"age": 30.0, "temperature": 36.8, "systolic": 120.0, "diastolic": 80.0, "glucose": 100.0}.get(
            question.names[0], 0.1
        )
    return False


def _shared_complaints() -> list[str]:
    """A complaint leads to one protocol."""
    owners: dict[str, str] = {}
    found = []
    for protocol in protocols().values():
        for code in (*protocol.complaints, *(f"part {part}" for part in protocol.parts)):
            if code in owners:
                found.append(f"{code} leads to {owners[code]} and to {protocol.name}")
            owners[code] = protocol.name
    return found
