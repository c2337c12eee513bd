"""Text, place, visiting cards, reaction: messages without buttons or files. Each function builds `type` and its object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from connectors.whatsapp.outbound.limits import PEOPLE, TEXT, count, fits, web

Content = dict[str, Any]


def text(body: str, *, preview: bool = False) -> Content:
    """Words; `preview` shows a picture of the first page that they link to."""
    return {"type": "text", "text": {"body": fits("text.body", body, TEXT), "preview_url": preview}}


def location(latitude: float, longitude: float, name: str | None = None, address: str | None = None) -> Content:
    """A pin on the map."""
    for field, degrees, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        # Also refuses what is not a number, which JSON could not carry.
        if not -most <= degrees <= most:
            raise ValueError(f"location.{field}: {degrees} is not between -{most} and {most}")
    pin = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return {"type": "location", "location": {key: value for key, value in pin.items() if value not in (None, "")}}


def reaction(message_id: str, emoji: str | None) -> Content:
    """A small picture on a message of the last 30 days; None takes it away."""
    if not message_id:
        raise ValueError("reaction.message_id: it is empty")
    return {"type": "reaction", "reaction": {"message_id": message_id, "emoji": emoji or ""}}


@dataclass(frozen=True)
class Name:
    """`formatted_name` is what the phone shows; WhatsApp wants one of the others besides."""

    formatted_name: str
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None


@dataclass(frozen=True)
class Phone:
    """`wa_id` puts a "message" button on the card."""

    phone: str
    type: str | None = None
    wa_id: str | None = None


@dataclass(frozen=True)
class Email:
    """`type`: HOME or WORK."""

    email: str
    type: str | None = None


@dataclass(frozen=True)
class Url:
    """`type`: HOME or WORK."""

    url: str
    type: str | None = None


@dataclass(frozen=True)
class Address:
    """`country_code` has two letters; `type`: HOME or WORK."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    type: str | None = None


@dataclass(frozen=True)
class Organisation:
    """Where somebody works."""

    company: str | None = None
    department: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Card:
    """A visiting card. `birthday` is YYYY-MM-DD."""

    name: Name
    phones: Sequence[Phone] = ()
    emails: Sequence[Email] = ()
    urls: Sequence[Url] = ()
    addresses: Sequence[Address] = ()
    org: Organisation | None = None
    birthday: str | None = None


def contacts(cards: Sequence[Card]) -> Content:
    """Visiting cards."""
    count("contacts", len(cards), PEOPLE, "contacts")
    for number, card in enumerate(cards):
        where = f"contacts[{number}]"
        if not card.name.formatted_name.strip():
            raise ValueError(f"{where}.name.formatted_name: it is empty")
        if not any(_filled(card.name).keys() - {"formatted_name"}):
            raise ValueError(f"{where}.name: at least one other part of the name has to be there")
        for place, url in enumerate(card.urls):
            web(f"{where}.urls[{place}].url", url.url)
    return {"type": "contacts", "contacts": [_filled(card) for card in cards]}


def _filled(thing: Any) -> dict[str, Any]:
    """A dataclass as JSON, without what was left empty."""
    filled = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, (list, tuple)):
            value = [_filled(one) for one in value]
        elif value is not None and not isinstance(value, str):
            value = _filled(value)
        if value:
            filled[field.name] = value
    return filled
