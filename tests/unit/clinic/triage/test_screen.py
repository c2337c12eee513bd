"""The danger screen: signs, what speaks against them, slips of spelling, code-mixing, and that its words are complete."""

from __future__ import annotations

import pytest

from clinic.settings import SUPPORTED_LANGUAGES
from clinic.triage import screen as danger
from clinic.triage import texts, values
from clinic.triage.ages import UNDER_THREE_MONTHS
from clinic.triage.findings import signs as finding_names
from clinic.triage.lexicon import Lexicon, parse
from clinic.triage.screen import CERTAIN, LIKELY, NONE, screen
from clinic.triage.tokens import tokens


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("he is not breathing", "not_breathing"),
        ("my chest hurts and my left arm is numb", "chest_pain"),
        ("my chset hurts and my left arm is numb", "chest_pain"),  # a slip
        ("MY CHEST HURTS SO BAD AND MY ARM IS NUMB", "chest_pain"),
        ("er atmet nicht mehr", "not_breathing"),
        ("ele não está respirando", "not_breathing"),
        ("он не дышит", "not_breathing"),
        ("مش بيتنفس", "not_breathing"),
        ("my 6 week old baby has a fever", "baby"),
        ("البيبي مناخيره مسدودة ومش راضي يرضع", "baby"),  # "and not" in one word
        ("бабушка рукой не шевелит", "stroke"),
    ],
)
def test_a_sign_is_seen(text: str, sign: str) -> None:
    found = screen(text)
    assert found.level != NONE and sign in found.signs


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no chest pain, only a cough", "negated"),
        ("my father had a stroke in 2015", "past"),
        ("what if i get chest pain at night?", "hypothetical"),
    ],
)
def test_what_speaks_against_it_is_named(text: str, reason: str) -> None:
    found = screen(text)
    assert found.level == NONE
    assert found.explained_away or not found.findings
    assert all(finding.discounted for finding in found.findings)
    assert reason in {finding.discounted for finding in found.findings} or not found.findings


@pytest.mark.parametrize(
    "text",
    [
        "كحة ومش عندي وجع صدر",
        "meu avô tem umas manchas roxas nos braços",
        "ему лучше. скорую вызывать или рано",
        "mein Vater macht sich Sorgen dass es ein Schlaganfall wird",
    ],
)
def test_what_is_no_sign(text: str) -> None:
    assert screen(text).level == NONE


@pytest.mark.parametrize("text", ["امي وقعت في الحمام ومش بتفوق", "mama we23et w mesh bttfo2", "дочка не шевелится"])
def test_who_fell_and_does_not_wake_is_certain(text: str) -> None:
    assert screen(text).level == CERTAIN


def test_a_denial_ends_at_but() -> None:
    assert screen("no fever but he is not breathing").level == CERTAIN


def test_the_verdict_can_be_explained() -> None:
    (finding, *_) = [one for one in screen("he is not breathing").findings if one.sign == "not_breathing"]
    assert finding.language == "en" and "breathing" in finding.words and finding.discounted is None


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_concept_has_its_key_and_no_other(language: str) -> None:
    """A concept that a language has forgotten would silently never be found."""
    written = set(danger.content(language)["concepts"])
    ages = {*UNDER_THREE_MONTHS, "baby", "newborn", "child", "old", "since", "under_three_months"}
    assert danger.concepts() | ages | values.helpers() <= written


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_expression_can_be_read(language: str) -> None:
    content = danger.content(language)
    for expressions in content["concepts"].values():
        for expression in expressions or ():
            assert parse(expression)


def test_signs_name_findings_and_first_aid_that_exist() -> None:
    for sign in danger.signs().values():
        assert set(sign.findings) <= finding_names(), sign.name
        for language in SUPPORTED_LANGUAGES:
            assert sign.aid is None or texts.aid(sign.aid, language), (sign.name, language)


def test_a_romanised_word_may_begin_with_a_figure() -> None:
    """Messages are cut there, so expressions are: "7arara" was two words in the one and one in the other."""
    assert parse("7arara") == tuple(token.text for token in tokens("7arara"))
    assert parse("<number> 3am* ... 38,5") == ("<number>", "3", "am*", "...", "38,5")


class TestLexicon:
    """Expressions."""

    book = Lexicon({"pain": ["schmerz*", "tut ... weh"], "age": ["<number> jahre"], "chest": ["brust*"]}, right=["Schmutz"])

    def concepts(self, text: str) -> list[str]:
        return [hit.concept for hit in self.book.find(tokens(text))]

    def test_beginnings_gaps_and_numbers(self) -> None:
        assert self.concepts("Schmerzen") == ["pain"]
        assert self.concepts("mir tut der linke Arm weh") == ["pain"]
        assert self.concepts("tut mir doch gar nicht so sehr weh") == []  # more than three words between
        assert self.concepts("er ist 70 Jahre alt") == ["age"]

    def test_one_slip_from_five_letters_on_two_from_nine(self) -> None:
        assert self.concepts("schmezen") == ["pain"]
        assert self.concepts("brsut") == ["chest"]
        assert self.concepts("trust") == []  # the first letter counts
        assert self.concepts("Schmutz") == []  # spelt right
        assert self.concepts("jahe") == []

    @pytest.mark.parametrize("wrong", ["", "... weh", "tut ...", False, 3])
    def test_what_is_no_expression_says_so(self, wrong: object) -> None:
        with pytest.raises(ValueError, match=r"expression|quotes"):
            parse(wrong)


def test_levels_are_ordered() -> None:
    assert danger.LEVELS.index(NONE) < danger.LEVELS.index(LIKELY) < danger.LEVELS.index(CERTAIN)
