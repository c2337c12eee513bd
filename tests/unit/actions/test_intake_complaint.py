"""What an intake is about: sure at once, chosen from a list, or told in other words; and when it begins at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions import health
from actions.fallback import Fallback
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.triage import texts
from tests.support.conversations import Conversation
from tests.support.intakes import begin, intake

ALLERGY = {"allergy": 0.92, "medication_problem": 0.03, "eye": 0.03, "swelling": 0.02, "back_pain": 0.01}
UNSURE = {"sore_throat": 0.3, "cold": 0.25, "cough": 0.2, "fever": 0.01}


def test_what_the_model_is_sure_of_is_asked_about_at_once(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "it stings when I go", complaints={"urinary": 0.95, "genital": 0.02})
    assert intake(chat).protocols == ("urinary",)
    assert "urine" in chat.text and chat.asked == "intake_answer"


def test_a_word_beside_the_matter_does_not_lead(agreed: Callable[..., Conversation]) -> None:
    # "back pain" is named, but nobody who reads the whole message would ask about the back.
    told = "took something for my back pain and now it itches everywhere"
    chat = begin(agreed(), told, complaints=ALLERGY)
    assert intake(chat).protocols == ("allergy",)


def test_ill_in_general_leaves_the_rows_to_the_others(agreed: Callable[..., Conversation]) -> None:
    shares = {"general": 0.9, "eye": 0.05, "skin_infection": 0.004, "fever": 0.001}
    chat = begin(agreed(), "something is not right with me", complaints=shares)
    assert intake(chat).candidates == ("eye", "skin_infection")


def test_what_is_named_and_thought_likely_joins(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "back pain and my throat is sore", complaints={"sore_throat": 0.95, "back_pain": 0.01})
    assert set(intake(chat).protocols) == {"sore_throat", "back_pain"}


def test_two_that_are_named_and_share_the_weight_are_both_asked_about(agreed: Callable[..., Conversation]) -> None:
    told = "runny nose and a cough since 3 days"
    assert set(intake(begin(agreed(), told, complaints={"cough": 0.75, "cold": 0.24})).protocols) == {"cough", "cold"}
    unnamed = begin(agreed(), "runny nose since 3 days", complaints={"cough": 0.75, "cold": 0.24})
    assert not intake(unnamed).protocols and intake(unnamed).candidates == ("cough", "cold")


def test_an_answer_that_tells_nothing_brings_the_same_rows_again(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "hmm", complaints=UNSURE)
    chat.answers("about a 2", complaints={"anxiety": 0.21, "fainting": 0.08, "lump": 0.08}, unwell=0.02)
    assert intake(chat).candidates == ("sore_throat", "cold", "cough")


def test_words_decide_where_the_model_has_nothing_to_say(agreed: Callable[..., Conversation]) -> None:
    assert intake(begin(agreed(), "I have a headache")).protocols == ("headache",)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_where_nobody_is_sure_the_likeliest_are_offered(agreed: Callable[..., Conversation], language: str) -> None:
    chat = begin(agreed(language), "hmm", complaints=UNSURE, unwell=0.9)
    assert chat.asked == "intake_complaint" and not intake(chat).protocols
    names = ["sore_throat", "cold", "cough"]
    assert chat.said[-1].titles[:-1] == [texts.complaint_title(name, language) for name in names]
    assert all(len(title) <= 24 for title in chat.said[-1].titles)


def test_a_row_of_the_list_is_chosen(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "hmm", complaints=UNSURE)
    chat.chooses(chat.buttons[1])
    assert intake(chat).protocols == ("cold",) and chat.asked == "intake_answer"
    assert intake(chat).opening == "hmm"


def test_something_else_leads_to_the_general_questions(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "hmm", complaints=UNSURE)
    chat.chooses(chat.buttons[-1])
    assert intake(chat).protocols == ("general",)


@pytest.mark.parametrize(("number", "protocol"), [("1", "sore_throat"), ("3", "cough"), ("4", "general")])
def test_the_number_of_a_row_may_be_typed(agreed: Callable[..., Conversation], number: str, protocol: str) -> None:
    chat = begin(agreed(), "hmm", complaints=UNSURE).answers(number)
    assert intake(chat).protocols == (protocol,)


def test_other_words_are_read_anew(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "hmm", complaints=UNSURE)
    chat.answers("my ear hurts", "report_symptom", complaints={"ear": 0.9})
    assert intake(chat).protocols == ("ear",)


def test_after_two_unclear_messages_the_general_questions_are_asked(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "hmm", complaints=UNSURE)
    chat.answers("dunno", complaints=UNSURE)
    assert chat.asked == "intake_complaint"
    chat.answers("well", complaints=UNSURE)
    assert chat.asked == "intake_answer" and not intake(chat).protocols


def test_a_body_part_alone_is_only_offered(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my knee", complaints={"burn": 0.2, "bites_stings": 0.2})
    assert chat.asked == "intake_complaint" and intake(chat).candidates == ("burn", "bites_stings", "joint_pain")


@pytest.mark.parametrize(("unwell", "begins"), [(0.9, True), (0.1, False)])
def test_advice_about_an_illness_of_ones_own_becomes_an_intake(
    agreed: Callable[..., Conversation], unwell: float, begins: bool
) -> None:
    chat = agreed()
    chat.hears("is it normal", "ask_medical_advice", complaints=UNSURE, unwell=unwell)
    events = chat.run(health.MedicalAdvice())
    assert any(event["event"] == "followup" for event in events) is begins


def test_what_was_not_understood_but_sounds_unwell_becomes_an_intake(agreed: Callable[..., Conversation]) -> None:
    chat = agreed()
    chat.hears("all wobbly today", "nlu_fallback", complaints=UNSURE, unwell=0.8)
    assert any(event["event"] == "followup" for event in chat.run(Fallback()))
