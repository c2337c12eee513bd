"""What is around a message: to whom, in answer to what, and our own mark; and the read receipt, which has no message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.whatsapp.outbound.limits import OPAQUE, fits
from connectors.whatsapp.outbound.plain import Content

_PRODUCT = {"messaging_product": "whatsapp"}


def request(
    content: Content,
    to: Mapping[str, str | None],
    *,
    opaque: str | None = None,
    reply_to: str | None = None,
    identity_key: str | None = None,
    recipient_type: str | None = "individual",
) -> dict[str, Any]:
    """The body of POST /messages. `to` is an address of `clinic.contacts`: the phone, or else the user id.

    `opaque` comes back with every status. With `identity_key` WhatsApp delivers only while the person behind the
    number is still the one whom we know (137000 otherwise).
    """
    body: dict[str, Any] = dict(_PRODUCT)
    if recipient_type is not None:
        body["recipient_type"] = recipient_type
    body.update(_recipient(to))
    if identity_key:
        body["recipient_identity_key_hash"] = identity_key
    if reply_to:
        body["context"] = {"message_id": reply_to}
    body.update(content)
    if opaque is not None:
        body["biz_opaque_callback_data"] = fits("biz_opaque_callback_data", opaque, OPAQUE)
    return body


def read(message_id: str, *, typing: bool = True) -> dict[str, Any]:
    """Blue ticks for this message and all before it and, until the answer or 25 s, the typing indicator."""
    body: dict[str, Any] = {**_PRODUCT, "status": "read", "message_id": message_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    return body


def _recipient(to: Mapping[str, str | None]) -> dict[str, str]:
    """The phone goes first: WhatsApp takes it when it has both, and some messages allow nothing else (131062)."""
    if to.get("phone"):
        # Without the "+" Meta puts the country of the clinic's own number before it.
        return {"to": "+" + str(to["phone"]).lstrip("+")}
    if to.get("user_id"):
        return {"recipient": str(to["user_id"])}
    raise ValueError("the contact has neither phone nor user id")
