"""The inbox: what patients wrote, each message exactly once, per contact in the order of sending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy import text as sql_text
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from clinic import clock
from clinic.messaging import outbox, timers, window
from clinic.models.messaging import Inbox

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = Inbox

_WRITTEN = ("wamid", "contact_id", "kind", "text", "payload", "sent_at", "received_at", "processed_at")
# As text, which both databases read alike: SQLAlchemy 1.4 would put an ON CONFLICT together anew for every message.
_RECEIVE = sql_text(
    f"INSERT INTO inbox ({', '.join(_WRITTEN)}) VALUES ({', '.join(':' + name for name in _WRITTEN)}) "
    "ON CONFLICT (wamid) DO NOTHING"
).bindparams(*(bindparam(name, type_=Inbox.__table__.c[name].type) for name in _WRITTEN))


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
    return bool(session.execute(_RECEIVE, row).rowcount == 1)


def edit(
    session: Session, wamid: str, contact_id: int | None, at: datetime, *, kind: str, text: str | None, payload: Any
) -> bool:
    """The patient changed this message; the latest change counts. False when there is none of theirs of this kind.

    Where it still waits, the new words are answered; where it is answered, they are only what is read from now on.
    """
    row = _own(session, wamid, contact_id)
    if row is None or row.kind != kind or row.revoked_at is not None or (row.edited_at and row.edited_at > at):
        return False
    row.text, row.payload, row.edited_at = text, payload, at
    return True


def revoke(session: Session, wamid: str, contact_id: int | None, at: datetime, *, payload: Any) -> Inbox | None:
    """The patient took this message back: its words are gone and nobody answers it any more. The message, if theirs.

    `payload` is what may stay of it. An answer that is being thought of at this moment is not written (`finish`).
    """
    row = _own(session, wamid, contact_id)
    if row is None:
        return None
    row.text, row.payload = None, payload
    row.revoked_at = row.revoked_at or at
    row.processed_at = row.processed_at or clock.now()
    row.error = row.next_attempt_at = None
    return row


def find(session: Session, wamid: str) -> Inbox | None:
    """The message with the channel's id."""
    row: Inbox | None = session.execute(select(Inbox).where(_Row.wamid == wamid)).scalar_one_or_none()
    return row


def of_kinds(session: Session, contact_ids: Collection[int], kinds: Collection[str], since: datetime) -> list[Inbox]:
    """These contacts' messages of certain kinds, sent at `since` or later, the earliest first."""
    wanted = (
        select(Inbox)
        .where(_Row.contact_id.in_(contact_ids), _Row.sent_at >= since, _Row.kind.in_(kinds))
        .order_by(_Row.sent_at, _Row.id)
    )
    return list(session.execute(wanted).scalars())


def _own(session: Session, wamid: str, contact_id: int | None) -> Inbox | None:
    """The message, if it is this contact's: nobody changes what another one wrote."""
    row = find(session, wamid)
    return row if row is not None and row.contact_id == contact_id else None


def waiting_contacts(session: Session, *, besides: Collection[int] = (), limit: int = 8) -> list[int]:
    """Contacts with a message to process now, who has waited longest first, without those in `besides`."""
    backs_off_until = func.max(_Row.next_attempt_at)
    waiting = (
        select(_Row.contact_id)
        .where(_Row.processed_at.is_(None), _Row.contact_id.is_not(None))
        .group_by(_Row.contact_id)
        .having(timers.over(backs_off_until))
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
    return row if row is not None and timers.is_over(row.next_attempt_at) else None


def finish(session: Session, inbox_id: int, messages: Sequence[Mapping[str, Any]] = (), *, tag: str | None = None) -> bool:
    """Mark a message processed and write its answers to the outbox, in the caller's one transaction.

    False, and nothing written, when it was processed already. What waited for the contact to write leaves first, also
    when nobody answers this message, as while a person has the chat.
    """
    done = session.execute(
        sql_update(Inbox)
        .where(_Row.id == inbox_id, _Row.processed_at.is_(None))
        .values(processed_at=clock.now(), next_attempt_at=None)
    )
    if done.rowcount != 1:
        return False
    row = session.execute(select(Inbox).where(_Row.id == inbox_id)).scalar_one()
    window.release(session, row.contact_id)
    for position, message in enumerate(messages):
        outbox.enqueue(session, row.contact_id, message, in_reply_to=row.wamid, position=position, tag=tag)
    return True


def fail(session: Session, inbox_id: int, error: str, delay: float) -> int:
    """Note that a message could not be answered; try again in `delay` seconds. How often it was tried."""
    row = session.execute(select(Inbox).where(_Row.id == inbox_id)).scalar_one()
    row.attempts += 1
    row.error = error
    row.next_attempt_at = timers.later(delay)
    return int(row.attempts)


def postpone(session: Session, inbox_id: int, delay: float) -> None:
    """Let a message wait that cannot be answered yet, such as a voice note whose words are on their way."""
    still = sql_update(Inbox).where(_Row.id == inbox_id, _Row.processed_at.is_(None))
    session.execute(still.values(next_attempt_at=timers.later(delay)))


def is_superseded(session: Session, row: Inbox) -> bool:
    """Has the contact written something since?"""
    newer = select(_Row.id).where(
        _Row.contact_id == row.contact_id,
        _Row.processed_at.is_(None),
        _Row.id > row.id,
        _Row.kind.not_in(window.NOT_OF_THE_PATIENT),
    )
    return session.execute(newer.limit(1)).first() is not None


def last_received(session: Session) -> int:
    """The id of the newest message; 0 when there is none."""
    return int(session.execute(select(func.max(_Row.id))).scalar() or 0)


def received_after(session: Session, inbox_id: int, limit: int = 500) -> list[Inbox]:
    """Messages of known contacts that were stored after `inbox_id`, in that order."""
    newer = select(Inbox).where(_Row.id > inbox_id, _Row.contact_id.is_not(None)).order_by(_Row.id).limit(limit)
    return list(session.execute(newer).scalars())
