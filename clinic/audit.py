"""The record of who did what: `audit_log`."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from clinic.models import AuditLog


def record(session: Session, actor: str, action: str, subject: str, **details: Any) -> None:
    """Add one row to the caller's transaction.

    `actor` is "contact:7", "staff:<name>" or "system"; `action` such as "appointment.booked"; `subject` such as
    "appointment:12". `details` are codes, ids and instants as text: never a name, a birth date or what was said.
    """
    session.add(AuditLog(actor=actor, action=action, subject=subject, details=details))
