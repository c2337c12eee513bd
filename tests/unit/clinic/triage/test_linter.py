"""The protocols that are shipped are sound; and the linter finds what is wrong with ones that are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clinic.triage import conditions, linter
from clinic.triage.protocols import ALWAYS, FOLDER, ProtocolError, Question, load, protocols


def test_all_protocols_and_their_texts_are_sound() -> None:
    assert linter.problems() == []


def test_there_is_one_for_what_people_bring() -> None:
    assert len(protocols()) >= 40


def _problems_of(**changes: object) -> list[str]:
    return list(linter._problems(replace(protocols()["headache"], **changes)))  # type: ignore[arg-type]


def test_a_danger_sign_that_leads_below_urgent() -> None:
    weakened = tuple(rule for rule in protocols()["eye"].rules if rule.level in ("routine", "self_care"))
    found = list(linter._problems(replace(protocols()["eye"], rules=weakened)))
    # what the general rules do not hold by themselves has to stand in the protocol
    assert all("is a danger sign" in problem or "neither asked" in problem for problem in found)
    made = replace(protocols()["headache"], questions=(Question("which", ("stiff_neck", "fever")),), rules=())
    assert "stiff_neck is a danger sign, and no rule makes it urgent by itself" in list(linter._problems(made))


def test_a_finding_nobody_asks_for() -> None:
    rules = (*protocols()["headache"].rules, replace(protocols()["headache"].rules[0], when=conditions.parse("snake_bite")))
    assert any("snake_bite is neither asked nor implied" in problem for problem in _problems_of(rules=rules))


def test_a_question_of_the_wrong_kind_and_a_list_too_long() -> None:
    questions = (*protocols()["headache"].questions, Question("number", ("fever",)))
    assert any("fever cannot be asked as `number`" in problem for problem in _problems_of(questions=questions))
    long = (Question("which", tuple(sorted(linter.findings.signs()))[:12]),)
    assert any("a `which` has 12 signs" in problem for problem in _problems_of(questions=long))


def test_a_source_that_is_not_named() -> None:
    assert any("is not in `sources`" in problem for problem in _problems_of(sources={}))


def test_a_file_that_is_no_protocol_says_which(tmp_path: object) -> None:
    path = FOLDER.__class__(str(tmp_path)) / "odd.yml"
    path.write_text("protocol: odd\nrules: [{id: a, level: urgent, when: fever, source: x}]\n", encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"odd\.yml: KeyError"):
        load(path)


def test_general_rules_are_a_protocol_without_questions() -> None:
    assert load(FOLDER / f"{ALWAYS}.yml").questions == ()
