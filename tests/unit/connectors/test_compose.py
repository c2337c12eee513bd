"""A turn's responses become as few messages as the limits allow."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from clinic.messaging import Message
from connectors.whatsapp.compose import compose, introduction_of
from connectors.whatsapp.outbound import content

BUTTONS = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]
CHOICES = [{"id": "/affirm", "title": "Yes"}, {"id": "/deny", "title": "No"}]
PIN = {"latitude": 1.0, "longitude": 2.0, "name": "Salama", "address": "Street 1"}


def test_texts_and_choices_are_one_message() -> None:
    said = [{"text": "Hello."}, {"text": "How are you?"}, {"text": "Sure?", "buttons": BUTTONS}]
    assert compose(said) == [Message(text="Hello.\n\nHow are you?\n\nSure?", choices=CHOICES)]


def test_nothing_joins_what_comes_after_choices_or_a_place() -> None:
    said: list[dict[str, Any]] = [
        {"text": "a", "buttons": BUTTONS},
        {"text": "b"},
        {"custom": {"location": PIN}},
        {"text": "c"},
    ]
    assert compose(said) == [
        Message(text="a", choices=CHOICES),
        Message(text="b"),
        Message(location=PIN),
        Message(text="c"),
    ]


def test_joined_only_while_the_limits_allow() -> None:
    long, short = "x" * 4000, "y" * 100
    assert [message["text"] for message in compose([{"text": long}, {"text": short}])] == [long, short]
    body = "x" * 1000
    assert [len(message["text"]) for message in compose([{"text": body}, {"text": short, "buttons": BUTTONS}])] == [
        1000,
        100,
    ]
    assert [len(m["text"]) for m in compose([{"text": "x" * 900}, {"text": short, "buttons": BUTTONS}])] == [1002]


def test_all_of_a_button_is_kept() -> None:
    rows = [{"title": "Dr A", "payload": "/inform", "description": "speaks", "section": "Skin"}]
    (message,) = compose([{"text": "?", "buttons": rows, "metadata": {"list_button": "Doctors", "footer": "f"}}])
    assert message["choices"] == [{"id": "/inform", "title": "Dr A", "description": "speaks", "section": "Skin"}]
    assert (message["choices_label"], message["footer"]) == ("Doctors", "f")
    (message,) = compose([{"text": "?", "buttons": rows, "list_button": "Doctors"}])
    assert message["choices_label"] == "Doctors"


def test_what_rasa_leaves_empty_is_nothing() -> None:
    raw = {"text": None, "buttons": None, "custom": None, "image": None, "elements": None, "timestamp": 1.0}
    assert compose([raw, {"text": " "}, {}]) == []
    assert compose([{"text": "Pin:", "custom": {"location": PIN}}]) == [Message(text="Pin:"), Message(location=PIN)]
    assert compose([{"image": "https://x/y.png"}]) == [Message(text="https://x/y.png")]
    assert compose([{"quick_replies": BUTTONS, "text": "?"}]) == [Message(text="?", choices=CHOICES)]


def test_unknown_custom_json_is_left_out_and_said(caplog: pytest.LogCaptureFixture) -> None:
    assert compose([{"text": "a", "custom": {"blocks": []}}, {"custom": "odd"}]) == [Message(text="a")]
    assert len(caplog.records) == 2


def test_a_button_without_words_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    assert compose([{"text": "?", "buttons": [{"title": " ", "payload": "/p"}]}]) == [Message(text="?")]
    assert len(caplog.records) == 1


def test_a_long_text_is_split() -> None:
    text = " ".join(f"word{n}." for n in range(2000))
    parts = compose([{"text": text}])
    assert " ".join(part["text"] for part in parts) == text
    assert all(content(part) for part in parts)


def test_a_long_text_with_choices_keeps_them_on_its_last_part() -> None:
    text = " ".join(f"word{n}." for n in range(900))
    *first, last = compose([{"text": text, "buttons": BUTTONS}])
    assert " ".join(part["text"] for part in [*first, last]) == text
    assert last["choices"] == CHOICES
    assert all("choices" not in part for part in first)
    assert all(content(part) for part in [*first, last])


@pytest.mark.parametrize(
    "buttons",
    [
        [{"title": f"Choice {n}", "payload": f"/p{n}"} for n in range(11)],
        [{"title": "x" * 30, "payload": "/p"}],
        [{"title": "same", "payload": "/p"}, {"title": "same", "payload": "/q"}],
    ],
)
def test_choices_that_do_not_fit_are_written_out(buttons: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    (message,) = compose([{"text": "Which?", "buttons": buttons}])
    assert "choices" not in message
    assert all(f"• {button['title']}" in message["text"] for button in buttons)
    assert caplog.records[0].levelno == logging.ERROR


def test_what_a_turn_says_about_the_introduction() -> None:
    assert introduction_of([{"text": "a"}]) is None
    assert introduction_of([{"text": "a"}, {"text": "b", "metadata": {"introduction": False}}]) is False
    assert introduction_of([{"text": "b", "introduction": "later"}]) == "later"
