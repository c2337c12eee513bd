"""What somebody writes after the verdict: a question about it begins no new questions, an illness does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from actions import health
from actions.fallback import Fallback
from clinic import clock, database, encryption
from clinic.triage import intakes
from clinic.triage.engine import Verdict
from clinic.triage.intakes import Told
from tests.support.conversations import Conversation

ASKED, PERSON = "utter_after_questions", "utter_no_medical_advice"


@pytest.fixture
def judged(agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch) -> Conversation:
    """Somebody who has just been told to stay at home with a cold."""
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = agreed()
    with database.transaction() as session:
        verdict = Verdict("self_care", "cold", (), ())
        intakes.save(session, chat.contact_id, Told({"runny_nose": True}, verdict, "a cold"), None, "en")
    return chat


@pytest.mark.parametrize("text", ["can she go to school tomorrow then", "can she go to school with a runny nose?"])
def test_a_question_nobody_understands_finds_the_way_to_a_person(judged: Conversation, text: str) -> None:
    judged.hears(text, "nlu_fallback", confidence=0.3, unwell=0.75).run(Fallback())
    assert judged.keys == [ASKED]
    assert [button["payload"] for button in judged.buttons] == ["/human_handoff", "/report_symptom"]


def test_nor_does_a_wish_for_advice_begin_again(judged: Conversation) -> None:
    judged.hears("may I put some ointment on it?", "ask_medical_advice", unwell=0.8, complaints={"wound": 0.95})
    judged.run(health.MedicalAdvice())
    assert judged.keys == [ASKED]


def test_the_answer_says_once_more_when_to_come_back(judged: Conversation) -> None:
    judged.hears("and if it gets worse tonight?", "ask_medical_advice").run(health.MedicalAdvice())
    assert judged.keys == [ASKED] and "112" in judged.text and "stiff neck" in judged.text


def test_after_an_hour_it_is_a_question_like_any_other(judged: Conversation) -> None:
    clock.freeze(clock.now() + dt.timedelta(minutes=61))
    judged.hears("and if it gets worse tonight?", "ask_medical_advice").run(health.MedicalAdvice())
    assert judged.keys == [PERSON]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("and now my knee hurts too", 1), ("the runny nose is worse now", 1), ("may I put some ointment on it?", 61)],
)
def test_a_new_complaint_does_and_so_does_any_an_hour_later(judged: Conversation, text: str, minutes: int) -> None:
    clock.freeze(clock.now() + dt.timedelta(minutes=minutes))
    events = judged.hears(text, "nlu_fallback", confidence=0.3, unwell=0.8, complaints={"cough": 0.95}).run(Fallback())
    assert ASKED not in judged.keys
    assert any(event.get("name") == "intake_form" for event in events)
