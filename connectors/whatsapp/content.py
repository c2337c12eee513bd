"""What a message holds, read from its JSON as WhatsApp sent it and as the inbox keeps it.

`content_of` gives one typed model for each kind; what is missing or odd in it is None, never an error. `context_of`
says what a message answers, `referral_of` which advertisement led to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from connectors.whatsapp.models import (
    CallPermission,
    Contacts,
    Content,
    Context,
    Edit,
    FlowReply,
    Location,
    Media,
    Order,
    OrderItem,
    Reaction,
    Referral,
    Revoke,
    SharedContact,
    System,
    Tap,
    Text,
    Unknown,
    Unsupported,
)
from connectors.whatsapp.shapes import dicts, get, instant, items, name, number, words

__all__ = [
    "CallPermission",
    "Contacts",
    "Content",
    "Context",
    "Edit",
    "FlowReply",
    "Location",
    "Media",
    "Order",
    "OrderItem",
    "Reaction",
    "Referral",
    "Revoke",
    "SharedContact",
    "System",
    "Tap",
    "Text",
    "Unknown",
    "Unsupported",
    "content_of",
    "context_of",
    "kind_of",
    "referral_of",
]

MEDIA = ("image", "audio", "video", "document", "sticker")
_ANSWERS = ("button_reply", "list_reply", "nfm_reply", "call_permission_reply")


def kind_of(message: Mapping[str, Any]) -> str:
    """The kind as WhatsApp names it; what a message without `type` can be told by; "unknown" otherwise."""
    kind = message.get("type")
    if kind is None:
        kind = next((known for known in KINDS if known in message), None)
    return kind if isinstance(kind, str) and kind in KINDS else "unknown"


def content_of(message: Mapping[str, Any], kind: str) -> Content:
    """What a message of this kind holds. A message in a group is read like any other."""
    read = _READERS.get(kind_of(message) if kind == "group" else kind)
    return read(message) if read else Unknown()


def context_of(message: Mapping[str, Any]) -> Context | None:
    """What the message answers or was forwarded from; None where it stands for itself."""
    context = get(message, "context")
    if not isinstance(context, Mapping) or not context:
        return None
    often = context.get("frequently_forwarded") is True
    return Context(
        message_id=name(context, "id"),
        forwarded=often or context.get("forwarded") is True,
        frequently_forwarded=often,
        catalog_id=name(context, "referred_product", "catalog_id"),
        product_id=name(context, "referred_product", "product_retailer_id"),
    )


def referral_of(message: Mapping[str, Any]) -> Referral | None:
    """The advertisement or post that led to the message; None where it came by itself."""
    referral = get(message, "referral")
    if not isinstance(referral, Mapping) or not referral:
        return None
    return Referral(
        source_type=words(referral, "source_type"),
        source_id=name(referral, "source_id"),
        source_url=words(referral, "source_url"),
        headline=words(referral, "headline"),
        body=words(referral, "body"),
        click_id=name(referral, "ctwa_clid"),
    )


def _text(message: Mapping[str, Any]) -> Content:
    body = get(message, "text", "body")
    return Text(body if isinstance(body, str) else None)


def _media(message: Mapping[str, Any], kind: str) -> Content:
    file = get(message, kind)
    return Media(
        kind=kind,
        channel_id=name(file, "id"),
        mime_type=words(file, "mime_type"),
        sha256=words(file, "sha256"),
        caption=words(file, "caption"),
        filename=words(file, "filename"),
        voice=get(file, "voice") is True,
        animated=get(file, "animated") is True,
    )


def _location(message: Mapping[str, Any]) -> Content:
    place = get(message, "location")
    return Location(
        latitude=_within(get(place, "latitude"), 90),
        longitude=_within(get(place, "longitude"), 180),
        name=words(place, "name"),
        address=words(place, "address"),
        url=words(place, "url"),
    )


def _within(value: Any, limit: float) -> float | None:
    found = number(value)
    return found if found is not None and abs(found) <= limit else None


def _contacts(message: Mapping[str, Any]) -> Content:
    return Contacts(tuple(_card(card) for card in dicts(message.get("contacts"))))


def _card(card: Mapping[str, Any]) -> SharedContact:
    parts = (words(card, "name", part) for part in ("first_name", "middle_name", "last_name"))
    numbers = (words(phone, "phone") or name(phone, "wa_id") for phone in dicts(card.get("phones")))
    mails = (words(mail, "email") for mail in dicts(card.get("emails")))
    return SharedContact(
        name=words(card, "name", "formatted_name") or " ".join(part for part in parts if part),
        phones=tuple(phone for phone in numbers if phone),
        emails=tuple(mail for mail in mails if mail),
        organisation=words(card, "org", "company"),
    )


def _reaction(message: Mapping[str, Any]) -> Content:
    return Reaction(name(message, "reaction", "message_id"), words(message, "reaction", "emoji"))


def _button(message: Mapping[str, Any]) -> Content:
    button = get(message, "button")
    if not isinstance(button, Mapping):
        return _unsupported(message)
    return Tap(name(button, "payload") or "", words(button, "text") or "", "button")


def _interactive(message: Mapping[str, Any]) -> Content:
    answer = get(message, "interactive")
    # `type` may be missing, or name something that is not there.
    kind = next((kind for kind in _ANSWERS if isinstance(get(answer, kind), Mapping)), None)
    reply = get(answer, kind) if kind else None
    if kind == "nfm_reply":
        return FlowReply(words(reply, "name"), words(reply, "body"), _form(get(reply, "response_json")))
    if kind == "call_permission_reply":
        return CallPermission(words(reply, "response"), instant(get(reply, "expiration_timestamp")))
    if kind:
        return Tap(name(reply, "id") or "", words(reply, "title") or "", kind)
    # WhatsApp sends the shell alone, with an error beside it, where it cannot tell what was answered.
    return _unsupported(message)


def _form(written: Any) -> Mapping[str, Any]:
    try:
        answers = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        return {}
    return answers if isinstance(answers, Mapping) else {}


def _order(message: Mapping[str, Any]) -> Content:
    order = get(message, "order")
    lines = tuple(
        OrderItem(
            product_id=name(line, "product_retailer_id"),
            quantity=number(line.get("quantity")),
            price=number(line.get("item_price")),
            currency=words(line, "currency"),
        )
        for line in dicts(get(order, "product_items"))
    )
    return Order(name(order, "catalog_id"), lines, words(order, "text"))


def _system(message: Mapping[str, Any]) -> Content:
    """`wa_id` and `user_id` are the new ones; the sender is the old one, where nothing says so itself."""
    news = get(message, "system")
    kind = words(news, "type")
    sender = (name(message, "from"), name(message, "from_user_id"))
    moved = kind in ("user_changed_number", "customer_changed_number", "user_changed_user_id")
    return System(
        kind=kind,
        body=words(news, "body"),
        phone=(name(news, "new_wa_id") or name(news, "wa_id")) if moved else None,
        previous_phone=(sender[0] or name(news, "customer")) if moved else None,
        user_id=name(news, "user_id") if moved else None,
        previous_user_id=(name(news, "previous_user_id") or sender[1]) if moved else None,
        identity=name(message, "identity", "hash") or name(news, "identity"),
    )


def _edit(message: Mapping[str, Any]) -> Content:
    new = get(message, "edit", "message")
    new = new if isinstance(new, Mapping) else {}
    kind = kind_of(new)
    text = words(new, "text", "body") if kind == "text" else words(new, kind, "caption")
    return Edit(name(message, "edit", "original_message_id"), text, new)


def _revoke(message: Mapping[str, Any]) -> Content:
    return Revoke(name(message, "revoke", "original_message_id"))


def _unsupported(message: Mapping[str, Any]) -> Content:
    error = next(iter(items(message.get("errors"))), None)
    return Unsupported(name(error, "code"), words(error, "title") or words(error, "message"))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Content]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    **{kind: partial(_media, kind=kind) for kind in MEDIA},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
    "unsupported": _unsupported,
    "edit": _edit,
    "revoke": _revoke,
}
# What a message without `type` may be told by, and what we know at all.
KINDS = tuple(_READERS)
