"""What a message can hold: one typed model for each kind. `connectors.whatsapp.content` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Union


@dataclass(frozen=True)
class Text:
    """Typed words."""

    body: str | None


@dataclass(frozen=True)
class Media:
    """A file. `channel_id` is what it is fetched by; `sha256` is Meta's, in base64; `voice`: recorded in the chat."""

    kind: str
    channel_id: str | None
    mime_type: str | None = None
    sha256: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool = False
    animated: bool = False


@dataclass(frozen=True)
class Location:
    """A place on the map; None for a coordinate that is none. A place chosen by name has `name` and `address`."""

    latitude: float | None
    longitude: float | None
    name: str | None = None
    address: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class SharedContact:
    """One card out of somebody's address book."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str | None = None


@dataclass(frozen=True)
class Contacts:
    """Cards out of somebody's address book."""

    people: tuple[SharedContact, ...]


@dataclass(frozen=True)
class Reaction:
    """An emoji on a bubble; `emoji` None: it was taken away again."""

    message_id: str | None
    emoji: str | None


@dataclass(frozen=True)
class Tap:
    """What was tapped: the id we gave it and the words on it. `button`: a template's quick reply."""

    id: str
    title: str
    kind: str = "button"


@dataclass(frozen=True)
class FlowReply:
    """A form inside WhatsApp was sent off; `response` is {} where its JSON cannot be read."""

    name: str | None
    body: str | None
    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CallPermission:
    """May the clinic call through WhatsApp? `response` is "accept" or "reject"."""

    response: str | None
    expires_at: datetime | None


@dataclass(frozen=True)
class OrderItem:
    """One line of an order."""

    product_id: str | None
    quantity: float | None
    price: float | None
    currency: str | None


@dataclass(frozen=True)
class Order:
    """A cart from a catalogue."""

    catalog_id: str | None
    items: tuple[OrderItem, ...]
    text: str | None = None


@dataclass(frozen=True)
class System:
    """News about the sender's account: another number, another user id, another device (`identity`: the new key)."""

    kind: str | None
    body: str | None = None
    phone: str | None = None
    previous_phone: str | None = None
    user_id: str | None = None
    previous_user_id: str | None = None
    identity: str | None = None


@dataclass(frozen=True)
class Edit:
    """An earlier message reads differently now. `text`: its words or caption; `message`: all of its new content."""

    message_id: str | None
    text: str | None
    message: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Revoke:
    """An earlier message was taken back."""

    message_id: str | None


@dataclass(frozen=True)
class Unsupported:
    """Something that WhatsApp itself does not hand on (a poll, a view-once photo), with its reason."""

    code: str | None
    title: str | None


@dataclass(frozen=True)
class Unknown:
    """A shape that nobody has described."""


@dataclass(frozen=True)
class Context:
    """What a message refers to: the bubble it answers, a product it asks about, or that it was forwarded."""

    message_id: str | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    catalog_id: str | None = None
    product_id: str | None = None


@dataclass(frozen=True)
class Referral:
    """The advertisement or post that somebody came from."""

    source_type: str | None
    source_id: str | None
    source_url: str | None
    headline: str | None
    body: str | None
    click_id: str | None


Content = Union[
    Text,
    Media,
    Location,
    Contacts,
    Reaction,
    Tap,
    FlowReply,
    CallPermission,
    Order,
    System,
    Edit,
    Revoke,
    Unsupported,
    Unknown,
]
