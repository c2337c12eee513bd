"""One payload of our own for every kind of message and status, and for what is missing or wrong."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from connectors.whatsapp.content import Unsupported
from connectors.whatsapp.inbound import InboundMessage, is_command, parse, read_json, tap_of
from tests.support.whatsapp import PHONE, body_of, message, of_messages, of_status

KINDS: list[tuple[dict[str, Any], str, str | None]] = [
    (message(body="مرحبا"), "text", "مرحبا"),
    (
        message("interactive", interactive={"type": "button_reply", "button_reply": {"id": "/a", "title": "A"}}),
        "interactive",
        "A",
    ),
    (
        message(
            "interactive", interactive={"type": "list_reply", "list_reply": {"id": "x", "title": "B", "description": "b"}}
        ),
        "interactive",
        "B",
    ),
    (
        message("interactive", interactive={"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": "{"}}),
        "interactive",
        None,
    ),
    (
        message("interactive", interactive={"type": "call_permission_reply", "call_permission_reply": {}}),
        "interactive",
        None,
    ),
    (message("interactive", errors=[{"code": 131051}]), "interactive", None),
    (message("button", button={"payload": "/confirm", "text": "Confirm"}), "button", "Confirm"),
    (message("image", image={"id": "1", "mime_type": "image/jpeg", "sha256": "x", "caption": "my arm"}), "image", None),
    (message("audio", audio={"id": "1", "voice": True}), "audio", None),
    (message("video", video={"id": "1"}), "video", None),
    (message("document", document={"id": "1", "filename": "a.pdf"}), "document", None),
    (message("sticker", sticker={"id": "1", "animated": True}), "sticker", None),
    (message("location", location={"latitude": 1.5, "longitude": 2}), "location", None),
    (message("contacts", contacts=[{"name": {"formatted_name": "B"}}]), "contacts", None),
    (message("reaction", reaction={"message_id": "wamid.1", "emoji": "👍"}), "reaction", None),
    (message("reaction", reaction={"message_id": "wamid.1"}), "reaction", None),
    (message("order", order={"catalog_id": "1", "product_items": []}), "order", None),
    (message("system", system={"type": "user_changed_number", "wa_id": "4915", "body": "…"}), "system", None),
    (message("unsupported", errors=[{"code": 131051, "title": "Message type unknown"}]), "unsupported", None),
    (message("edit", edit={"original_message_id": "wamid.1"}), "edit", None),
    (message("revoke", revoke={"original_message_id": "wamid.1"}), "revoke", None),
    (message("hologram", hologram={}), "unknown", None),
    (message("text", text="no object"), "text", None),
    (message("text", text={"body": None}), "text", None),
    (message("text", text={"body": "hi"}, group_id="g"), "group", None),
    ({"from": PHONE, "id": "wamid.2", "text": {"body": "typeless"}}, "text", "typeless"),
    ({"from": PHONE, "id": "wamid.3", "type": ["text"]}, "unknown", None),
]


def only(document: Any) -> InboundMessage:
    (found,) = parse(document).messages
    return found


@pytest.mark.parametrize(("raw", "kind", "text"), KINDS)
def test_every_kind(raw: dict[str, Any], kind: str, text: str | None) -> None:
    found = only(of_messages(raw))
    assert (found.kind, found.text, found.phone) == (kind, text, PHONE)
    assert found.wamid == raw["id"]
    assert found.payload == raw


def test_what_was_tapped() -> None:
    replies = [KINDS[1][0], KINDS[2][0], KINDS[6][0]]
    assert [(tap.id, tap.title) for tap in map(tap_of, replies) if tap] == [
        ("/a", "A"),
        ("x", "B"),
        ("/confirm", "Confirm"),
    ]
    assert tap_of(KINDS[0][0]) is None
    assert tap_of(None) is None
    assert tap_of({"interactive": "odd", "button": 7}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/affirm", True),
        ('/inform{"slot": "2.1"}', True),
        ('/inform{"a": {"b": [1]}}', True),
        ("/inform{}", True),
        ("/inform{slot}", False),
        ('/inform["a"]', False),
        ("/Affirm", False),
        ("/affirm now", False),
        ("//affirm", False),
        ("affirm", False),
        ("/", False),
        ("", False),
        ('/inform{"a": 1} ', False),
    ],
)
def test_what_is_a_command(text: str, expected: bool) -> None:
    assert is_command(text) is expected


def test_who_wrote() -> None:
    both = only(of_messages(message(from_user_id="DE.1")))
    assert (both.phone, both.user_id) == (PHONE, "DE.1")
    from_contacts = only(
        body_of({"contacts": [{"wa_id": PHONE, "user_id": "DE.1", "profile": {"name": "A"}}], "messages": [message()]})
    )
    assert (from_contacts.phone, from_contacts.user_id) == (PHONE, "DE.1")
    hidden = message(from_user_id="DE.1")
    del hidden["from"]
    assert (only(of_messages(hidden)).phone, only(of_messages(hidden)).user_id) == (None, "DE.1")


def test_whose_contacts_entry_is_whose() -> None:
    nobody = message()
    del nobody["from"]
    people = [{"wa_id": "491"}, {"wa_id": "492", "user_id": "DE.2"}]
    alone = only(body_of({"contacts": people[1:], "messages": [nobody]}))
    assert (alone.phone, alone.user_id) == ("492", "DE.2")
    unclear = only(body_of({"contacts": people, "messages": [nobody]}))
    assert (unclear.phone, unclear.user_id) == (None, None)
    second = only(body_of({"contacts": people, "messages": [message(phone="492")]}))
    assert second.user_id == "DE.2"


def test_times() -> None:
    expected = datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)
    seconds = int(expected.timestamp())
    for value in (str(seconds), seconds, str(seconds * 1000), seconds * 1000):
        assert only(of_messages({**message(), "timestamp": value})).sent_at == expected
    for odd in (None, "soon", "nan", "1e400", -1e300, [], {}):
        assert only(of_messages({**message(), "timestamp": odd})).sent_at.tzinfo is not None


def test_a_message_without_an_id_is_known_by_its_fingerprint() -> None:
    first, again, other = (
        only(of_messages({"type": "text", "from": PHONE, "text": {"body": body}})).wamid for body in ("a", "a", "b")
    )
    assert first == again != other
    assert first.startswith("sha256:")


@pytest.mark.parametrize(
    "document",
    [
        None,
        7,
        "text",
        [],
        {},
        {"entry": None},
        {"entry": {}},
        {"entry": [None, 7]},
        {"entry": [{}]},
        {"entry": [{"changes": 3}]},
        {"entry": [{"changes": [None]}]},
        {"entry": [{"changes": [{"field": "messages"}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": []}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"messages": "x", "statuses": 7, "contacts": "y"}}]}]},
    ],
)
def test_a_strange_shape_is_no_error(document: Any) -> None:
    batch = parse(document)
    assert (batch.messages, batch.statuses) == ([], [])


def test_a_message_that_is_no_object_is_kept_as_unknown() -> None:
    batch = parse(body_of({"messages": ["odd", None, message(), {"id": 5}]}))
    assert [found.kind for found in batch.messages] == ["unknown", "unknown", "text", "unknown"]
    assert len({found.wamid for found in batch.messages}) == 4


def test_other_fields_are_counted() -> None:
    batch = parse(body_of({"event": "DISABLED_UPDATE"}, {"event": "x"}, field="account_update"))
    assert batch.others == {"account_update": 2}
    odd = parse(body_of({}, field="line\nbreak {phone}" * 9))
    assert all(name.replace("_", "").isalpha() and len(name) <= 40 for name in odd.others)


def test_statuses() -> None:
    batch = parse(of_status("mark", "wamid.1", "played"))
    (played,) = batch.statuses
    assert (played.status, played.opaque, played.wamid, played.code) == ("read", "mark", "wamid.1", None)
    error = {"code": 131026, "title": "Undeliverable", "message": "Undeliverable", "error_data": {"details": "why"}}
    (failed,) = parse(of_status(None, "wamid.1", "failed", errors=[error])).statuses
    assert (failed.status, failed.code, failed.detail) == ("failed", "131026", "Undeliverable: why")
    (deleted,) = parse(of_status(None, "wamid.1", "deleted")).statuses
    assert (deleted.status, deleted.wamid) == ("deleted", "wamid.1")
    (closed,) = parse(of_status(None, "wamid.1", "failed", errors=[{"code": 131047, "title": "t"}])).statuses
    assert closed.status == "parked"


def test_statuses_of_other_things_are_counted() -> None:
    assert parse(of_status("m", "id", "RINGING", type="call")).others == {"RINGING": 1}
    assert parse(of_status("m", "id", "sent", type="payment")).others == {"sent": 1}
    assert parse(of_status("m", "id", "unheard_of")).others == {"unheard_of": 1}
    assert parse(body_of({"statuses": [{"status": ["sent"]}, None]})).statuses == []


def test_what_a_message_costs() -> None:
    price = {"billable": True, "pricing_model": "PMP", "category": "utility"}
    (sent,) = parse(of_status("m", "wamid.1", "sent", pricing=price)).statuses
    assert (sent.price_category, sent.price_model, sent.billable) == ("utility", "PMP", True)
    for odd in (None, [], "free", {"billable": "yes", "category": 7}):
        (sent,) = parse(of_status("m", "wamid.1", "sent", pricing=odd)).statuses
        assert (sent.price_category, sent.price_model, sent.billable) == (None, None, None)


def test_an_error_beside_a_message_is_the_messages() -> None:
    error = {"code": 131000, "title": "Something went wrong"}
    shell = only(body_of({"messages": [message("interactive")], "errors": [error]}))
    assert shell.content == Unsupported("131000", "Something went wrong")
    alone = parse(body_of({"errors": [error]}))
    assert [(news.field, news.value) for news in alone.news] == [("messages.errors", {"errors": [error]})]


def test_reading_json() -> None:
    assert read_json(b'{"a": [NaN, "x\\u0000", "\\ud83d\\ude00"]}') == {"a": [None, "x\ufffd", "😀"]}
    assert read_json(b'"\\ud83d"') == "\ufffd"
    for odd in (b"", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(ValueError):
            read_json(odd)
