"""What `POST /{phone_number_id}/messages` may carry (Meta, "Messages API" reference)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator import limits
from simulator.checks import (
    Json,
    array,
    boolean,
    invalid,
    need_obj,
    number,
    obj,
    one_of,
    only_keys,
    outer,
    required_outer,
    text,
)
from simulator.graph_errors import GraphError
from simulator.interactive import check_interactive
from simulator.media_messages import MediaLookup, check_media

ENVELOPE_KEYS = {
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
}


@dataclass(frozen=True)
class Outgoing:
    """A message that passed every check on its own; whether it may go to this person now is not asked here."""

    type: str
    to: str | None
    recipient: str | None
    payload: Json
    callback_data: str | None
    #: The key the message is meant for: another one must not receive it (guide "Identity change check").
    identity_key: str | None = None


def check_product(body: Json) -> None:
    if "messaging_product" not in body:
        raise required_outer("messaging_product")
    if body["messaging_product"] != "whatsapp":
        raise outer("messaging_product", "must be one of {whatsapp}")


def check_message(body: Json, media: MediaLookup) -> Outgoing:
    check_product(body)
    if body.get("recipient_type", "individual") != "individual":
        raise outer("recipient_type", "must be one of {individual}")
    to, recipient = _addressee(body)
    kind = body.get("type", "text")
    if not isinstance(kind, str) or kind not in CONTENT:
        raise GraphError(131051, f"type must be one of {{{', '.join(CONTENT)}}}, not {kind!r}")
    only_keys(body, "the message", ENVELOPE_KEYS | {kind})
    CONTENT[kind](body, media)
    context = obj(body, "context", "context", keys={"message_id"}, required=False)
    if context is not None:
        text(context, "message_id", "context.message_id", maximum=None)
    callback_data = body.get("biz_opaque_callback_data")
    if callback_data is not None:
        _callback_data(callback_data)
    key = body.get("recipient_identity_key_hash")
    if key is not None and not isinstance(key, str):
        raise outer("recipient_identity_key_hash", "must be a string")
    return Outgoing(kind, to, recipient, body, callback_data, key)


def _callback_data(value: object) -> None:
    if not isinstance(value, str):
        raise outer("biz_opaque_callback_data", "must be a string")
    if len(value) > limits.CALLBACK_DATA:
        raise outer("biz_opaque_callback_data", f"must be at most {limits.CALLBACK_DATA} characters long")


def _addressee(body: Json) -> tuple[str | None, str | None]:
    """`to` (a phone number) wins over `recipient` (a business-scoped user id); guide "Business-scoped user IDs"."""
    to = body.get("to")
    if to is not None:
        if not isinstance(to, str) or not re.fullmatch(r"\+?[\d\s().-]{5,30}", to):
            raise outer("to", "must be a phone number, for example +4915112345678")
        return to, None
    recipient = body.get("recipient")
    if recipient is None:
        raise required_outer("to")
    if not isinstance(recipient, str) or not re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9.]+", recipient):
        raise outer("recipient", "must be a business-scoped user id, for example DE.13491208655302741918")
    if len(recipient) > limits.USER_ID:
        raise outer("recipient", f"must be at most {limits.USER_ID} characters long")
    return None, recipient


def _text(body: Json, media: MediaLookup) -> None:
    content = body.get("text")
    if content is None:
        raise required_outer("text")
    content = need_obj(body, "text", "text", keys={"body", "preview_url"})
    boolean(content, "preview_url", "text.preview_url")
    value = content.get("body")
    if value is None:
        raise required_outer("text['body']")
    if not isinstance(value, str) or not value.strip():
        raise outer("text['body']", "must be a string that is not empty")
    if len(value) > limits.TEXT_BODY:
        details = f"Param text['body'] must be at most {limits.TEXT_BODY} characters long."
        raise GraphError(100, details, message=f"(#100) {details}")


def _location(body: Json, media: MediaLookup) -> None:
    place = need_obj(body, "location", "location", keys={"latitude", "longitude", "name", "address"})
    number(place, "latitude", "location.latitude", minimum=-90, maximum=90)
    number(place, "longitude", "location.longitude", minimum=-180, maximum=180)
    text(place, "name", "location.name", maximum=1000, required=False)
    text(place, "address", "location.address", maximum=1000, required=False)


def _template(body: Json, media: MediaLookup) -> None:
    template = need_obj(body, "template", "template", keys={"name", "language", "components"})
    name = text(template, "name", "template.name", maximum=limits.TEMPLATE_NAME)
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise invalid("template.name", "may only contain lowercase letters, digits and underscores")
    language = need_obj(template, "language", "template.language", keys={"code", "policy"})
    text(language, "code", "template.language.code", maximum=20)


def _reaction(body: Json, media: MediaLookup) -> None:
    reaction = need_obj(body, "reaction", "reaction", keys={"message_id", "emoji"})
    text(reaction, "message_id", "reaction.message_id", maximum=None)
    if not isinstance(reaction.get("emoji"), str):
        raise invalid("reaction.emoji", "must be an emoji, or an empty string that takes the reaction back")


def _contacts(body: Json, media: MediaLookup) -> None:
    contacts = array(body, "contacts", "contacts", minimum=1, maximum=limits.CONTACTS)
    parts = {"first_name", "last_name", "middle_name", "suffix", "prefix"}
    for index, contact in enumerate(contacts):
        path = f"contacts[{index}]"
        only_keys(contact, path, {"addresses", "birthday", "emails", "name", "org", "phones", "urls"})
        name = need_obj(contact, "name", f"{path}.name", keys={"formatted_name", *parts})
        text(name, "formatted_name", f"{path}.name.formatted_name", maximum=None)
        if not parts & set(name):
            raise invalid(f"{path}.name", f"needs at least one of {{{', '.join(sorted(parts))}}} beside formatted_name")


def _media(kind: str) -> Callable[[Json, MediaLookup], None]:
    return lambda body, media: check_media(body, kind, kind, media)


def _interactive(body: Json, media: MediaLookup) -> None:
    check_interactive(body, media)


CONTENT: dict[str, Callable[[Json, MediaLookup], None]] = {
    "text": _text,
    "interactive": _interactive,
    "location": _location,
    **{kind: _media(kind) for kind in ("image", "document", "audio", "video", "sticker")},
    "template": _template,
    "reaction": _reaction,
    "contacts": _contacts,
}


def check_read_receipt(body: Json) -> tuple[str, bool]:
    """`status: read`, with or without a typing indicator (guide "Typing indicators"): the message id, and whether."""
    check_product(body)
    only_keys(body, "the message", {"messaging_product", "status", "message_id", "typing_indicator"})
    if body.get("status") != "read":
        raise outer("status", "must be one of {read}")
    if not isinstance(body.get("message_id"), str) or not body["message_id"]:
        raise required_outer("message_id")
    indicator = obj(body, "typing_indicator", "typing_indicator", keys={"type"}, required=False)
    if indicator is None:
        return body["message_id"], False
    one_of(indicator, "type", "typing_indicator.type", {"text"})
    return body["message_id"], True
