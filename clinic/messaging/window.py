"""The hours after a patient's message in which the channel takes anything, and what waits for the next ones.

Afterwards only a template goes out. The best is one that says the same as the message (`fallback`); the row then keeps
it under `SENT_AS`. Else a general one invites the patient to write, and the message itself waits for that: `release`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.models.messaging import Inbox, Outbox

WINDOW = timedelta(hours=24)
# WhatsApp's own word for "the window is closed", as error code of a row that was refused for it.
CLOSED = "131047"
# The error code of a row that waits for the patient to write, and the tag of the template that invites to it.
WAITING = "waiting"
INVITATION = "answer_waiting"
# Who comes back later than that has something else in mind, and finds the old answer confusing.
LONGEST_WAITING = timedelta(days=7)
# The key of a row's message under which the template stands that was sent in its place.
SENT_AS = "sent_as"

# What is told about a patient and not by them.
NOT_OF_THE_PATIENT = ("system", "deleted")

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_In: Any = Inbox
_Out: Any = Outbox


def window_closes_at(session: Session, contact_id: int) -> datetime | None:
    """Until when the contact may be sent anything; None when they have never written."""
    last = _newest(session, _In.sent_at, contact_id)
    return last + WINDOW if last is not None else None


def is_open(session: Session, contact_id: int) -> bool:
    """May the contact be sent anything now? The channel has the last word."""
    closes_at = window_closes_at(session, contact_id)
    return closes_at is not None and clock.now() < closes_at


def is_template(row: Outbox) -> bool:
    """Does the row leave as a template, which needs no open window?"""
    return "template" in row.message or SENT_AS in row.message


def is_invited(session: Session, contact_id: int) -> bool:
    """Has the contact been invited to write, and has not done so?"""
    invitation = select(func.max(_Out.created_at)).where(_Out.contact_id == contact_id, _Out.tag == INVITATION)
    invited_at: datetime | None = session.execute(invitation).scalar()
    if invited_at is None:
        return False
    last = _newest(session, _In.received_at, contact_id)
    return last is None or last <= invited_at


def release(session: Session, contact_id: int) -> int:
    """Queue again what waited for the contact to write, if that has happened; how many messages."""
    waiting = select(Outbox).where(
        _Out.contact_id == contact_id,
        _Out.created_at > clock.now() - LONGEST_WAITING,
        _Out.status == "parked",
        _Out.error_code == WAITING,
    )
    found = session.execute(waiting.with_for_update()).scalars().all()
    if not found or is_invited(session, contact_id):
        return 0
    for row in found:
        row.status, row.next_attempt_at = "queued", None
        row.error_code, row.error_detail = None, None
    return len(found)


def _newest(session: Session, column: Any, contact_id: int) -> datetime | None:
    newest = select(func.max(column)).where(_In.contact_id == contact_id, _In.kind.not_in(NOT_OF_THE_PATIENT))
    found: datetime | None = session.execute(newest).scalar()
    return found
