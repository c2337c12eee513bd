"""What keeps messages from patients, for staff: a stopped channel, messages that did not arrive, contacts held back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict, List, Optional

from sqlalchemy.orm import Session

from clinic import channel_state, clock, contacts, database, flood, formats, messaging
from clinic.messaging import undelivered, window
from clinic.models import Contact, Outbox

LONGEST_WORDS = 160


def stopped(language: str) -> Optional[Dict[str, Any]]:
    """Since when nothing leaves, why, and what to do; None while all is well."""
    with database.read() as session:
        found = channel_state.stopped(session)
        if found is None:
            return None
        code = str(found.details.get("code", "?"))
        return {
            "since": _moment(found.at, language),
            "code": code,
            "advice": channel_state.advice(code),
            "waiting": undelivered.pending(session),
        }


def not_delivered(language: str) -> List[Dict[str, Any]]:
    """Messages of the last days that did not arrive, with the reason."""
    with database.read() as session:
        return [
            {
                "when": _moment(row.created_at, language),
                "contact": row.contact_id,
                "phone": _phone(session, row.contact_id),
                "text": _short(messaging.text_of(row.message)),
                "waits": _waits(row),
                "reason": _reason(row),
            }
            for row in undelivered.listed(session)
        ]


def held_back(language: str) -> List[Dict[str, Any]]:
    """Contacts who are answered slowly, or not at all."""
    with database.read() as session:
        return [
            {"contact": found.id, "phone": _phone(session, found.id), "how": _how(found, language)}
            for found in flood.held_back(session)
        ]


def _waits(row: Outbox) -> bool:
    return row.error_code == window.WAITING and row.created_at > clock.now() - window.LONGEST_WAITING


def _reason(row: Outbox) -> str:
    if _waits(row):
        return "Will be sent when the patient writes again (WhatsApp's 24 hours are over)."
    return f"{row.error_detail or 'No reason given'} (error {row.error_code or '?'})"


def _how(contact: Contact, language: str) -> str:
    if contact.blocked_at is not None:
        return f"blocked by staff since {_moment(contact.blocked_at, language)}"
    until = contact.slowed_until or clock.now()
    return f"writes very much: answered slowly or not at all until {_moment(until, language)}"


def _phone(session: Session, contact_id: int) -> str:
    return contacts.address_of(session, contact_id)["phone"] or ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_WORDS else text[: LONGEST_WORDS - 1].rstrip() + "…"


def _moment(at: datetime, language: str) -> str:
    return formats.day_time(at, language)
