"""What Meta reports about templates, written into the table `templates`: reviewed, paused, in another category, rated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import channel_events, clock
from clinic.models import Template
from connectors.whatsapp.inbound import News
from connectors.whatsapp.shapes import dicts, get, name, words

logger = logging.getLogger(__name__)

STATUS = "message_template_status_update"
CATEGORY = "template_category_update"
QUALITY = "message_template_quality_update"
COMPONENTS = "message_template_components_update"
FIELDS = (STATUS, CATEGORY, QUALITY, COMPONENTS)
# Events that are no status themselves. A flagged template may be disabled soon, and still goes out.
_MEANING: Mapping[str, str | None] = {
    "FLAGGED": None,
    "REINSTATED": "APPROVED",
    "UNPAUSED": "APPROVED",
    "UNARCHIVED": "APPROVED",
}
# Not known: a template is only sent in the category it was written for.
_NO_CATEGORY = "UNKNOWN"


def take(session: Session, piece: News) -> None:
    """Write it into the template's row, unless something later of the same kind is there already."""
    value = piece.value
    called, language = words(value, "message_template_name"), words(value, "message_template_language")
    if not called or not language or len(called) > 512 or len(language) > 16:
        logger.warning("a %s names no template", piece.field)
        return
    if _is_late(session, piece):
        return
    row = _row(session, called, language)
    if row is None:
        if piece.field != STATUS:
            # Its next status, or a comparison with the account, brings all of it.
            return
        row = Template(name=called, language=language, category=_NO_CATEGORY, status=_NO_CATEGORY)
        session.add(row)
    row.channel_id = name(value, "message_template_id") or row.channel_id
    _WRITERS[piece.field](row, value)
    row.updated_at = clock.now()
    session.flush()


def _row(session: Session, called: str, language: str) -> Template | None:
    wanted = select(Template).where(Template.name == called, Template.language == language).with_for_update()
    row: Template | None = session.execute(wanted).scalar_one_or_none()
    return row


def _is_late(session: Session, piece: News) -> bool:
    """Has something later been reported? Webhooks come in any order, and a pause must not look like an approval."""
    if piece.at is None:
        return False
    keys = ("message_template_name", "message_template_language")
    mine = [get(piece.value, key) for key in keys]
    for event in channel_events.newest(session, piece.field):
        at = _at(event.payload)
        if at is not None and at > piece.at and [get(event.payload, "value", key) for key in keys] == mine:
            return True
    return False


def _at(payload: Any) -> datetime | None:
    written = words(payload, "at")
    return datetime.fromisoformat(written) if written else None


def _status(row: Template, value: Mapping[str, Any]) -> None:
    event = (words(value, "event") or row.status)[:32].upper()
    row.status = _MEANING.get(event, event) or row.status
    category = words(value, "message_template_category")
    if category:
        row.category = category[:32].upper()
    told = words(value, "rejection_info", "reason") or words(value, "other_info", "title") or words(value, "reason")
    row.reason = None if told in (None, "NONE") else told
    if event not in ("APPROVED", "PENDING"):
        logger.warning("WhatsApp reports %s for the template %s (%s)", event, row.name, row.language)


def _category(row: Template, value: Mapping[str, Any]) -> None:
    new = words(value, "new_category")
    # Without `new_category` it is an announcement: the category changes later, and that is reported again.
    if new:
        row.category = new[:32].upper()


def _quality(row: Template, value: Mapping[str, Any]) -> None:
    row.quality = (words(value, "new_quality_score") or row.quality or "UNKNOWN")[:16].upper()


def _components(row: Template, value: Mapping[str, Any]) -> None:
    """As the account lists them, so that both can be compared with the repository's."""
    title, body, footer = (words(value, f"message_template_{part}") for part in ("title", "element", "footer"))
    found: list[dict[str, Any]] = []
    if title:
        found.append({"type": "HEADER", "format": "TEXT", "text": title})
    if body:
        found.append({"type": "BODY", "text": body})
    if footer:
        found.append({"type": "FOOTER", "text": footer})
    buttons = [_button(button) for button in dicts(get(value, "message_template_buttons"))]
    if buttons:
        found.append({"type": "BUTTONS", "buttons": buttons})
    if found:
        row.components = found


def _button(button: Mapping[str, Any]) -> dict[str, Any]:
    parts = ("type", "text", "url", "phone_number")
    return {part: told for part in parts if (told := words(button, f"message_template_button_{part}"))}


_WRITERS: Mapping[str, Callable[[Template, Mapping[str, Any]], None]] = {
    STATUS: _status,
    CATEGORY: _category,
    QUALITY: _quality,
    COMPONENTS: _components,
}
