"""The verdict, the next question, and what an "I don't know" does, on a protocol made for the test and on the real ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clinic.triage import conditions, engine
from clinic.triage.findings import completed, danger
from clinic.triage.protocols import LEVELS, Protocol, Question, Rule, leading, protocols


def _rule(name: str, level: str, when: object) -> Rule:
    return Rule("made", name, level, conditions.parse(when), "nobody")


MADE = Protocol(
    name="made", complaints=(), parts=(), implies=(), rank=1, specialty="general_practice", children="paediatrics",
    questions=(
        Question("number", ("age",)),
        Question("which", ("double_vision", "hernia_stuck", "night_pain")),
        Question("number", ("days",)),
        Question("choice", ("course",), conditions.parse("days >= 3")),
    ),
    rules=(
        _rule("now", "emergency", {"all": ["double_vision", "age >= 60"]}),
        _rule("today", "urgent", {"any": ["double_vision", "hernia_stuck"]}),
        _rule("soon", "routine", {"any": ["night_pain", {"all": ["days >= 3", "course = worse"]}]}),
    ),
    otherwise="self_care",
    sources={"nobody": "made for the test"},
)  # fmt: skip


def test_the_most_dangerous_rule_that_holds_is_the_verdict() -> None:
    verdict = engine.judge([MADE], {"age": 70.0, "double_vision": True, "night_pain": True})
    assert verdict.level == "emergency"
    assert "made/now" in verdict.fired


@pytest.mark.parametrize(
    ("known", "level"),
    [
        ({"age": 70.0, "double_vision": None}, "urgent"),  # an emergency rule that nobody can exclude
        ({"age": 30.0, "double_vision": False, "hernia_stuck": None}, "routine"),  # an urgent one
        ({"age": 30.0, "double_vision": False, "hernia_stuck": False, "night_pain": None}, "self_care"),
        ({"double_vision": False, "hernia_stuck": False, "night_pain": False, "days": None, "course": "worse"}, "routine"),
        ({}, "self_care"),  # not asked is not unknown
    ],
)
def test_what_nobody_knows_is_no_no(known: dict[str, conditions.Value], level: str) -> None:
    assert engine.judge([MADE], known).level == level


def test_only_what_can_change_the_verdict_is_asked() -> None:
    assert engine.next_question([MADE], {}, 0) == Question("number", ("age",))
    young = {"age": 30.0}
    assert engine.next_question([MADE], young, 1) == Question("which", ("double_vision", "hernia_stuck", "night_pain"))
    urgent = {**young, "hernia_stuck": True, "double_vision": False, "night_pain": False}
    assert engine.next_question([MADE], urgent, 2) is None  # nothing dangerous is open any more


def test_what_was_said_is_not_asked_again() -> None:
    known: dict[str, conditions.Value] = {"age": 30.0, "double_vision": False, "hernia_stuck": False}
    assert engine.next_question([MADE], known, 0) == Question("sign", ("night_pain",))
    assert engine.next_question([MADE], {**known, "night_pain": False}, 0) == Question("number", ("days",))
    short = {**known, "night_pain": False, "days": 1.0}
    assert engine.next_question([MADE], short, 0) is None


def test_after_seven_questions_there_is_an_end() -> None:
    assert engine.next_question([MADE], {}, engine.MOST_QUESTIONS) is None


def test_the_last_question_before_self_care_is_for_the_duration() -> None:
    long = replace(
        MADE, rules=(*MADE.rules, _rule("long", "routine", "days >= 14"), _rule("sore", "routine", "hoarseness"))
    )
    asks = (*long.questions[:2], Question("which", ("hoarseness", "wheezing")), *long.questions[2:])
    made = replace(long, questions=asks)
    known: dict[str, conditions.Value] = {"age": 30.0, "double_vision": False, "hernia_stuck": False, "night_pain": False}
    assert engine.next_question([made], known, 5) == Question("sign", ("hoarseness",))
    assert engine.next_question([made], known, 6) == Question("number", ("days",))
    dangers_first = {"age": 30.0}
    assert engine.next_question([made], dangers_first, 6) == made.questions[1]


def test_the_rules_that_always_hold_count_in_every_protocol() -> None:
    assert engine.judge([MADE], {"seizure": True}).level == "emergency"
    assert engine.judge([MADE], {"age": 0.1, "temperature": 38.2}).level == "emergency"


def test_a_measured_fever_is_a_fever_and_men_are_not_pregnant() -> None:
    assert completed({"temperature": 38.0})["fever"] is True
    assert completed({"temperature": 37.4})["fever"] is False
    assert completed({"sex": "male"})["pregnant"] is False
    assert completed({"age": 70.0})["pregnant"] is False
    assert "pregnant" not in completed({"age": 30.0})
    assert completed({"pregnancy_week": 20.0})["pregnant"] is True


@pytest.mark.parametrize(
    ("complaints", "parts", "names"),
    [
        (["headache"], [], ["headache"]),
        (["pain"], ["knee"], ["joint_pain"]),
        (["cough", "chest_pain"], [], ["chest_pain", "cough"]),  # the more dangerous one leads
        (["pain"], [], ["general"]),
        ([], ["nothing"], []),
    ],
)
def test_the_protocol_that_leads(complaints: list[str], parts: list[str], names: list[str]) -> None:
    assert [protocol.name for protocol in leading(complaints, parts)][: len(names) or None] == names


def test_children_have_their_own_specialty() -> None:
    assert MADE.specialty_for(4.0) == "paediatrics"
    assert MADE.specialty_for(16.0) == "general_practice"
    assert MADE.specialty_for(None) == "general_practice"


def test_no_to_everything_is_never_an_emergency_and_asks_at_most_seven() -> None:
    for protocol in protocols().values():
        known: dict[str, conditions.Value] = dict.fromkeys(protocol.implies, True)
        asked = 0
        question = engine.next_question([protocol], known, asked)
        while question is not None:
            harmless = {"number": 30.0 if question.names[0] == "age" else 0.0, "choice": "same"}.get(question.kind, False)
            if question.names[0] in ("temperature", "systolic", "diastolic", "glucose", "pulse"):
                harmless = None
            known |= dict.fromkeys(question.names, harmless)
            asked += 1
            question = engine.next_question([protocol], known, asked)
        assert asked <= engine.MOST_QUESTIONS, protocol.name
        assert engine.judge([protocol], known).level in LEVELS[:3], protocol.name


def test_an_unsound_level_of_unknowns_would_show() -> None:
    weaker = replace(MADE, rules=(_rule("soon", "routine", "night_pain"),))
    assert engine.judge([weaker], {"night_pain": None}).level == "self_care"


def test_a_danger_sign_counts_where_the_leading_protocol_has_no_rule_for_it() -> None:
    no_rule = protocols()["certificate"]
    sign = next(name for name in sorted(danger()) if name not in {n for rule in no_rule.rules for n in rule.when.names()})
    asked = dict.fromkeys((name for question in no_rule.questions for name in question.names), False)
    assert engine.judge([no_rule], {**asked, sign: False}).level in ("self_care", "routine")
    verdict = engine.judge([no_rule], {**asked, sign: True})
    assert verdict.level in ("urgent", "emergency") and verdict.fired


@pytest.mark.parametrize("name", ["chest_pain", "breathlessness", "fainting"])
def test_the_complaint_itself_is_weighed_by_its_own_protocol(name: str) -> None:
    protocol = protocols()[name]
    asked = dict.fromkeys((sign for question in protocol.questions for sign in question.names), False)
    numbers = {"age": 30.0, "days": 2.0, "severity": 2.0, "course": "better"}
    known = {**asked, **numbers, **dict.fromkeys(protocol.implies, True)}
    assert danger() & set(protocol.implies)
    elsewhere = engine.judge([protocols()["certificate"]], {**known, protocol.implies[0]: True})
    assert elsewhere.level in ("urgent", "emergency")
    mild = engine.judge([protocol], {**known, "temperature": None, "systolic": None, "diastolic": None, "pulse": None})
    assert mild.level in ("routine", "urgent") and not any(rule.startswith("danger/") for rule in mild.fired)


def test_the_signs_of_a_second_complaint_are_asked_too() -> None:
    lead, other = protocols()["crying"], protocols()["bites_stings"]
    signs = {name for question in other.questions if question.kind == "which" for name in question.names}
    known: dict[str, object] = dict.fromkeys(lead.implies, True) | dict.fromkeys(other.implies, True)
    asked: list[str] = []
    for number in range(2):
        question = engine.next_question([lead, other], known, number)
        assert question is not None
        asked += question.names
        known |= dict.fromkeys(question.names, 30.0 if question.kind == "number" else False)
    alone = {name for question in lead.questions for name in question.names}
    assert set(asked) & (signs - alone)
