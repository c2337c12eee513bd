"""What a webhook brings besides messages: kept in `channel_events`, and acted on where something follows from it.

Kept whole is only what is about the account and its templates. Everything else (echoes of what the clinic's phone
wrote, calls, groups, people's preferences, shapes that nobody has described) may hold names, numbers and words of
patients. Nobody would ever delete those from here, so of them only kinds, ids, codes and times are kept.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from clinic import channel_events, clock, contacts, identity
from connectors.whatsapp import template_news
from connectors.whatsapp.inbound import ERRORS, News
from connectors.whatsapp.shapes import dicts, get, instant, name, words

logger = logging.getLogger(__name__)

# About the business, its numbers and its templates, never about a person who writes.
ABOUT_THE_ACCOUNT = (
    *("account_alerts", "account_review_update", "account_settings_update", "account_update"),
    *("business_capability_update", "business_status_update", "business_username_updates"),
    *("phone_number_name_update", "phone_number_quality_update", "security", ERRORS),
    *template_news.FIELDS,
)
# What may be kept of anything else. No value under these names is anybody's name, number or words.
_HARMLESS = (
    *("type", "event", "status", "code", "direction", "timestamp", "start_time", "end_time", "duration", "group_id"),
    *("statuses", "messages", "message_echoes", "calls", "errors", "groups", "user_preferences", "user_id_update"),
)
_ABOUT_A_FIELD: Mapping[str, tuple[str, ...]] = {"user_preferences": ("category", "value")}
_CODE = re.compile(r"[A-Za-z0-9_.:=+/-]{1,255}")
_DEEPEST = 6
_MOST = 50


def take(session: Session, news: Iterable[News]) -> None:
    """Keep each piece of news; the first time, do what follows from it."""
    for piece in news:
        act = _ACTIONS.get(piece.field, _log)
        if channel_events.record(session, piece.field, _report(session, piece)) or act is _log:
            act(session, piece)


def _report(session: Session, piece: News) -> dict[str, Any]:
    kept = piece.value if piece.field in ABOUT_THE_ACCOUNT else _harmless(piece.value, piece.field)
    report = {"at": piece.at.isoformat() if piece.at else None, "account": piece.account, "value": kept}
    if piece.field in _PEOPLE:
        # Whose it is, in our own number instead of theirs.
        report["contacts"] = [_who(session, entry) for entry in _entries(piece)]
    return report


def _harmless(value: Any, of: str, depth: int = 0) -> Any:
    """Kinds, codes and times: the shape, but nothing that anybody said or is called. None for what is left out."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_harmless(item, of, depth + 1) for item in value[:_MOST]]
    if isinstance(value, Mapping):
        names = (*_HARMLESS, *_ABOUT_A_FIELD.get(of, ()))
        kept = {key: _harmless(item, of, depth + 1) for key, item in value.items() if key in names}
        if words(value, "id"):
            # Which one it was can be checked, but not read: a message's id holds the number of who wrote it.
            kept["id_sha256"] = sha256(value["id"].encode("utf-8", "surrogatepass")).hexdigest()[:24]
        return {key: item for key, item in kept.items() if item is not None}
    if isinstance(value, str):
        return value if depth and _CODE.fullmatch(value) else None
    return value if depth and isinstance(value, (bool, int, float)) else None


def _log(session: Session, piece: News) -> None:
    """Account trouble is for a person to see; the rest is counted already."""
    if piece.field in ABOUT_THE_ACCOUNT:
        error = next(dicts(get(piece.value, "errors")), None)
        what = name(piece.value, "event") or name(error, "code") or name(piece.value, "alert_type") or "see channel_events"
        logger.warning("WhatsApp reports about the account: %s (%s)", piece.field, what[:80])


def _entries(piece: News) -> list[Mapping[str, Any]]:
    """The people that a piece of news is about: a list under the field's own name, or one there, or the value itself."""
    inside = get(piece.value, piece.field)
    found = inside if isinstance(inside, (list, Mapping)) else piece.value
    return list(dicts(found if isinstance(found, list) else [found]))


def _who(session: Session, entry: Mapping[str, Any]) -> int | None:
    return contacts.find(session, phone=name(entry, "wa_id"), user_id=_previous(entry))


def _previous(entry: Mapping[str, Any]) -> str | None:
    return (
        name(entry, "user_id", "previous")
        or name(entry, "previous_user_id")
        or name(entry, "previous")
        or name(entry, "user_id")
    )


def _preferences(session: Session, piece: News) -> None:
    for entry in _entries(piece):
        contact_id, wanted = _who(session, entry), words(entry, "value")
        if contact_id is not None and wanted in ("stop", "resume", "signup") and entry.get("category") in (None, MARKETING):
            at = instant(entry.get("timestamp")) or piece.at or clock.now()
            identity.marketing_preferred(session, contact_id, wanted != "stop", at)


def _user_ids(session: Session, piece: News) -> None:
    """Meta says this as a system message now; the field was announced first, and some still get it."""
    for entry in _entries(piece):
        contact_id = _who(session, entry)
        new = name(entry, "user_id", "current") or name(entry, "current") or name(entry, "user_id")
        if contact_id is not None and new:
            identity.moved(session, contact_id, user_id=new)


_PEOPLE = ("user_preferences", "user_id_update")
MARKETING = "marketing_messages"
_ACTIONS: Mapping[str, Callable[[Session, News], None]] = {
    "user_preferences": _preferences,
    "user_id_update": _user_ids,
    **dict.fromkeys(template_news.FIELDS, template_news.take),
}
