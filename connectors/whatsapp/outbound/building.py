"""Neutral messages become WhatsApp's JSON: which of the builders a message needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clinic.messaging import Choice, Media, Message
from connectors.whatsapp import pages
from connectors.whatsapp.outbound import envelope, interactive, limits, media, plain, template
from connectors.whatsapp.outbound.interactive import Button, Header, Picture, Row, Section
from connectors.whatsapp.outbound.limits import LimitError
from connectors.whatsapp.outbound.media import File
from connectors.whatsapp.outbound.plain import Content

# Understood everywhere, for a list that came without a label.
DEFAULT_LABEL = "☰"


def build(
    message: Message,
    *,
    to: Mapping[str, str | None],
    opaque: str | None = None,
    identity_key: str | None = None,
) -> dict[str, Any]:
    """The whole request body; LimitError or ValueError names the field that WhatsApp would refuse.

    `to` is an address of `clinic.contacts`, `identity_key` the contact's.
    """
    reply_to = message.get("reply_to")
    return envelope.request(content(message), to, opaque=opaque, reply_to=reply_to, identity_key=identity_key)


def content(message: Message) -> Content:
    """`type` and its object; LimitError names the field that does not fit."""
    for kind, builder in _BUILDERS.items():
        if kind in message:
            return builder(message)
    return plain.text(message.get("text", ""), preview=bool(message.get("preview")))


def fits_buttons(choices: Sequence[Choice]) -> bool:
    """Can these be reply buttons with nothing left out? Otherwise they become a list."""
    return len(choices) <= limits.BUTTONS and all(
        len(choice["title"]) <= limits.BUTTON_TITLE and not choice.get("description") and not choice.get("section")
        for choice in choices
    )


def _choices(message: Message) -> Content:
    # The last page keeps the look of the others, also with so few rows that they could be buttons.
    is_list = len(message["choices"]) > limits.ROWS or not fits_buttons(message["choices"])
    message = pages.shown(message, limits.ROWS)
    choices = message["choices"]
    text, header, footer = message.get("text", ""), _header(message), message.get("footer")
    if not choices:
        return plain.text(text)
    if not is_list:
        buttons = [Button(choice["id"], choice["title"]) for choice in choices]
        return interactive.reply_buttons(text, buttons, header=header, footer=footer)
    if isinstance(header, Picture):
        raise ValueError("interactive.header: a list has words above it, no picture")
    label = message.get("choices_label") or DEFAULT_LABEL
    return interactive.list_of(text, label, _sections(choices), header=header, footer=footer)


def _sections(choices: Sequence[Choice]) -> list[Section]:
    grouped: dict[str, list[Row]] = {}
    for choice in choices:
        row = Row(choice["id"], choice["title"], choice.get("description"))
        grouped.setdefault(choice.get("section") or "", []).append(row)
    return [Section(rows, title or None) for title, rows in grouped.items()]


def _link(message: Message) -> Content:
    link, header = message["link"], _header(message)
    text = message.get("text", "")
    return interactive.cta_url(text, link["title"], link["url"], header=header, footer=message.get("footer"))


def _ask(message: Message) -> Content:
    asks = {"location": interactive.location_request, "contact": interactive.contact_request}
    if message.get("header") or message.get("footer"):
        raise ValueError("interactive: a request for a place or a number has neither header nor footer")
    return asks[message["ask"]](message.get("text", ""))


def _media(message: Message) -> Content:
    medium = message["media"]
    kind, caption, file = medium["kind"], medium.get("caption"), _file(medium)
    if kind == "document":
        return media.document(file, caption, medium.get("filename"))
    if kind in ("image", "video"):
        return (media.image if kind == "image" else media.video)(file, caption)
    if caption:
        raise LimitError(f"{kind}.caption", 0, len(caption))
    return (media.audio if kind == "audio" else media.sticker)(file)


def _location(message: Message) -> Content:
    place = message["location"]
    return plain.location(place["latitude"], place["longitude"], place.get("name"), place.get("address"))


def _people(message: Message) -> Content:
    cards = []
    for person in message["people"]:
        first, _, last = person["name"].partition(" ")
        cards.append(
            plain.Card(
                plain.Name(person["name"], first_name=first, last_name=last),
                phones=[plain.Phone(phone) for phone in person.get("phones") or []],
                emails=[plain.Email(email) for email in person.get("emails") or []],
                org=plain.Organisation(person["organisation"]) if person.get("organisation") else None,
            )
        )
    return plain.contacts(cards)


def _reaction(message: Message) -> Content:
    return plain.reaction(message["reaction"]["message_id"], message["reaction"].get("emoji"))


def _template(message: Message) -> Content:
    named = message["template"]
    gaps = named.get("parameters") or {}
    header, body = gaps.get("header"), gaps.get("body") or ()
    return template.template(
        named["name"],
        named["language"],
        header=None if header is None else _header_value(header),
        body={key: _value(one) for key, one in body.items()}
        if isinstance(body, Mapping)
        else [_value(one) for one in body],
        buttons=[_button(button) for button in gaps.get("buttons") or ()],
    )


def _header_value(value: Any) -> template.HeaderValue:
    if isinstance(value, Mapping) and "media" in value:
        return _picture(value["media"])
    if isinstance(value, Mapping) and "location" in value:
        place = value["location"]
        return template.Place(place["latitude"], place["longitude"], place.get("name", ""), place.get("address", ""))
    return _value(value)


def _value(value: Any) -> template.Value:
    if not isinstance(value, Mapping):
        return str(value)
    if "currency" in value:
        amount = value["currency"]
        return template.Currency(amount["fallback"], amount["code"], amount["amount_1000"])
    if "date_time" in value:
        return template.DateTime(value["date_time"]["fallback"])
    if "text" in value:
        return str(value["text"])
    raise ValueError(f"template.body: {', '.join(value)} can only stand in the header")


def _button(button: Mapping[str, str] | None) -> template.TemplateButton | None:
    if button is None:
        return None
    return template.QuickReply(button["payload"]) if "payload" in button else template.UrlEnd(button["url"])


def _header(message: Message) -> Header | None:
    header = message.get("header")
    return header if header is None or isinstance(header, str) else _picture(header)


def _picture(medium: Media) -> Picture:
    return Picture(medium["kind"], _file(medium), medium.get("filename"))


def _file(medium: Media) -> File:
    return File(id=medium.get("id"), link=medium.get("link"))


_BUILDERS: Mapping[str, Callable[[Message], Content]] = {
    "media": _media,
    "location": _location,
    "people": _people,
    "reaction": _reaction,
    "template": _template,
    "choices": _choices,
    "link": _link,
    "ask": _ask,
}
