"""Neutral messages as WhatsApp's JSON, and every limit on the way."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.messaging import Choice, Message
from connectors.whatsapp.outbound import LimitError, build, content, split_text


def choices(count: int, title: str = "Choice {n}", **more: Any) -> list[Choice]:
    return [Choice(id=f"/pick{n}", title=title.format(n=n), **more) for n in range(count)]


def test_a_text() -> None:
    body = build(Message(text="hi"), to={"phone": "+4915", "user_id": "DE.1"}, opaque="mark")
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+4915",
        "type": "text",
        "text": {"body": "hi", "preview_url": False},
        "biz_opaque_callback_data": "mark",
    }


def test_somebody_without_a_phone() -> None:
    body = build(Message(text="hi"), to={"phone": None, "user_id": "DE.1"})
    assert body["recipient"] == "DE.1"
    assert "to" not in body
    with pytest.raises(ValueError, match="neither"):
        build(Message(text="hi"), to={"phone": None, "user_id": None})


def test_up_to_three_choices_are_buttons() -> None:
    interactive = content(Message(text="Sure?", choices=choices(3), footer="f"))["interactive"]
    assert interactive == {
        "type": "button",
        "body": {"text": "Sure?"},
        "footer": {"text": "f"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": f"/pick{n}", "title": f"Choice {n}"}} for n in range(3)]},
    }


def test_more_are_a_list() -> None:
    interactive = content(Message(text="Which?", choices=choices(10), choices_label="Doctors"))["interactive"]
    assert interactive["type"] == "list"
    assert interactive["action"] == {
        "button": "Doctors",
        "sections": [{"rows": [{"id": f"/pick{n}", "title": f"Choice {n}"} for n in range(10)]}],
    }


@pytest.mark.parametrize("more", [{"description": "d"}, {"section": "s"}])
def test_few_with_more_to_say_are_a_list_too(more: dict[str, str]) -> None:
    assert content(Message(text="?", choices=choices(2, **more)))["interactive"]["type"] == "list"
    assert content(Message(text="?", choices=choices(2, "a title of 22 chars {n}")))["interactive"]["type"] == "list"


def test_sections_keep_their_rows_together() -> None:
    mixed = [Choice(id=str(n), title=str(n), section="ab"[n % 2]) for n in range(4)]
    sections = content(Message(text="?", choices=mixed))["interactive"]["action"]["sections"]
    assert [(s["title"], [row["id"] for row in s["rows"]]) for s in sections] == [("a", ["0", "2"]), ("b", ["1", "3"])]


def test_a_place() -> None:
    pin = content(Message(location={"latitude": 1.5, "longitude": 2.5, "name": "Salama", "address": ""}))
    assert pin == {"type": "location", "location": {"latitude": 1.5, "longitude": 2.5, "name": "Salama"}}


@pytest.mark.parametrize(
    ("message", "field", "limit", "length"),
    [
        (Message(text="x" * 4097), "text.body", 4096, 4097),
        (Message(text=" "), "text.body", 4096, 0),
        (Message(text="x" * 1025, choices=choices(1)), "interactive.body.text", 1024, 1025),
        (Message(text="?", choices=choices(1), footer="x" * 61), "interactive.footer.text", 60, 61),
        (Message(text="?", choices=choices(4), choices_label="x" * 21), "interactive.action.button", 20, 21),
        (Message(text="?", choices=choices(1, "x" * 25)), "interactive.action.sections.rows[0].title", 24, 25),
        (
            Message(text="?", choices=choices(1, description="x" * 73)),
            "interactive.action.sections.rows[0].description",
            72,
            73,
        ),
        (Message(text="?", choices=[*choices(1, section="x" * 25)]), "interactive.action.sections[0].title", 24, 25),
        (
            Message(text="?", choices=[*choices(1, section="a"), Choice(id="z", title="z")]),
            "interactive.action.sections[1].title",
            24,
            0,
        ),
        (Message(text="?", choices=[Choice(id="x" * 257, title="t")]), "interactive.action.buttons[0].reply.id", 256, 257),
        (
            Message(text="?", choices=[*choices(3), Choice(id="x" * 201, title="t")]),
            "interactive.action.sections.rows[3].id",
            200,
            201,
        ),
        (Message(text="?", choices=[Choice(id="/a", title="")]), "interactive.action.buttons[0].reply.title", 20, 0),
    ],
)
def test_every_limit_is_named(message: Message, field: str, limit: int, length: int) -> None:
    with pytest.raises(LimitError) as caught:
        content(message)
    assert (caught.value.field, caught.value.limit, caught.value.length) == (field, limit, length)
    assert field in str(caught.value)
    assert length == 0 or (str(limit) in str(caught.value) and str(length) in str(caught.value))


def test_the_mark_has_a_limit() -> None:
    with pytest.raises(LimitError, match="biz_opaque_callback_data: 513 characters, the limit is 512"):
        build(Message(text="hi"), to={"phone": "+49"}, opaque="x" * 513)


@pytest.mark.parametrize("same", [{"id": "/same"}, {"title": "Same"}])
def test_buttons_differ(same: dict[str, str]) -> None:
    twins = [Choice(**{"id": f"/{n}", "title": f"T{n}", **same}) for n in range(2)]  # type: ignore[typeddict-item]
    with pytest.raises(ValueError, match="same as an earlier one"):
        content(Message(text="?", choices=twins))


def test_a_text_is_split_where_it_reads_best() -> None:
    assert split_text("short") == ["short"]
    assert split_text("  ") == []
    assert split_text("One sentence here. Another one", 25) == ["One sentence here.", "Another one"]
    assert split_text("first paragraph\n\nsecond. third", 25) == ["first paragraph", "second. third"]
    assert split_text("سؤال أول؟ سؤال ثان", 12) == ["سؤال أول؟", "سؤال ثان"]
    assert split_text("Please come. Ask for Dr. Amal there", 26) == ["Please come.", "Ask for Dr. Amal there"]
    assert split_text("He has z. B. 3 Termine", 14) == ["He has z. B.", "3 Termine"]
    assert split_text("words without any marks", 12) == ["words", "without any", "marks"]
    assert split_text("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_splitting_loses_nothing_and_breaks_no_letter() -> None:
    text = " ".join(f"word{n}." for n in range(2000))
    parts = split_text(text)
    assert " ".join(parts) == text
    assert max(map(len, parts)) <= 4096
    family = "👩‍👩‍👧"
    assert "".join(split_text(family * 9, 7)) == family * 9
    assert all(not part.startswith(("\u200d", "\u0301")) for part in split_text("é" * 9 + family * 9, 5))
