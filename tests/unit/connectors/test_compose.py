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
        [{"title": f"Choice {n}", "payload": "/p" if n > 10 else f"/p{n}"} for n in range(13)],
        [{"title": "x" * 30, "payload": "/p"}],
        [{"title": "same", "payload": "/p"}, {"title": "same", "payload": "/q"}],
    ],
)
def test_choices_that_do_not_fit_are_written_out(buttons: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    (message,) = compose([{"text": "Which?", "buttons": buttons}])
    assert "choices" not in message
    assert all(f"• {button['title']}" in message["text"] for button in buttons)
    assert caplog.records[0].levelno == logging.ERROR


def test_more_than_ten_choices_stay_one_message_with_pages() -> None:
    many = [{"title": f"Choice {n}", "payload": f"/p{n}"} for n in range(25)]
    (message,) = compose([{"text": "Which?", "buttons": many}])
    assert len(message["choices"]) == 25
    assert len(content(message)["interactive"]["action"]["sections"][0]["rows"]) == 10


LINK = {"url": "https://x.example/r", "title": "Open"}
PLAN = {"kind": "document", "link": "https://x.example/plan.pdf"}


def test_a_response_can_be_any_kind() -> None:
    assert compose([{"text": "Results", "custom": {"link": LINK}}]) == [Message(text="Results", link=LINK)]  # type: ignore[typeddict-item]
    assert compose([{"text": "Where?", "custom": {"ask": "location"}}]) == [Message(text="Where?", ask="location")]
    desk: Any = [{"name": "Front desk", "phones": ["+49555010101"]}]
    reacted: Any = {"message_id": "wamid.1", "emoji": "👍"}
    assert compose([{"custom": {"people": desk, "reaction": reacted}}]) == [Message(people=desk), Message(reaction=reacted)]
    around = {"header": "Visit", "footer": "f", "fallback": {"name": "answer_waiting"}}
    (message,) = compose([{"text": "?", "buttons": BUTTONS, "metadata": around}])
    assert {key: message[key] for key in around} == around  # type: ignore[literal-required]
    (message,) = compose([{"text": "https://x.example", "metadata": {"preview": True}}])
    assert message["preview"] is True


def test_a_text_becomes_the_caption_of_what_follows() -> None:
    captioned: Any = {**PLAN, "caption": "Here is your plan."}
    assert compose([{"text": "Here is your plan."}, {"custom": {"media": PLAN}}]) == [Message(media=captioned)]
    (message,) = compose([{"text": "Here.", "attachment": "https://x.example/plan.pdf?a=1"}])
    assert message["media"] == {**PLAN, "link": PLAN["link"] + "?a=1", "filename": "plan.pdf", "caption": "Here."}
    (message,) = compose([{"image": "https://x.example/y.png"}])
    assert message == Message(media={"kind": "image", "link": "https://x.example/y.png"})
    voice: Any = {"kind": "audio", "id": "7"}
    assert compose([{"text": "Listen:"}, {"custom": {"media": voice}}]) == [Message(text="Listen:"), Message(media=voice)]
    long = "x" * 1025
    assert [*map(len, compose([{"text": long}, {"custom": {"media": PLAN}}]))] == [1, 1]


def test_a_picture_stands_above_the_question_about_it() -> None:
    first, second = compose([{"text": "Is it this?", "image": "https://x.example/y.png", "buttons": BUTTONS}])
    assert first["media"]["kind"] == "image"
    assert second == Message(text="Is it this?", choices=CHOICES)  # type: ignore[typeddict-item]


def test_a_picture_above_a_list_stands_alone() -> None:
    picture = {"kind": "image", "id": "7"}
    rows = [{"title": f"Dr {n}", "payload": f"/p{n}"} for n in range(4)]
    said = compose([{"text": "?", "buttons": rows, "metadata": {"header": picture}}])
    assert said[0] == Message(media=picture)  # type: ignore[typeddict-item]
    assert "header" not in said[1]
    assert content(said[1])["interactive"]["type"] == "list"


def test_nothing_is_joined_that_would_lose_something() -> None:
    waiting = {"fallback": {"name": "answer_waiting"}}
    said: list[dict[str, Any]] = [{"text": "a", "metadata": waiting}, {"text": "b", "metadata": waiting}]
    assert [message["text"] for message in compose(said)] == ["a", "b"]
    said = [{"text": "a", "metadata": waiting}, {"text": "b"}]
    assert compose(said) == [Message(text="a\n\nb", fallback={"name": "answer_waiting"})]
    said = [{"text": "a"}, {"text": "b", "buttons": BUTTONS, "metadata": {"header": "h"}}]
    assert [message["text"] for message in compose(said)] == ["a", "b"]


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ({"text": "a", "custom": {"link": {"url": "x.example", "title": "Open"}}}, "a\nOpen: x.example"),
        ({"text": "a", "custom": {"link": {**LINK, "title": "x" * 21}}}, f"a\n{'x' * 21}: https://x.example/r"),
        (
            {"text": "a", "buttons": BUTTONS, "metadata": {"header": "x" * 61, "footer": "f"}},
            f"{'x' * 61}\na\n• Yes\n• No\nf",
        ),
        ({"custom": {"media": {"kind": "image", "link": "ftp://x.example/a"}}}, "[🖼 ftp://x.example/a]"),
    ],
)
def test_what_whatsapp_would_refuse_is_said_in_words(
    response: dict[str, Any], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert compose([response]) == [Message(text=words)]
    assert caplog.records[0].levelno == logging.ERROR


def test_a_caption_that_is_too_long_or_out_of_place_follows() -> None:
    for medium in ({**PLAN, "caption": "x" * 1025}, {"kind": "audio", "id": "7", "caption": "x"}):
        first, second = compose([{"custom": {"media": medium}}])
        assert first["media"] == {key: value for key, value in medium.items() if key != "caption"}
        assert second["text"] == medium["caption"]


def test_what_is_no_message_is_left_out_and_said(caplog: pytest.LogCaptureFixture) -> None:
    wrong: list[dict[str, Any]] = [
        {"custom": {"location": {"latitude": "north"}}},
        {"custom": {"media": "plan.pdf"}},
        {"text": "a", "buttons": BUTTONS, "custom": {"link": LINK}},
        {"attachment": {"type": "video"}},
    ]
    assert compose(wrong) == [Message(text="a", choices=CHOICES)]  # type: ignore[typeddict-item]
    assert len(caplog.records) == 4


def test_only_the_first_of_a_split_text_answers() -> None:
    text = " ".join(f"word{n}." for n in range(2000))
    first, *others = compose([{"text": text, "metadata": {"fallback": {"name": "answer_waiting"}, "preview": True}}])
    assert first["fallback"] == {"name": "answer_waiting"}
    assert not any("fallback" in other for other in others)
    assert all(message["preview"] for message in [first, *others])


def test_what_a_turn_says_about_the_introduction() -> None:
    assert introduction_of([{"text": "a"}]) is None
    assert introduction_of([{"text": "a"}, {"text": "b", "metadata": {"introduction": False}}]) is False
    assert introduction_of([{"text": "b", "introduction": "later"}]) == "later"
