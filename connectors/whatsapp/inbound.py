"""Webhook bodies become typed objects; a shape nobody knows becomes a message of kind "unknown".

Meta: "Webhooks, messages object" (v25). One POST holds up to 1,000 updates over several entries and
changes. `from`, `wa_id`, `contacts` and even `type` can be missing; a timestamp is a string of seconds,
sometimes of milliseconds, sometimes a number.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from clinic import clock

# What a message without `type` may be told by, and what we know at all.
KINDS = (
    *("text", "interactive", "button", "image", "audio", "video", "document", "sticker", "location", "contacts"),
    *("reaction", "order", "system", "unsupported", "edit", "revoke"),
)
# Nothing to answer: a thumb on a bubble, a changed number, a message taken back, a chat of many.
SILENT = ("reaction", "system", "edit", "revoke", "group")
# Statuses of a message; "read" of a voice note is "played".
_STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
# 131047: more than 24 hours since the patient's last message. The message may go out later, as a template.
_PARKED_CODES = ("131047",)
_MILLISECONDS = 100_000_000_000
_TAP = re.compile(r"/[a-z_]+(\{.*\})?", re.DOTALL)


@dataclass(frozen=True)
class Tap:
    """A button or a list row that was chosen: the id we gave it, and the words on it."""

    id: str
    title: str


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


@dataclass(frozen=True)
class InboundStatus:
    """What became of one of our messages. `opaque` is the outbox's own mark, echoed."""

    status: str
    at: datetime
    wamid: str | None
    opaque: str | None
    code: str | None = None
    detail: str | None = None


@dataclass
class Batch:
    """Everything one POST brought; `others` counts what is not used (yet) by its field or status."""

    messages: list[InboundMessage] = field(default_factory=list)
    statuses: list[InboundStatus] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)

    def skip(self, name: object) -> None:
        """Count something that is not used."""
        # A name from outside goes into the log: letters only, and few of them.
        key = re.sub(r"[^A-Za-z_]", "", str(name))[:40] or "?"
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
    """All messages and statuses of a webhook body, whatever its shape; never raises."""
    batch = Batch()
    for change in _each(entry.get("changes") for entry in _dicts(_get(document, "entry"))):
        value = change.get("value")
        if not isinstance(value, Mapping) or change.get("field", "messages") != "messages":
            batch.skip(change.get("field"))
            continue
        contacts = list(_dicts(value.get("contacts")))
        for message in _list(value.get("messages")):
            batch.messages.append(_message(message, contacts))
        for status in _dicts(value.get("statuses")):
            read = _status(status)
            if read is None:
                batch.skip(status.get("status"))
            else:
                batch.statuses.append(read)
        if not value.get("messages") and not value.get("statuses"):
            batch.skip("empty")
    return batch


def tap_of(payload: Any) -> Tap | None:
    """What was tapped: a reply button, a list row, or a template's quick reply; None when nothing was."""
    interactive = _get(payload, "interactive")
    for reply in (_get(interactive, "button_reply"), _get(interactive, "list_reply")):
        if isinstance(reply, Mapping):
            return Tap(str(reply.get("id") or ""), str(reply.get("title") or ""))
    button = _get(payload, "button")
    if isinstance(button, Mapping):
        return Tap(str(button.get("payload") or ""), str(button.get("text") or ""))
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


def _message(message: Any, contacts: list[Mapping[str, Any]]) -> InboundMessage:
    if not isinstance(message, Mapping):
        message = {"unknown": message}
    phone, user_id = _sender(message, contacts)
    kind = _kind(message)
    return InboundMessage(
        wamid=_identity(message),
        kind=kind,
        phone=phone,
        user_id=user_id,
        sent_at=_instant(message.get("timestamp")),
        text=_words(message, kind),
        payload=message,
    )


def _kind(message: Mapping[str, Any]) -> str:
    if message.get("group_id"):
        return "group"
    kind = message.get("type")
    if kind is None:
        kind = next((name for name in KINDS if name in message), None)
    return kind if isinstance(kind, str) and kind in KINDS else "unknown"


def _words(message: Mapping[str, Any], kind: str) -> str | None:
    if kind == "text":
        body = _get(message.get("text"), "body")
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
    name = status.get("status")
    if not isinstance(name, str) or name not in _STATUSES or status.get("type") not in (None, "message"):
        return None
    error = next(_dicts(status.get("errors")), None)
    code = str(error.get("code")) if error else None
    known = _STATUSES[name]
    opaque = status.get("biz_opaque_callback_data")
    wamid = status.get("id")
    return InboundStatus(
        status="parked" if known == "failed" and code in _PARKED_CODES else known,
        at=_instant(status.get("timestamp")),
        wamid=wamid if isinstance(wamid, str) else None,
        opaque=opaque if isinstance(opaque, str) else None,
        code=code,
        detail=error_words(error) if error else None,
    )


def error_words(error: Mapping[str, Any]) -> str:
    """Title and details of one of Meta's errors, in one line."""
    details = _get(error.get("error_data"), "details")
    parts = [error.get("message") or error.get("title"), details]
    return ": ".join(dict.fromkeys(str(part) for part in parts if part))[:500]


def _instant(value: Any) -> datetime:
    try:
        seconds = float(value)
        if not math.isfinite(seconds):
            raise ValueError
        return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return clock.now()


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> Any:
    return (item for item in _list(value) if isinstance(item, Mapping))


def _each(lists: Iterable[Any]) -> Any:
    return (item for several in lists for item in _dicts(several))
