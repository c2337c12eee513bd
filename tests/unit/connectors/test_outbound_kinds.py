"""Every kind of neutral message as WhatsApp's JSON, and what is around it."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.messaging import Choice, Message
from clinic.messaging.neutral import Reaction, Template
from connectors.whatsapp.outbound import LimitError, build, content, read

YES = [Choice(id="/affirm", title="Yes")]
IMAGE = {"kind": "image", "link": "https://x.example/a.png"}


def test_a_text_shows_its_link_when_asked_to() -> None:
    assert content(Message(text="https://x.example", preview=True))["text"]["preview_url"] is True
    assert content(Message(text="https://x.example"))["text"]["preview_url"] is False


@pytest.mark.parametrize(
    ("medium", "built"),
    [
        ({"kind": "image", "id": "7", "caption": "c"}, {"id": "7", "caption": "c"}),
        ({"kind": "video", "link": "https://x.example/v.mp4"}, {"link": "https://x.example/v.mp4"}),
        ({"kind": "document", "id": "7", "filename": "plan.pdf"}, {"id": "7", "filename": "plan.pdf"}),
        ({"kind": "audio", "id": "7"}, {"id": "7"}),
        ({"kind": "sticker", "id": "7"}, {"id": "7"}),
    ],
)
def test_media(medium: Any, built: dict[str, str]) -> None:
    assert content(Message(media=medium)) == {"type": medium["kind"], medium["kind"]: built}


@pytest.mark.parametrize("kind", ["audio", "sticker"])
def test_what_has_no_caption(kind: str) -> None:
    with pytest.raises(LimitError, match=f"{kind}.caption: 3 characters, the limit is 0"):
        content(Message(media={"kind": kind, "id": "7", "caption": "abc"}))


def test_a_link_and_requests() -> None:
    link = content(Message(text="Results", link={"url": "https://x.example", "title": "Open"}, header="h", footer="f"))
    assert link["interactive"] == {
        "type": "cta_url",
        "header": {"type": "text", "text": "h"},
        "body": {"text": "Results"},
        "footer": {"text": "f"},
        "action": {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://x.example"}},
    }
    assert content(Message(text="Where?", ask="location"))["interactive"] == {
        "type": "location_request_message",
        "body": {"text": "Where?"},
        "action": {"name": "send_location"},
    }
    assert content(Message(text="Who?", ask="contact"))["interactive"] == {
        "type": "contact_request",
        "body": {"text": "Who?"},
        "action": {"name": "request_contact_info"},
    }
    with pytest.raises(ValueError, match="neither header nor footer"):
        content(Message(text="Who?", ask="contact", footer="f"))


def test_headers() -> None:
    buttons = content(Message(text="?", choices=YES, header={**IMAGE, "filename": "not for images"}))  # type: ignore[typeddict-item]
    assert buttons["interactive"]["header"] == {"type": "image", "image": {"link": "https://x.example/a.png"}}
    file = content(Message(text="?", choices=YES, header={"kind": "document", "id": "7", "filename": "a.pdf"}))
    assert file["interactive"]["header"] == {"type": "document", "document": {"id": "7", "filename": "a.pdf"}}
    listed = content(Message(text="?", choices=[Choice(id="a", title="A", section="s")], header="h"))
    assert listed["interactive"]["header"] == {"type": "text", "text": "h"}
    with pytest.raises(ValueError, match="a list has words above it, no picture"):
        content(Message(text="?", choices=[Choice(id="a", title="A", section="s")], header=IMAGE))  # type: ignore[typeddict-item]


def test_people_and_reactions() -> None:
    people = content(Message(people=[{"name": "Front desk Salama", "phones": ["+49555010101"], "organisation": "Salama"}]))
    assert people["contacts"] == [
        {
            "name": {"formatted_name": "Front desk Salama", "first_name": "Front", "last_name": "desk Salama"},
            "phones": [{"phone": "+49555010101"}],
            "org": {"company": "Salama"},
        }
    ]
    assert content(Message(people=[{"name": "Salama", "emails": ["a@x.example"]}]))["contacts"] == [
        {"name": {"formatted_name": "Salama", "first_name": "Salama"}, "emails": [{"email": "a@x.example"}]}
    ]
    for emoji, sent in (("👍", "👍"), (None, "")):
        message = Message(reaction=Reaction(message_id="wamid.1", emoji=emoji))
        assert content(message) == {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": sent}}


def test_a_template_with_values_in_order() -> None:
    gaps: Any = {
        "header": {"media": {"kind": "document", "id": "7", "filename": "a.pdf"}},
        "body": [
            "Amal",
            3,
            {"currency": {"fallback": "9 €", "code": "EUR", "amount_1000": 9000}},
            {"date_time": {"fallback": "Monday"}},
        ],
        "buttons": [{"payload": "/affirm"}, None, {"url": "r/7"}],
    }
    built = content(Message(template=Template(name="reminder", language="pt_BR", parameters=gaps)))["template"]
    assert (built["name"], built["language"]) == ("reminder", {"code": "pt_BR"})
    header, body, reply, url = built["components"]
    assert header == {"type": "header", "parameters": [{"type": "document", "document": {"id": "7", "filename": "a.pdf"}}]}
    assert body["parameters"] == [
        {"type": "text", "text": "Amal"},
        {"type": "text", "text": "3"},
        {"type": "currency", "currency": {"fallback_value": "9 €", "code": "EUR", "amount_1000": 9000}},
        {"type": "date_time", "date_time": {"fallback_value": "Monday"}},
    ]
    assert reply == {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": "/affirm"}],
    }
    assert url == {"type": "button", "sub_type": "url", "index": "2", "parameters": [{"type": "text", "text": "r/7"}]}


def test_a_template_with_values_by_name() -> None:
    place = {"location": {"latitude": 1.0, "longitude": 2.0, "name": "Salama", "address": "Street 1"}}
    gaps: Any = {"header": place, "body": {"who": "Amal", "when": {"text": "Monday"}}}
    header, body = content(Message(template=Template(name="r", language="ar", parameters=gaps)))["template"]["components"]
    assert header["parameters"] == [{"type": "location", **place}]
    assert body["parameters"] == [
        {"type": "text", "text": "Amal", "parameter_name": "who"},
        {"type": "text", "text": "Monday", "parameter_name": "when"},
    ]
    assert "components" not in content(Message(template=Template(name="r", language="ar")))["template"]
    with pytest.raises(ValueError, match="location can only stand in the header"):
        content(Message(template=Template(name="r", language="ar", parameters={"body": [place]})))


def test_what_is_around_a_message() -> None:
    message = Message(text="hi", reply_to="wamid.1", fallback=Template(name="answer_waiting"))
    body = build(message, to={"phone": "49555010101", "user_id": "DE.1"}, opaque="mark", identity_key="hash")
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+49555010101",
        "recipient_identity_key_hash": "hash",
        "context": {"message_id": "wamid.1"},
        "type": "text",
        "text": {"body": "hi", "preview_url": False},
        "biz_opaque_callback_data": "mark",
    }


def test_read_and_typing() -> None:
    seen = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}
    assert read("wamid.1") == {**seen, "typing_indicator": {"type": "text"}}
    assert read("wamid.1", typing=False) == seen
