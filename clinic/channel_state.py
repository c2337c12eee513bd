"""Whether the messaging channel works at all: what stopped it, and since when, for those who look at the desk.

Kept in the audit log, where the newest entry about the channel counts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import audit
from clinic.models import AuditLog

SUBJECT = "channel:whatsapp"
STOPPED, OPEN, BULK_PAUSED = "channel.stopped", "channel.open", "channel.bulk_paused"

_ADVICE = {
    "190": "the access token is invalid or has expired: set a new WHATSAPP_ACCESS_TOKEN and restart the worker",
    "0": "the access token is invalid: set a new WHATSAPP_ACCESS_TOKEN and restart the worker",
    "33": "WHATSAPP_PHONE_NUMBER_ID is not a number of this account: check it in Meta's console",
    "133010": "the phone number is not registered for the Cloud API: register it in Meta's console",
    "131042": "Meta could not charge the account: check its payment method in Meta's console",
}
_GENERAL_ADVICE = "Meta refuses this account or token: look at the account's quality and permissions in Meta's console"

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = AuditLog


def stopped(session: Session) -> AuditLog | None:
    """The entry that says since when nothing leaves, and with which error (`details["code"]`); None while all is well."""
    newest = select(AuditLog).where(_Row.subject == SUBJECT, _Row.action.in_((STOPPED, OPEN)))
    row: AuditLog | None = session.execute(newest.order_by(_Row.id.desc()).limit(1)).scalar()
    return row if row is not None and row.action == STOPPED else None


def advice(code: str) -> str:
    """What a person has to do about this error."""
    return _ADVICE.get(code, _GENERAL_ADVICE)


def note_stopped(session: Session, code: str, waiting: int) -> None:
    """Nothing leaves until a person acts. Written once, however often it is tried again."""
    if stopped(session) is None:
        audit.record(session, "system", STOPPED, SUBJECT, code=code, waiting=waiting)


def note_open(session: Session) -> None:
    """Something was accepted."""
    if stopped(session) is not None:
        audit.record(session, "system", OPEN, SUBJECT)


def note_bulk_paused(session: Session, code: str) -> None:
    """The channel doubts the clinic's manners: for a while only answers leave."""
    audit.record(session, "system", BULK_PAUSED, SUBJECT, code=code)
