"""An answer that does not reach its patient is shown to a person; the patient is sent nothing for it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.orm import Session

from clinic import clock, handoffs
from clinic.models import Contact
from clinic.models.messaging import PENDING, Outbox

logger = logging.getLogger(__name__)

REASON = "undelivered"
# What says that a handoff is over. Its failure must not open the next one, or closing would never end.
CLOSING = "closed:"
# What is older than that is in the transcript only.
LISTED_FOR = timedelta(days=7)

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = Outbox


def closing_tag(handoff_id: int) -> str:
    """Marks the sentence that gives the chat back to the assistant."""
    return f"{CLOSING}{handoff_id}"


def is_closing(row: Outbox) -> bool:
    """Is this the sentence that gives the chat back?"""
    return (row.tag or "").startswith(CLOSING)


def tell_staff(session: Session, row: Outbox) -> None:
    """Log it as an error and open a handoff, or leave the chat with the one that is open already."""
    logger.error("outbox %d is not delivered (%s, error %s): %s", row.id, row.status, row.error_code, row.error_detail)
    if is_closing(row):
        return
    contact = session.get(Contact, row.contact_id)
    language = contact.language if contact is not None else None
    summary = (
        f"A message to this patient was not delivered (error {row.error_code}): {row.error_detail or 'no reason given'}"
    )
    handoffs.open_handoff(row.contact_id, REASON, language, summary, session=session)


def listed(session: Session, limit: int = 50) -> list[Outbox]:
    """What did not reach its patient in the last days or waits for them to write, the newest first."""
    ended = select(Outbox).where(
        _in("failed", "parked"),
        _Row.created_at > clock.now() - LISTED_FOR,
        or_(_Row.tag.is_(None), _Row.tag.not_like(f"{CLOSING}%")),
    )
    return list(session.execute(ended.order_by(_Row.created_at.desc(), _Row.id.desc()).limit(limit)).scalars())


def pending(session: Session) -> int:
    """How many messages are still to be sent."""
    return int(session.execute(select(func.count()).select_from(Outbox).where(_in(*PENDING))).scalar() or 0)


def _in(*statuses: str) -> Any:
    """Written out, not as parameters: only so SQLite sees that an index of these rows will do."""
    return _Row.status.in_([literal_column(f"'{status}'") for status in statuses])
