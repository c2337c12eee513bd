"""Who works here: by specialty, gender, language and name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.doctors import FindDoctor
from clinic import database, directory
from clinic.settings import SUPPORTED_LANGUAGES
from tests.support.conversations import Conversation, understood

Meet = Callable[..., Conversation]


def asks(chat: Conversation, text: str = "?", **values: str) -> Conversation:
    chat.hears(text, "find_doctor", **values).run(FindDoctor())
    return chat


def test_a_specialty_with_languages_days_and_places(chat: Conversation) -> None:
    asks(chat, specialty="dermatology")
    assert chat.keys == ["utter_doctors"]
    lines = chat.text.splitlines()
    assert lines[1:3] == [
        "• Dr. Anna Weber, Dermatology",
        "Speaks German, English; Mon, Tue, Wed (Salama Kreuzberg); Thu (Salama Neukölln)",
    ]
    assert "Dr. Karim Nasser" in chat.text
    assert chat.buttons[0]["payload"] == '/book_appointment{"specialty": "dermatology"}'


def test_a_woman_who_speaks_a_language(chat: Conversation) -> None:
    asks(chat, gender="female", language="ru")
    assert "Dr. Elena Petrova" in chat.text and "Brandt" not in chat.text and "Weber" not in chat.text


def test_a_doctor_who_is_named_counts_alone(chat: Conversation) -> None:
    asks(chat, practitioner="karim-nasser", gender="female")
    assert "Nasser" in chat.text and "Fri (Salama Kreuzberg)" in chat.text
    assert chat.buttons[0]["payload"] == '/book_appointment{"practitioner": "karim-nasser"}'


def test_nobody_has_everything(chat: Conversation) -> None:
    asks(chat, specialty="paediatrics", gender="female", language="ar")
    assert chat.keys == ["utter_doctors_none"] and "Petrova" in chat.text and "Brandt" in chat.text
    assert "Weber" not in chat.text
    asks(chat, language="zh")
    assert chat.keys == ["utter_doctors_none"] and "Weber" in chat.text


def test_without_a_wish_all_by_specialty(chat: Conversation) -> None:
    asks(chat)
    assert chat.keys == ["utter_doctors_all"] and "• Dermatology: Dr. Anna Weber, Dr. Karim Nasser" in chat.text
    assert chat.buttons[0]["payload"] == "/book_appointment"
    with database.read() as session:
        assert all(person.name in chat.text for person in directory.practitioners(session))


def test_inside_a_form_text_only(chat: Conversation) -> None:
    chat.weber().answers("do you have a woman?", "find_doctor", gender="female")
    assert chat.rejected
    chat.run(FindDoctor())
    assert chat.text and not chat.buttons


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_whatever_is_asked_fits_one_message(meet: Meet, language: str) -> None:
    chat = meet(language)
    with database.read() as session:
        wishes = [{"specialty": entry.code} for entry in directory.specialties(session)]
        wishes += [{"practitioner": person.identifier} for person in directory.practitioners(session)]
    wishes += [{}, {"gender": "female"}, {"gender": "male"}, *({"language": code} for code in (*SUPPORTED_LANGUAGES, "zh"))]
    for wish in wishes:
        asks(chat, **wish)
        assert len(chat.text) <= 1024, wish
        assert all(len(button["title"]) <= 20 for button in chat.buttons) and len(chat.buttons) == 2


@pytest.mark.parametrize(
    ("language", "text", "gender"),
    [
        ("en", "is there a woman doctor", "female"),
        ("en", "I'd rather see a man", "male"),
        ("de", "gibt es bei Ihnen eine Ärztin", "female"),
        ("de", "lieber zu einem Mann", "male"),
        ("pt", "tem médica mulher?", "female"),
        ("pt", "prefiro um homem", "male"),
        ("ru", "есть врач-женщина?", "female"),
        ("ru", "хочу к мужчине", "male"),
        ("ar", "في عندكم دكتورة؟", "female"),
        ("ar", "أريد طبيبة", "female"),
        ("ar", "بدي دكتور رجل", "male"),
        # titles and other words are no wish
        ("ar", "موعد عند الدكتورة سارة", None),
        ("en", "I am a doctor", None),
        ("de", "Termin bei Frau Dr. Weber", None),
        ("pt", "preciso de uma receita médica", None),
    ],
)
def test_who_is_wanted(language: str, text: str, gender: str | None) -> None:
    found = [entity["value"] for entity in understood(text, language) if entity["entity"] == "gender"]
    assert found[:1] == ([gender] if gender else [])
