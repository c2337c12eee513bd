"""Every limit of the Cloud API: at the limit it passes, one step over it is refused with the field's name."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from simulator_kit import TEXT, buttons, list_of

from simulator.graph_errors import GraphError
from simulator.messages import check_message, check_read_receipt

Json = dict[str, Any]
MEDIA = {"pic": "image/png", "pdf": "application/pdf", "ogg": "audio/ogg"}


def accept(message: Json) -> None:
    check_message({"messaging_product": "whatsapp", "to": "+4915150000001", **message}, MEDIA.get)


def refuse(message: Json) -> GraphError:
    with pytest.raises(GraphError) as caught:
        accept(message)
    return caught.value


def change(message: Json, path: str, value: Any) -> Json:
    """A copy with `value` at a dotted path; None takes the key away."""
    result = copy.deepcopy(message)
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    here: Any = result
    for key in parents:
        here = here[key]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return result


BUTTONS = buttons("Yes", "No")
LIST = list_of(["Monday", "Tuesday"], ["Friday"])
CTA: Json = {
    "type": "interactive",
    "interactive": {
        "type": "cta_url",
        "body": {"text": "Your link"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Open", "url": "https://clinic.example/x"},
        },
    },
}
ASK: Json = {
    "type": "interactive",
    "interactive": {
        "type": "location_request_message",
        "body": {"text": "Where are you?"},
        "action": {"name": "send_location"},
    },
}
PLACE: Json = {
    "type": "location",
    "location": {"latitude": 52.5, "longitude": 13.4, "name": "Clinic", "address": "A 1"},
}
CONTACT: Json = {"type": "contacts", "contacts": [{"name": {"formatted_name": "Dr A B", "first_name": "A"}}]}
REACTION: Json = {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}
HEADERS: Json = {"header": {"type": "text", "text": "Title"}, "footer": {"text": "Small"}}
TITLED = {**BUTTONS, "interactive": {**BUTTONS["interactive"], **HEADERS}}
TITLED_LIST = {**LIST, "interactive": {**LIST["interactive"], **HEADERS}}


@pytest.mark.parametrize(
    "message",
    [
        *(TEXT, BUTTONS, LIST, CTA, ASK, PLACE, CONTACT, REACTION, TITLED, TITLED_LIST),
        {"text": {"body": "the type is text when none is given", "preview_url": True}},
        {"type": "image", "image": {"link": "https://clinic.example/a.png", "caption": "x" * 1024}},
        {"type": "image", "image": {"id": "pic"}},
        {"type": "document", "document": {"id": "pdf", "filename": "a.pdf"}},
        {"type": "audio", "audio": {"id": "ogg", "voice": True}},
        {**TEXT, "context": {"message_id": "wamid.y"}, "recipient_type": "individual"},
        {**TEXT, "biz_opaque_callback_data": "x" * 512},
        {**REACTION, "reaction": {"message_id": "wamid.x", "emoji": ""}},
        {
            **TITLED,
            "interactive": {**TITLED["interactive"], "header": {"type": "image", "image": {"id": "pic"}}},
        },
    ],
)
def test_a_legal_message_passes(message: Json) -> None:
    accept(message)


LENGTHS = [
    (TEXT, "text.body", 4096, 100),
    ({**TEXT, "biz_opaque_callback_data": "x"}, "biz_opaque_callback_data", 512, 100),
    (BUTTONS, "interactive.body.text", 1024, 131009),
    (BUTTONS, "interactive.action.buttons.0.reply.title", 20, 131009),
    (BUTTONS, "interactive.action.buttons.0.reply.id", 256, 131009),
    (TITLED, "interactive.header.text", 60, 131009),
    (TITLED, "interactive.footer.text", 60, 131009),
    (LIST, "interactive.body.text", 1024, 131009),
    (LIST, "interactive.action.button", 20, 131009),
    (LIST, "interactive.action.sections.0.title", 24, 131009),
    (LIST, "interactive.action.sections.0.rows.0.title", 24, 131009),
    (LIST, "interactive.action.sections.0.rows.0.description", 72, 131009),
    (LIST, "interactive.action.sections.0.rows.0.id", 200, 131009),
    (TITLED_LIST, "interactive.header.text", 60, 131009),
    (CTA, "interactive.body.text", 1024, 131009),
    (CTA, "interactive.action.parameters.display_text", 20, 131009),
    (ASK, "interactive.body.text", 1024, 131009),
    ({"type": "image", "image": {"id": "pic", "caption": "x"}}, "image.caption", 1024, 131009),
]


@pytest.mark.parametrize(("message", "path", "limit", "code"), LENGTHS)
def test_length(message: Json, path: str, limit: int, code: int) -> None:
    accept(change(message, path, "ж" * limit))
    error = refuse(change(message, path, "ж" * (limit + 1)))
    assert (error.code, error.status) == (code, 400)
    assert str(limit) in str(error.details)
    assert path.rsplit(".", maxsplit=1)[-1] in str(error.details)


@pytest.mark.parametrize(("message", "path"), [(message, path) for message, path, _, _ in LENGTHS if "biz" not in path])
def test_blank_is_refused(message: Json, path: str) -> None:
    for blank in ("", "   "):
        assert refuse(change(message, path, blank)).code in (100, 131009)


@pytest.mark.parametrize(
    ("message", "path", "code"),
    [
        (TEXT, "text", 100),
        (TEXT, "text.body", 100),
        (BUTTONS, "interactive", 131008),
        (BUTTONS, "interactive.type", 131008),
        (BUTTONS, "interactive.body", 131008),
        (BUTTONS, "interactive.action", 131008),
        (BUTTONS, "interactive.action.buttons", 131008),
        (BUTTONS, "interactive.action.buttons.0.type", 131008),
        (BUTTONS, "interactive.action.buttons.0.reply", 131008),
        (BUTTONS, "interactive.action.buttons.0.reply.id", 131008),
        (BUTTONS, "interactive.action.buttons.0.reply.title", 131008),
        (LIST, "interactive.action.button", 131008),
        (LIST, "interactive.action.sections", 131008),
        (LIST, "interactive.action.sections.1.title", 131008),
        (LIST, "interactive.action.sections.0.rows", 131008),
        (LIST, "interactive.action.sections.0.rows.0.id", 131008),
        (LIST, "interactive.action.sections.0.rows.0.title", 131008),
        (CTA, "interactive.action.name", 131008),
        (CTA, "interactive.action.parameters.url", 131008),
        (ASK, "interactive.action.name", 131008),
        (PLACE, "location.latitude", 131008),
        (REACTION, "reaction.message_id", 131008),
        (CONTACT, "contacts.0.name.formatted_name", 131008),
        (CONTACT, "contacts.0.name.first_name", 131009),
    ],
)
def test_missing(message: Json, path: str, code: int) -> None:
    error = refuse(change(message, path, None))
    assert error.code == code
    last = path.rsplit(".", maxsplit=1)[-1]
    assert last in str(error.details)


ROWS = "interactive.action.sections.0.rows"


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (buttons(), "buttons"),
        (buttons("1", "2", "3", "4"), "buttons"),
        (buttons("Same", "Same"), "unique"),
        (change(BUTTONS, "interactive.action.buttons.1.reply.id", "b0"), "unique"),
        (change(BUTTONS, "interactive.action.buttons.0.reply.id", " b0"), "spaces"),
        (change(BUTTONS, "interactive.action.buttons.0.type", "url"), "type"),
        (list_of([str(n) for n in range(11)]), "rows"),
        (list_of([str(n) for n in range(6)], [str(n) for n in range(5)]), "10 over all sections"),
        (list_of(*[[str(n)] for n in range(11)]), "sections"),
        (list_of([]), "rows"),
        (change(LIST, f"{ROWS}.1.id", "r0.0"), "unique"),
        (change(LIST, "interactive.action.sections.1.rows.0.id", "r0.0"), "unique"),
        (change(TITLED_LIST, "interactive.header", {"type": "image", "image": {"id": "pic"}}), "header.type"),
        (change(LIST, "interactive.type", "product_list"), "interactive.type"),
        (change(ASK, "interactive.action.name", "send_me"), "send_location"),
        (change(CTA, "interactive.action.parameters.url", "javascript:alert(1)"), "http"),
        (change(PLACE, "location.latitude", 91), "latitude"),
        (change(PLACE, "location.longitude", "east"), "longitude"),
        ({"type": "image", "image": {"id": "nope"}}, "nope"),
        ({"type": "image", "image": {"id": "pic", "link": "https://a.example/b"}}, "not both"),
        (change(TEXT, "text.preview_url", "yes"), "preview_url"),
    ],
)
def test_a_value_outside_its_limit(message: Json, names: str) -> None:
    error = refuse(message)
    assert error.code == 131009
    assert names in str(error.details)


@pytest.mark.parametrize(
    "message",
    [
        change(TEXT, "text.color", "red"),
        change(BUTTONS, "interactive.action.sections", []),
        change(BUTTONS, "interactive.action.buttons.0.title", "x"),
        change(LIST, f"{ROWS}.0.subtitle", "x"),
        {**TEXT, "interactive": BUTTONS["interactive"]},
        {**TEXT, "colour": "red"},
        {"type": "audio", "audio": {"id": "ogg", "caption": "x"}},
    ],
)
def test_an_unknown_key_is_refused(message: Json) -> None:
    error = refuse(message)
    assert error.code == 100
    assert "Unexpected key" in error.message


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "hologram"}, 131051),
        ({"type": 7}, 131051),
        ({**TEXT, "messaging_product": "sms"}, 100),
        ({**TEXT, "recipient_type": "group"}, 100),
        ({**TEXT, "to": "Anna"}, 100),
        ({**TEXT, "to": 4915150000001}, 100),
        ({**TEXT, "to": None}, 100),
        ({**TEXT, "to": None, "recipient": "Anna"}, 100),
        ({**TEXT, "to": None, "recipient": "DE." + "1" * 126}, 100),
        ({**TEXT, "text": "hello"}, 100),
        ({**BUTTONS, "interactive": "hello"}, 100),
        ({"type": "image", "image": {"id": "pdf"}}, 131053),
        ({"type": "contacts", "contacts": []}, 131009),
    ],
)
def test_the_call_itself(message: Json, code: int) -> None:
    assert refuse(message).code == code


def test_the_form_of_a_template_message() -> None:
    template: Json = {"type": "template", "template": {"name": "visit_tomorrow", "language": {"code": "de"}}}
    accept(template)
    assert refuse(change(template, "template.name", "Visit")).code == 131009
    assert refuse(change(template, "template.name", "x" * 513)).code == 131009
    assert refuse(change(template, "template.language.code", None)).code == 131008


def test_a_business_scoped_id_of_128_characters_passes() -> None:
    accept({**TEXT, "to": None, "recipient": "DE." + "1" * 125})


def test_read_receipts() -> None:
    receipt: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
    assert check_read_receipt(receipt) == ("wamid.x", False)
    assert check_read_receipt({**receipt, "typing_indicator": {"type": "text"}}) == ("wamid.x", True)
    wrong = ({"typing_indicator": {"type": "dance"}}, {"status": "seen"}, {"message_id": ""}, {"to": "+491"})
    for bad in wrong:
        with pytest.raises(GraphError):
            check_read_receipt({**receipt, **bad})
