"""Webhook bodies become typed objects; a shape nobody knows becomes a message of kind "unknown".

Meta: "Webhooks, messages object" (v25). One POST holds up to 1,000 updates over several entries and
changes. `from`, `wa_id`, `contacts` and even `type` can be missing; a timestamp is a string of seconds,
sometimes of milliseconds, sometimes a number.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clinic import clock
from connectors.whatsapp.content import KINDS, Content, Tap, content_of, kind_of
from connectors.whatsapp.shapes import dicts, get, instant, items, name, words

__all__ = ["KINDS", "SILENT", "Batch", "InboundMessage", "InboundStatus", "News", "Tap", "is_command", "parse", "tap_of"]

# Nothing to answer: a thumb on a bubble, a changed number, a message taken back, a chat of many.
SILENT = ("reaction", "system", "edit", "revoke", "deleted", "group")
# Statuses of a message; "read" of a voice note is "played". "deleted": a patient took their own message back.
_STATUSES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
    "deleted": "deleted",
}
# 131047: more than 24 hours since the patient's last message. The message may go out later, as a template.
_PARKED_CODES = ("131047",)
# What news are filed under besides the names of webhook fields.
MESSAGES = "messages"
STATUSES = "messages.statuses"
ERRORS = "messages.errors"
UNKNOWN = "?"
_TAP = re.compile(r"/[a-z_]+(\{.*\})?", re.DOTALL)


@dataclass(frozen=True)
class InboundMessage:
    """One message. `text` is what was typed, or the title that was tapped; None for other kinds."""

    wamid: str
    kind: str
    phone: str | None
    user_id: str | None
    sent_at: datetime
    text: str | None
    payload: Mapping[str, Any]
    content: Content


@dataclass(frozen=True)
class InboundStatus:
    """What became of a message, nearly always one of ours. `opaque` is the outbox's own mark, echoed.

    `phone` and `user_id` are those of the person in the conversation.
    """

    status: str
    at: datetime
    wamid: str | None
    opaque: str | None
    code: str | None = None
    detail: str | None = None
    price_category: str | None = None
    price_model: str | None = None
    billable: bool | None = None
    phone: str | None = None
    user_id: str | None = None


@dataclass(frozen=True)
class News:
    """Something that is no message and no status of one: about the account, a template, a person, or unheard of.

    `at` is None where it brings no time of its own.
    """

    field: str
    value: Any
    at: datetime | None
    account: str | None = None


@dataclass
class Batch:
    """Everything one POST brought; `others` counts by field or status what is neither message nor status."""

    messages: list[InboundMessage] = field(default_factory=list)
    statuses: list[InboundStatus] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)

    def tell(self, news: News, called: str | None = None) -> None:
        """Add a piece of news, and count it under its field or what it is called."""
        # A name from outside goes into the log: letters only, and few of them.
        key = re.sub(r"[^A-Za-z_]", "", called or news.field)[:40] or UNKNOWN
        self.news.append(news)
        self.others[key] = self.others.get(key, 0) + 1


def read_json(body: bytes) -> Any:
    """The body as plain data that any database takes; ValueError when it is no JSON."""
    try:
        # NaN and Infinity are no JSON, though Python reads them.
        return _clean(json.loads(body, parse_constant=lambda _: None))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _clean(value: Any) -> Any:
    """No NULs, which PostgreSQL refuses, and no half surrogate pairs, which nobody can encode."""
    if isinstance(value, str):
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def parse(document: Any) -> Batch:
    """All messages, statuses and news of a webhook body, whatever its shape; never raises."""
    batch = Batch()
    for entry, change in _changes(document):
        field_name = change.get("field", MESSAGES)
        value = change.get("value")
        if field_name == MESSAGES and isinstance(value, Mapping):
            _read_messages(batch, value)
        else:
            at = instant(get(value, "timestamp")) or instant(entry.get("time"))
            batch.tell(News(str(field_name), value, at, name(entry, "id")))
    return batch


def _changes(document: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every change with the entry it is in; what should hold changes and does not counts as one of a field "?"."""
    entries = get(document, "entry")
    for entry in items(entries) if isinstance(entries, list) else [document]:
        changes = get(entry, "changes")
        for change in changes if isinstance(changes, list) else [entry]:
            there = isinstance(entry, Mapping)
            whole = isinstance(change, Mapping) and isinstance(changes, list)
            yield entry if there else {}, change if whole else {"field": UNKNOWN, "value": change}


def _read_messages(batch: Batch, value: Mapping[str, Any]) -> None:
    contacts = list(dicts(value.get("contacts")))
    errors = list(dicts(value.get("errors")))
    for message in items(value.get("messages")):
        batch.messages.append(_message(message, contacts, errors))
    for status in items(value.get("statuses")):
        read = _status(status) if isinstance(status, Mapping) else None
        if read is not None:
            batch.statuses.append(read)
        else:
            # Of a payment or a call, say: those report here as well.
            called = words(status, "status") or UNKNOWN
            batch.tell(News(STATUSES, status, instant(get(status, "timestamp"))), called)
    if errors and not value.get("messages"):
        batch.tell(News(ERRORS, {"errors": errors}, None))
    elif not value.get("messages") and not value.get("statuses"):
        batch.tell(News(MESSAGES, value, None), "empty")


def tap_of(payload: Any) -> Tap | None:
    """What was tapped: a reply button, a list row, or a template's quick reply; None when nothing was."""
    for kind in ("interactive", "button"):
        if get(payload, kind) is not None:
            found = content_of(payload, kind)
            if isinstance(found, Tap):
                return found
    return None


def is_command(text: str) -> bool:
    """Is this one of our own tap ids, `/intent` or `/intent{"slot": "value"}`?"""
    matched = _TAP.fullmatch(text)
    if not matched:
        return False
    try:
        return isinstance(json.loads(matched.group(1) or "{}"), dict)
    except ValueError:
        return False


def _message(message: Any, contacts: list[Mapping[str, Any]], errors: list[Mapping[str, Any]]) -> InboundMessage:
    if not isinstance(message, Mapping):
        message = {"unknown": message}
    if errors and "errors" not in message:
        # Told beside the message, but it is the message that they are about.
        message = {**message, "errors": errors}
    phone, user_id = _sender(message, contacts)
    kind = "group" if message.get("group_id") else kind_of(message)
    return InboundMessage(
        wamid=_identity(message),
        kind=kind,
        phone=phone,
        user_id=user_id,
        sent_at=instant(message.get("timestamp")) or clock.now(),
        text=words_of(message, kind),
        payload=message,
        content=content_of(message, kind),
    )


def words_of(message: Mapping[str, Any], kind: str) -> str | None:
    """What was typed, or the title that was tapped; None for other kinds."""
    if kind == "text":
        body = get(message, "text", "body")
        return body if isinstance(body, str) else None
    tap = tap_of(message) if kind in ("interactive", "button") else None
    return tap.title if tap else None


def _sender(message: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> tuple[str | None, str | None]:
    """Phone and business-scoped user id, from the message, completed from its `contacts` entry."""
    phone = _address(message.get("from"))
    user_id = _address(message.get("from_user_id"))
    for contact in contacts:
        wa_id, contact_user_id = _address(contact.get("wa_id")), _address(contact.get("user_id"))
        is_theirs = (phone and wa_id == phone) or (user_id and contact_user_id == user_id)
        # A message without any sender is its only contact's.
        if is_theirs or (not phone and not user_id and len(contacts) == 1):
            return phone or wa_id, user_id or contact_user_id
    return phone, user_id


def _address(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    return text if 0 < len(text) <= 128 else None


def _identity(message: Mapping[str, Any]) -> str:
    """The message's id; a fingerprint of all of it where it has none, so that a repeat is still known."""
    wamid = message.get("id")
    if isinstance(wamid, str) and 0 < len(wamid) <= 255:
        return wamid
    canonical = json.dumps(message, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def _status(status: Mapping[str, Any]) -> InboundStatus | None:
    # Payments and calls report through `statuses` too; those carry a `type`.
    called = status.get("status")
    if not isinstance(called, str) or called not in _STATUSES or status.get("type") not in (None, "message"):
        return None
    error = next(dicts(status.get("errors")), None)
    code = name(error, "code")
    known = _STATUSES[called]
    billable = get(status, "pricing", "billable")
    return InboundStatus(
        status="parked" if known == "failed" and code in _PARKED_CODES else known,
        at=instant(status.get("timestamp")) or clock.now(),
        wamid=words(status, "id"),
        opaque=words(status, "biz_opaque_callback_data"),
        code=code,
        detail=error_words(error) if error else None,
        # Cut to what the columns hold: Meta's own words are shorter.
        price_category=(words(status, "pricing", "category") or "")[:32] or None,
        price_model=(words(status, "pricing", "pricing_model") or "")[:16] or None,
        billable=billable if isinstance(billable, bool) else None,
        phone=words(status, "recipient_id"),
        user_id=words(status, "recipient_user_id"),
    )


def error_words(error: Mapping[str, Any]) -> str:
    """Title and details of one of Meta's errors, in one line."""
    details = get(error, "error_data", "details") or error.get("details")
    parts = [error.get("message") or error.get("title"), details]
    return ": ".join(dict.fromkeys(str(part) for part in parts if part))[:500]
