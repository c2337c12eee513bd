"""Webhooks as Meta writes them: the envelope, its escapes and its signature.

Sources: Meta's guides "Webhooks", "messages webhook reference" and "Business-scoped user IDs".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from simulator import limits
from simulator.chat import Message
from simulator.phones import Phone, digits
from simulator.settings import Settings

Json = dict[str, Any]


def sign(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256, over the bytes exactly as they are sent."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def encode(document: Json) -> bytes:
    """JSON with Meta's escapes: non-ASCII as \\uXXXX and the slash as \\/ (a slash only ever stands in strings)."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


class WebhookBodies:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._display = digits(settings.display_phone_number)

    def inbound(self, phone: Phone, wamid: str, payload: Json, at: datetime) -> bytes:
        """A patient's message. Whoever hides the number is known by the business-scoped id alone."""
        sender: Json = {} if phone.hides_number else {"from": phone.wa_id}
        if phone.user_id:
            sender["from_user_id"] = phone.user_id
        context = payload.get("context")
        if context and "id" in context:
            payload = {**payload, "context": {"from": self._display, **context}}
        message = {**sender, "id": wamid, "timestamp": seconds(at), **payload}
        if phone.identity_key:
            message["identity"] = {
                "acknowledged": True,
                "created_timestamp": seconds(at),
                "hash": phone.identity_key,
            }
        return self._envelope({"contacts": [_contact(phone)], "messages": [message]})

    def status(self, phone: Phone, message: Message, status: str, at: datetime, window_from: datetime) -> bytes:
        addressee = {"recipient_user_id": phone.user_id} if message.to_user_id else {"recipient_id": phone.wa_id}
        body: Json = {"id": message.wamid, "status": status, "timestamp": seconds(at), **addressee}
        if message.callback_data is not None:
            body["biz_opaque_callback_data"] = message.callback_data
        if status in ("sent", "delivered"):
            category = str(message.payload.get("template", {}).get("category", "service")).lower()
            body["conversation"] = _conversation(phone, window_from, category, with_end=status == "sent")
            body["pricing"] = {
                "billable": True,
                "pricing_model": "PMP",
                "type": "regular",
                "category": category,
            }
        return self._envelope({"contacts": [_contact(phone)], "statuses": [body]})

    def failed(self, wamid: str, addressee: Json, error: Json, callback_data: str | None, at: datetime) -> bytes:
        """A refusal that comes after the 200; such a status names no contact."""
        body: Json = {
            "id": wamid,
            "status": "failed",
            "timestamp": seconds(at),
            **addressee,
            "errors": [error],
        }
        if callback_data is not None:
            body["biz_opaque_callback_data"] = callback_data
        return self._envelope({"statuses": [body]})

    def account(self, field: str, value: Json, at: datetime) -> bytes:
        """What Meta tells about the account itself: a template was approved, a quality fell."""
        change = {"value": value, "field": field}
        entry = {"id": self._settings.business_account_id, "time": int(at.timestamp()), "changes": [change]}
        return encode({"object": "whatsapp_business_account", "entry": [entry]})

    def of_person(self, field: str, phone: Phone, content: Json) -> bytes:
        """News about one person that is no message."""
        return self._envelope({"contacts": [_contact(phone)], **content}, field)

    def _envelope(self, content: Json, field: str = "messages") -> bytes:
        metadata = {"display_phone_number": self._display, "phone_number_id": self._settings.phone_number_id}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **content}
        entry = {"id": self._settings.business_account_id, "changes": [{"value": value, "field": field}]}
        return encode({"object": "whatsapp_business_account", "entry": [entry]})


def _contact(phone: Phone) -> Json:
    contact: Json = {"profile": {"name": phone.name}}
    if phone.hides_number:
        contact["profile"]["username"] = "@" + "".join(phone.name.lower().split())
    else:
        contact["wa_id"] = phone.wa_id
    if phone.user_id:
        contact["user_id"] = phone.user_id
    return contact


def _conversation(phone: Phone, window_from: datetime, category: str, *, with_end: bool) -> Json:
    key = f"{phone.wa_id}:{seconds(window_from)}".encode()
    conversation: Json = {"id": hashlib.md5(key, usedforsecurity=False).hexdigest()}
    if with_end:
        conversation["expiration_timestamp"] = seconds(window_from + limits.CUSTOMER_SERVICE_WINDOW)
    conversation["origin"] = {"type": category}
    return conversation
