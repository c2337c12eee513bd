"""The inbox: what patients wrote, each message exactly once, per contact in the order of sending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from clinic import clock
from clinic.messaging import outbox
from clinic.messaging.timers import machine_now
from clinic.models.messaging import Inbox

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = Inbox


def receive(
    session: Session,
    *,
    wamid: str,
    contact_id: int | None,
    kind: str,
    payload: Any,
    sent_at: datetime,
    text: str | None = None,
) -> bool:
    """Store one message; False when it is known already. One atomic insert, whoever else tries.

    A message of nobody (`contact_id` None) is kept but waits for no answer.
    """
    insert: Any = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    row = {
        "wamid": wamid,
        "contact_id": contact_id,
        "kind": kind,
        "text": text,
        "payload": payload,
        "sent_at": sent_at,
        "received_at": now,
        "processed_at": None if contact_id is not None else now,
    }
    result = session.execute(insert(Inbox).values(**row).on_conflict_do_nothing(index_elements=["wamid"]))
    return bool(result.rowcount == 1)


def waiting_contacts(session: Session, *, besides: Collection[int] = (), limit: int = 8) -> list[int]:
    """Contacts with a message to process now, who has waited longest first, without those in `besides`."""
    backs_off_until = func.max(_Row.next_attempt_at)
    waiting = (
        select(_Row.contact_id)
        .where(_Row.processed_at.is_(None), _Row.contact_id.is_not(None))
        .group_by(_Row.contact_id)
        .having(or_(backs_off_until.is_(None), backs_off_until <= machine_now()))
        .order_by(func.min(_Row.sent_at), func.min(_Row.id))
        .limit(limit)
    )
    if besides:
        waiting = waiting.where(_Row.contact_id.not_in(besides))
    return list(session.execute(waiting).scalars())


def next_message(session: Session, contact_id: int) -> Inbox | None:
    """The contact's oldest unprocessed message, or None when there is none or it has to wait.

    Nothing overtakes it: while it backs off, the contact's later messages wait too.
    """
    oldest = (
        select(Inbox)
        .where(_Row.contact_id == contact_id, _Row.processed_at.is_(None))
        .order_by(_Row.sent_at, _Row.id)
        .limit(1)
    )
    row: Inbox | None = session.execute(oldest).scalar_one_or_none()
    if row is None or (row.next_attempt_at is not None and row.next_attempt_at > machine_now()):
        return None
    return row


def finish(session: Session, inbox_id: int, messages: Sequence[Mapping[str, Any]] = (), *, tag: str | None = None) -> bool:
    """Mark a message processed and write its answers to the outbox, in the caller's one transaction.

    False, and nothing written, when it was processed already.
    """
    done = session.execute(
        sql_update(Inbox)
        .where(_Row.id == inbox_id, _Row.processed_at.is_(None))
        .values(processed_at=clock.now(), next_attempt_at=None)
    )
    if done.rowcount != 1:
        return False
    row = session.execute(select(Inbox).where(_Row.id == inbox_id)).scalar_one()
    for position, message in enumerate(messages):
        outbox.enqueue(session, row.contact_id, message, in_reply_to=row.wamid, position=position, tag=tag)
    return True


def fail(session: Session, inbox_id: int, error: str, delay: float) -> int:
    """Note that a message could not be answered; try again in `delay` seconds. How often it was tried."""
    row = session.execute(select(Inbox).where(_Row.id == inbox_id)).scalar_one()
    row.attempts += 1
    row.error = error
    row.next_attempt_at = machine_now() + timedelta(seconds=delay)
    return int(row.attempts)


def last_received(session: Session) -> int:
    """The id of the newest message; 0 when there is none."""
    return int(session.execute(select(func.max(_Row.id))).scalar() or 0)


def received_after(session: Session, inbox_id: int, limit: int = 500) -> list[Inbox]:
    """Messages of known contacts that were stored after `inbox_id`, in that order."""
    newer = select(Inbox).where(_Row.id > inbox_id, _Row.contact_id.is_not(None)).order_by(_Row.id).limit(limit)
    return list(session.execute(newer).scalars())
