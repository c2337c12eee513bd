"""An answer that does not reach its patient is shown to a person; the patient is sent nothing for it."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from clinic import handoffs
from clinic.models import Contact
from clinic.models.messaging import Outbox

logger = logging.getLogger(__name__)

REASON = "undelivered"
# What says that a handoff is over. Its failure must not open the next one, or closing would never end.
CLOSING = "closed:"


def closing_tag(handoff_id: int) -> str:
    """Marks the sentence that gives the chat back to the assistant."""
    return f"{CLOSING}{handoff_id}"


def tell_staff(session: Session, row: Outbox) -> None:
    """Log it as an error and open a handoff, or leave the chat with the one that is open already."""
    logger.error("outbox %d is not delivered (%s, error %s): %s", row.id, row.status, row.error_code, row.error_detail)
    if (row.tag or "").startswith(CLOSING):
        return
    contact = session.get(Contact, row.contact_id)
    language = contact.language if contact is not None else None
    summary = (
        f"A message to this patient was not delivered (error {row.error_code}): {row.error_detail or 'no reason given'}"
    )
    handoffs.open_handoff(row.contact_id, REASON, language, summary, session=session)
