"""From a webhook's body to rows, in one transaction: all of a POST is stored, or none and Meta tries again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from clinic import contacts, database, identity, media, messaging
from clinic.contacts import InvalidAddress
from connectors.whatsapp import changes, inbound, news
from connectors.whatsapp.content import Media, System
from connectors.whatsapp.graph import passes
from connectors.whatsapp.inbound import Batch, InboundMessage, InboundStatus
from connectors.whatsapp.media import fingerprint, plain_type
from connectors.whatsapp.shapes import name

logger = logging.getLogger(__name__)

_MOVED = ("user_changed_number", "customer_changed_number", "user_changed_user_id")
_ANOTHER_DEVICE = ("customer_identity_changed", "user_identity_changed")


def store(document: Any) -> int:
    """Keep every message, status and piece of news of a webhook body; how many messages were new. Blocks."""
    batch = inbound.parse(document)
    if batch.others:
        logger.info("webhook: not messages: %s", ", ".join(f"{name} ×{n}" for name, n in sorted(batch.others.items())))
    if not batch.messages and not batch.statuses and not batch.news:
        return 0
    return database.retrying(lambda: _write(batch))


def _write(batch: Batch) -> int:
    with database.transaction() as session:
        # In the order of the POST: messages of one second are answered in the order of their ids.
        new = [pair for part in _parts(batch.messages) for pair in _take(session, part)]
        changes.settle(session, [(message, owner) for message, owner in new if owner is not None])
        for status in sorted(batch.statuses, key=lambda s: (s.opaque or "", s.wamid or "", s.at)):
            _record(session, status)
        news.take(session, batch.news)
    return len(new)


def _parts(messages: Iterable[InboundMessage]) -> list[list[InboundMessage]]:
    """Cut where somebody's address changes: who wrote what comes after it is only known then."""
    parts: list[list[InboundMessage]] = [[]]
    for message in messages:
        if isinstance(message.content, System) and message.content.kind in _MOVED:
            parts += [[message], []]
        else:
            parts[-1].append(message)
    return parts


def _take(session: Session, messages: Sequence[InboundMessage]) -> list[tuple[InboundMessage, int | None]]:
    """Store messages and what follows from them; those that were new, each with its contact."""
    owners = _owners(session, messages)
    found = [(message, owners[_sender(message)]) for message in messages]
    new = [(message, owner) for message, owner in found if _receive(session, message, owner)]
    for message, owner in new:
        if owner is not None:
            _take_notice(session, message, owner)
    return new


_Sender = tuple[str, ...]


def _sender(message: InboundMessage) -> _Sender:
    told = message.content
    if isinstance(told, System):
        addresses = (message.phone, message.user_id, told.previous_phone, told.previous_user_id, told.user_id)
        return "system", *(address or "" for address in addresses)
    return message.phone or "", message.user_id or ""


def _owners(session: Session, messages: Sequence[InboundMessage]) -> dict[_Sender, int | None]:
    """Who sent what, found and locked in one order for all, so that no two batches wait for each other in a circle."""
    senders = {_sender(message): message for message in messages}
    ordinary = [message for message in senders.values() if not isinstance(message.content, System)]
    known = contacts.of_senders(session, [(message.phone, message.user_id) for message in ordinary])
    settled = {_sender(message): known.get((message.phone, message.user_id)) for message in ordinary}
    owners = {sender: settled.get(sender) or _contact(session, senders[sender]) for sender in sorted(senders)}
    contacts.lock(session, sorted({owner for owner in owners.values() if owner is not None}))
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


def _take_notice(session: Session, message: InboundMessage, contact_id: int) -> None:
    """What follows from a new message besides an answer."""
    content = message.content
    if isinstance(content, Media):
        media.register(
            session,
            message.wamid,
            content.kind,
            content.channel_id,
            mime_type=plain_type(content.mime_type),
            sha256_hex=fingerprint(content.sha256),
            original_name=content.filename,
        )
    if isinstance(content, System) and content.kind in _MOVED:
        identity.moved(
            session,
            contact_id,
            phone=content.phone,
            user_id=content.user_id,
            former_phone=content.previous_phone,
        )
    elif isinstance(content, System) and content.kind in _ANOTHER_DEVICE:
        identity.identity_changed(session, contact_id, content.identity, message.sent_at)
    elif key := name(message.payload, "identity", "hash"):
        identity.identity_reported(session, contact_id, key, message.sent_at)


def _contact(session: Session, message: InboundMessage) -> int | None:
    """Whose message this is; None when it does not say, or says it in a way no address is written.

    News about an account makes no contact: its address is one that is about to be nobody's.
    """
    if isinstance(message.content, System):
        return _known(session, message, message.content)
    if not message.phone and not message.user_id:
        return None
    try:
        return contacts.by_address(session, phone=message.phone, user_id=message.user_id).id
    except InvalidAddress:
        logger.warning("webhook: a message of kind %s has a sender that is no address; it is kept", message.kind)
        return None


def _known(session: Session, message: InboundMessage, told: System) -> int | None:
    """The contact by what it was called before, else by what it is called now."""
    ways: Iterable[tuple[str | None, str | None]] = (
        (None, told.previous_user_id),
        (told.previous_phone, None),
        (message.phone, message.user_id),
        (None, told.user_id),
    )
    found = (contacts.find(session, phone=phone, user_id=user_id) for phone, user_id in ways)
    return next((contact_id for contact_id in found if contact_id is not None), None)


def _record(session: Session, status: InboundStatus) -> None:
    if status.status == "deleted":
        # Said of a patient's own message: they took it back.
        if status.wamid:
            changes.deleted(session, status.wamid, status.at, phone=status.phone, user_id=status.user_id)
        return
    priced = status.price_category or status.price_model or status.billable is not None
    messaging.record_status(
        session,
        status=status.status,
        at=status.at,
        opaque=status.opaque,
        wamid=status.wamid,
        code=status.code,
        detail=status.detail,
        passing=status.status == "failed" and passes(status.code),
        price=messaging.Price(status.price_category, status.price_model, status.billable) if priced else None,
    )
