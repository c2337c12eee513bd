"""What the open form takes for an answer, and what it leaves to the rules."""

from __future__ import annotations

from typing import Any

import pytest

from actions.booking.form import interrupts
from actions.turn import Turn
from tests.support.conversations import FORM, Conversation, time

FAQ = {"intent": "faq", "topic": "faq/location"}


def message(asked: str, text: str, offered: str | None = None, **said: Any) -> Turn:
    chat = Conversation(1, slots={"requested_slot": f"booking_{asked}"}, loop=FORM)
    chat.hears("before")
    if offered:
        chat.events.append({"event": "slot", "name": "offer", "value": offered})
    return Turn(chat.hears(text, **said).tracker)


@pytest.mark.parametrize(
    ("asked", "text", "said", "interrupting"),
    [
        # a question, a person, stop: at any question
        *[(asked, "where are you?", FAQ, True) for asked in ("consent", "specialty", "slot", "name", "birth_date", "confirmed")],
        *[(asked, "stop", {"intent": "nevermind"}, True) for asked in ("consent", "slot", "name", "confirmed")],
        *[(asked, "a person please", {"intent": "human_handoff"}, True) for asked in ("specialty", "slot", "name")],
        ("slot", "hello", {"intent": "greet"}, True),
        ("slot", "thanks", {"intent": "thank"}, True),
        ("slot", "my appointments?", {"intent": "list_appointments"}, True),
        # answers
        ("slot", "tomorrow", {"intent": "inform"}, False),
        ("consent", "yes", {"intent": "affirm"}, False),
        ("confirmed", "no", {"intent": "deny"}, False),
        ("specialty", "xyz", {"intent": "nlu_fallback"}, False),
        ("specialty", "an appointment", {"intent": "book_appointment"}, False),
        # yes and no to a person that was offered go to the rules; to anything else they answer the form
        ("slot", "yes", {"intent": "affirm", "offered": "person"}, True),
        ("slot", "no", {"intent": "deny", "offered": "person"}, True),
        ("slot", "no", {"intent": "deny", "offered": "consent"}, False),
        ("slot", "tomorrow", {"intent": "inform", "offered": "person"}, False),
        # what holds the answer is one, whatever the model thinks of its tone
        ("slot", "hello, tomorrow?", {"intent": "greet", "entities": time("tomorrow")}, False),
        ("specialty", "hi, a dermatologist", {"intent": "greet", "specialty": "dermatology"}, False),
        ("specialty", "hi, Dr. Weber", {"intent": "greet", "practitioner": "anna-weber"}, False),
        ("patient", "for my son, thanks", {"intent": "thank", "relation": "son"}, False),
        ("birth_date", "where I was born: 24 May 1985", {**FAQ, "entities": time("24 May 1985")}, False),
        ("slot", "are you open on Friday?", {**FAQ, "entities": time("Friday")}, True),
        ("slot", "are you open on Friday?", {**FAQ, "entities": time("Friday"), "confidence": 0.7}, False),
        ("practitioner", "I want to speak to Dr. Weber", {"intent": "human_handoff", "practitioner": "anna-weber"}, False),
        ("consent", "yes", {"intent": "thank"}, False),  # a plain word of agreement, whatever the model thinks
        # … but what answers another question does not
        ("practitioner", "hello, tomorrow?", {"intent": "greet", "entities": time("tomorrow")}, True),
        # never swallowed, if the model is fairly sure
        ("slot", "stop, not tomorrow", {"intent": "nevermind", "entities": time("tomorrow")}, True),
        ("slot", "a person, tomorrow", {"intent": "human_handoff", "entities": time("tomorrow"), "confidence": 0.5}, False),
        ("slot", "German, tomorrow", {"intent": "change_language", "entities": time("tomorrow"), "confidence": 0.6}, True),
        # words that answer a question, whatever the model takes them for
        ("practitioner", "anyone", {"intent": "human_handoff"}, False),
        ("practitioner", "I don't mind", {"intent": "out_of_scope"}, False),
        ("slot", "none of these", {"intent": "nevermind"}, False),
        ("slot", "number 2 please", {**FAQ, "confidence": 0.7}, False),
        ("patient", "número 2", {**FAQ, "confidence": 0.7}, False),
        ("slot", "is 2 ok?", FAQ, True),
        ("specialty", "no idea", {"intent": "out_of_scope"}, False),
        ("confirmed", "anyone", {"intent": "human_handoff"}, True),
        # a name may look like anything
        ("name", "Grace Hope", {"intent": "greet", "confidence": 0.99}, False),
        ("name", "Will Stop", {"intent": "nevermind", "confidence": 0.79}, False),
        ("name", "stop", {"intent": "nevermind", "confidence": 0.8}, True),
        ("name", "Where Ever", {**FAQ, "confidence": 0.5}, False),
        # taps are what they say
        ("name", "/human_handoff", {"intent": "human_handoff"}, True),
        ("name", "/greet", {"intent": "greet"}, True),
        ("slot", "/nevermind", {"intent": "nevermind", "confidence": 0.1}, True),
        ("slot", "/inform{}", {"intent": "inform"}, False),
        ("consent", "/affirm", {"intent": "affirm"}, False),
    ],
)  # fmt: skip
def test_interruptions(asked: str, text: str, said: dict[str, Any], interrupting: bool) -> None:
    assert interrupts(message(asked, text, **said)) is interrupting
