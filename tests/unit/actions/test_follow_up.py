"""A bare piece of data after an answer: it goes on with the question, or begins a booking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.doctors import FindDoctor
from actions.faq import AnswerFaq
from actions.follow_up import FollowUp
from tests.support.conversations import Conversation, understood

Meet = Callable[..., Conversation]
BOOKS = [{"event": "followup", "name": "booking_form"}]


def adds(chat: Conversation, text: str, language: str = "en", **values: str) -> list[object]:
    """What the action does with a piece of data: events that are no slots."""
    before = len(chat.events)
    chat.hears(text, "inform", understood(text, language), **values).run(FollowUp())
    return [
        {"event": event["event"], "name": event["name"]}
        for event in chat.events[before:]
        if event.get("event") == "followup"
    ]


@pytest.mark.parametrize(
    ("language", "text", "says"),
    [
        ("en", "and on saturday?", "*Saturday, 28 November*"),
        ("de", "und am Samstag?", "*Samstag, 28. November*"),
        ("pt", "e no sábado?", "28 de novembro"),
        ("ru", "а в субботу?", "28 ноября"),
    ],
)
def test_the_hours_of_the_day_that_is_named(meet: Meet, language: str, text: str, says: str) -> None:
    chat = meet(language)
    chat.hears("?", "faq", topic="faq/opening_hours").run(AnswerFaq())
    assert adds(chat, text, language) == []
    assert chat.keys == ["utter_faq/opening_hours"] and says in chat.text


@pytest.mark.parametrize("text", ["Saturday at 10", "Dr. Keller on Saturday", "for my son"])
def test_a_time_or_a_doctor_after_the_hours_is_a_wish_to_be_seen(chat: Conversation, text: str) -> None:
    chat.hears("?", "faq", topic="faq/opening_hours").run(AnswerFaq())
    named = {"practitioner": "thomas-keller"} if "Keller" in text else {}
    assert adds(chat, text, **named) == BOOKS
    assert chat.said == []


def test_the_price_of_what_is_named(chat: Conversation) -> None:
    chat.hears("?", "faq", topic="faq/prices").run(AnswerFaq())
    service = chat.text.split("• ")[1].split(":")[0].split(" – ")[0].strip()
    assert adds(chat, f"and {service.lower()}") == []
    assert chat.keys == ["utter_faq/prices"]
    assert adds(chat, "and tomorrow") == BOOKS


def test_other_topics_do_not_go_on(chat: Conversation) -> None:
    chat.hears("?", "faq", topic="faq/parking").run(AnswerFaq())
    assert adds(chat, "on saturday") == BOOKS


def test_a_tapped_topic_counts(chat: Conversation) -> None:
    tapped = [{"entity": "topic", "value": "opening_hours"}]
    chat.hears('/faq{"topic": "opening_hours"}', "faq", tapped).run(AnswerFaq())
    assert adds(chat, "and on saturday?") == []
    assert "28 November" in chat.text


def test_a_search_for_a_doctor_goes_on(chat: Conversation) -> None:
    chat.hears("do you have a children's doctor", "find_doctor", specialty="paediatrics").run(FindDoctor())
    assert "Brandt" in chat.text
    assert adds(chat, "a woman please", gender="female") == []
    assert chat.keys == ["utter_doctors"] and "Petrova" in chat.text and "Brandt" not in chat.text
    assert adds(chat, "on Tuesday") == BOOKS


def test_without_a_question_before_it_is_a_booking(chat: Conversation) -> None:
    assert adds(chat, "on Tuesday") == BOOKS
    assert adds(chat, "a woman please", gender="female") == BOOKS
