"""What a claimed message goes out as: itself, a template in its place, or not at all for now.

Judged when it is claimed, which is when it is sent: an hour in the queue may have closed the window.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from clinic import messaging
from clinic.messaging import undelivered, window
from clinic.models import Contact
from clinic.models.messaging import Outbox
from connectors.whatsapp.templates import announces, mapped

logger = logging.getLogger(__name__)

_NO_TEMPLATE = "more than 24 hours since the patient's last message, and there is no approved template that says it"
_NOT_WORTH_IT = "more than 24 hours since the patient's last message: this will be sent when they write again"
_INVITED = "more than 24 hours since the patient's last message: they were asked to write, then this will be sent"


def judge(session: Session, row: Outbox) -> Mapping[str, Any] | None:
    """The message to send for a claimed row; None when it does not go out now: that is written down already."""
    if window.SENT_AS in row.message:
        return {"template": row.message[window.SENT_AS]}
    if window.is_template(row) or _may_be_sent(session, row):
        return row.message
    if undelivered.is_closing(row):
        # True also when the patient comes back in a week, and not worth a template: nobody waits for it.
        messaging.wait_for_patient(session, row.id, _NOT_WORTH_IT)
        return None
    contact = session.get(Contact, row.contact_id)
    instead = mapped(session, row.message, contact.language if contact is not None else None)
    if instead is None:
        messaging.parked(session, row.id, window.CLOSED, _NO_TEMPLATE)
        return None
    if announces(instead):
        _invite(session, row, instead)
        return None
    logger.info("outbox %d: the window is closed; it goes out as template %s", row.id, instead["template"]["name"])
    row.message = {**row.message, window.SENT_AS: instead["template"]}
    return instead


def _may_be_sent(session: Session, row: Outbox) -> bool:
    # What WhatsApp has refused for its window is not tried again as it is: it counts better than we do.
    return row.error_code != window.CLOSED and window.is_open(session, row.contact_id)


def _invite(session: Session, row: Outbox, invitation: Mapping[str, Any]) -> None:
    """Once, however many messages wait: an invitation costs money, and a second one says nothing new."""
    if not window.is_invited(session, row.contact_id):
        messaging.enqueue(session, row.contact_id, invitation, tag=window.INVITATION, priority=row.priority)
    logger.info("outbox %d: the window is closed; it waits for the patient", row.id)
    messaging.wait_for_patient(session, row.id, _INVITED)
