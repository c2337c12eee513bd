"""From a webhook's body to rows, in one transaction: all of a POST is stored, or none and Meta tries again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from clinic import contacts, database, messaging
from clinic.contacts import InvalidAddress
from connectors.whatsapp import inbound
from connectors.whatsapp.graph import passes
from connectors.whatsapp.inbound import Batch, InboundMessage

logger = logging.getLogger(__name__)


def store(document: Any) -> int:
    """Keep every message and status of a webhook body; how many messages were new. Blocks."""
    batch = inbound.parse(document)
    if batch.others:
        logger.info("webhook: not used: %s", ", ".join(f"{name} ×{n}" for name, n in sorted(batch.others.items())))
    if not batch.messages and not batch.statuses:
        return 0
    return database.retrying(lambda: _write(batch))


def _write(batch: Batch) -> int:
    with database.transaction() as session:
        owners = _owners(session, batch.messages)
        # In the order of the POST: messages of one second are answered in the order of their ids.
        new = sum(_receive(session, message, owners[_sender(message)]) for message in batch.messages)
        for status in sorted(batch.statuses, key=lambda s: (s.opaque or "", s.wamid or "", s.at)):
            messaging.record_status(
                session,
                status=status.status,
                at=status.at,
                opaque=status.opaque,
                wamid=status.wamid,
                code=status.code,
                detail=status.detail,
                passing=status.status == "failed" and passes(status.code),
            )
    return new


_Sender = tuple[str, str]


def _sender(message: InboundMessage) -> _Sender:
    return message.phone or "", message.user_id or ""


def _owners(session: Session, messages: Sequence[InboundMessage]) -> dict[_Sender, int | None]:
    """Who sent what, found and locked in one order for all, so that no two batches wait for each other in a circle."""
    senders = {_sender(message): message for message in messages}
    owners = {sender: _contact(session, senders[sender]) for sender in sorted(senders)}
    contacts.lock(session, [owner for owner in owners.values() if owner is not None])
    return owners


def _receive(session: Session, message: InboundMessage, contact_id: int | None) -> bool:
    return messaging.receive(
        session,
        wamid=message.wamid,
        contact_id=contact_id,
        kind=message.kind,
        payload=message.payload,
        sent_at=message.sent_at,
        text=message.text,
    )


def _contact(session: Session, message: InboundMessage) -> int | None:
    """Whose message this is; None when it does not say, or says it in a way no address is written."""
    if not message.phone and not message.user_id:
        return None
    try:
        return contacts.by_address(session, phone=message.phone, user_id=message.user_id).id
    except InvalidAddress:
        logger.warning("webhook: a message of kind %s has a sender that is no address; it is kept", message.kind)
        return None
