"""The outbox: what the clinic says, per contact in order, and what became of each message."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from clinic import clock
from clinic.messaging import neutral, undelivered
from clinic.messaging.timers import machine_now
from clinic.models.messaging import PENDING, Outbox
from clinic.settings import environment

# A row that a killed worker left as `sending` is sent again after this time, unless a status has
# said in between that it went out. Longer than any request of the worker may take.
OUTBOX_GRACE_SECONDS = float(environment().get("OUTBOX_GRACE_SECONDS") or 15)

# What may have gone out is sent again that often, then a person has to look: each time may be one bubble too many.
MOST_UNSURE = 2
# What was accepted, and failed later for a reason that passes, is sent again that often, after 5, 10, 20 … seconds.
MOST_RESENDS = 4
FIRST_STATUS_DELAY = 5.0

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = Outbox
# How many of the newest messages are looked through for choices: a turn has few.
LOOK_BACK = 5

UNSURE = "unsure"
UNDELIVERED = ("failed", "parked")

# Statuses only move forward; what arrived cannot fail any more.
_RANK = {"queued": 0, "sending": 1, "sent": 2, "failed": 3, "parked": 3, "delivered": 4, "read": 5}


def enqueue(
    session: Session,
    contact_id: int,
    message: Mapping[str, Any],
    in_reply_to: str | None = None,
    *,
    position: int = 0,
    tag: str | None = None,
) -> Outbox:
    """Write one message to be sent; it leaves after everything this contact was told before."""
    neutral.check(message)
    row = Outbox(
        contact_id=contact_id,
        message=dict(message),
        in_reply_to=in_reply_to,
        position=position,
        tag=tag,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def already_said(session: Session, contact_id: int, tag: str) -> bool:
    """Has the contact been told something with this tag (say "handoff:12")?"""
    return bool(session.execute(select(exists().where(Outbox.contact_id == contact_id, Outbox.tag == tag))).scalar())


def last_choices(session: Session, contact_id: int) -> dict[str, str]:
    """title → id of what the newest message to the contact that offers choices offers; {} of none."""
    newest = select(_Row.message).where(_Row.contact_id == contact_id).order_by(_Row.id.desc()).limit(LOOK_BACK)
    for message in session.execute(newest).scalars():
        if message.get("choices"):
            return {choice["title"]: choice["id"] for choice in message["choices"]}
    return {}


def _claimable(now: datetime) -> Any:
    """First of its contact among the unsent, and due: queued, or left behind by a killed worker."""
    earlier = aliased(_Row)
    is_head = ~exists().where(earlier.contact_id == _Row.contact_id, earlier.id < _Row.id, earlier.status.in_(PENDING))
    forgotten = now - timedelta(seconds=OUTBOX_GRACE_SECONDS)
    is_due = or_(
        and_(_Row.status == "queued", or_(_Row.next_attempt_at.is_(None), _Row.next_attempt_at <= now)),
        and_(_Row.status == "sending", _Row.claimed_at < forgotten),
    )
    return and_(is_due, is_head)


def due(session: Session) -> bool:
    """Is there anything to claim? A look that takes no lock."""
    return session.execute(select(Outbox.id).where(_claimable(machine_now())).limit(1)).first() is not None


def claim(session: Session, limit: int = 1, besides: Collection[int] = ()) -> list[Outbox]:
    """Take up to `limit` rows to send, of as many contacts, oldest first; commit before sending.

    Never two of one contact: the next waits until the one before is accepted or given up. On
    PostgreSQL several workers may claim at once; on SQLite the write lock of `transaction()` queues them.
    `besides` are rows the caller has in hand already, however long ago it claimed them.
    """
    now = machine_now()
    rows = (
        session.execute(
            select(Outbox)
            .where(_claimable(now), _Row.id.not_in(besides))
            .order_by(Outbox.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Outbox)
        )
        .scalars()
        .all()
    )
    for row in rows:
        row.status = "sending"
        row.claimed_at = now
        row.attempts += 1
    return list(rows)


def _claimed(session: Session, outbox_id: int) -> Outbox | None:
    """The row, locked, while it is still `sending`; None when a status has settled it meanwhile."""
    row: Outbox | None = session.execute(
        select(Outbox).where(Outbox.id == outbox_id).with_for_update()
    ).scalar_one_or_none()
    return row if row is not None and row.status == "sending" else None


def accepted(session: Session, outbox_id: int, wamid: str | None, opaque: str) -> None:
    """The channel took the message and calls it `wamid`. A status that was faster is kept."""
    row = session.execute(select(Outbox).where(Outbox.id == outbox_id).with_for_update()).scalar_one()
    if row.opaque != opaque:
        # The status was even "failed, try again": this is the try before.
        return
    row.wamid = row.wamid or wamid
    if _RANK[row.status] < _RANK["sent"]:
        _move(row, "sent", clock.now())


def retry(session: Session, outbox_id: int, delay: float, code: str, detail: str) -> None:
    """It did not go out; try again in `delay` seconds."""
    if row := _claimed(session, outbox_id):
        row.status = "queued"
        row.next_attempt_at = machine_now() + timedelta(seconds=delay)
        row.error_code, row.error_detail = code, detail


def hold_back(session: Session, outbox_id: int) -> None:
    """Put a claimed row back as if nobody had touched it: the channel as a whole cannot send now."""
    if row := _claimed(session, outbox_id):
        row.status = "queued"
        row.attempts -= 1


def unsure(session: Session, outbox_id: int, detail: str) -> None:
    """Nobody knows whether it went out. It stays `sending` for the grace time, for a status to tell.

    After a few times it is parked: a person has to ask the patient.
    """
    row = _claimed(session, outbox_id)
    if row is None:
        return
    if row.resends >= MOST_UNSURE:
        words = f"sent {row.resends + 1} times, and nobody knows whether it arrived ({detail})"
        _end(session, row, "parked", clock.now(), UNSURE, words)
        return
    row.resends += 1
    row.claimed_at = machine_now()
    row.error_code, row.error_detail = UNSURE, detail


def gave_up(session: Session, outbox_id: int, code: str, detail: str) -> None:
    """It will never go out; the contact's next message may. A person is told."""
    if row := _claimed(session, outbox_id):
        _end(session, row, "failed", clock.now(), code, detail)


def parked(session: Session, outbox_id: int, code: str, detail: str) -> None:
    """It may not go out now (say outside the service window); a person is told why."""
    if row := _claimed(session, outbox_id):
        _end(session, row, "parked", clock.now(), code, detail)


def record_status(
    session: Session,
    *,
    status: str,
    at: datetime,
    opaque: str | None = None,
    wamid: str | None = None,
    code: str | None = None,
    detail: str | None = None,
    passing: bool = False,
) -> bool:
    """What the channel reports of a message: sent, delivered, read, failed or parked.

    Found by what we sent along (`opaque`), else by the channel's id. Forward only; a duplicate, a late
    one and one about a message we do not know are harmless. True when it changed something. A failure that is
    `passing` sends the message again, a few times; any other is shown to a person.
    """
    row = _find(session, opaque, wamid)
    if row is None:
        return False
    if wamid and not row.wamid:
        row.wamid = wamid
    was_unsure = row.status == "parked" and row.error_code == UNSURE
    if _RANK[status] <= _RANK[row.status] and not (was_unsure and status == "sent"):
        return False
    if status not in UNDELIVERED:
        _move(row, status, at, code, detail)
    elif passing and row.resends < MOST_RESENDS:
        _again(row, code, detail)
    else:
        _end(session, row, status, at, code, detail)
    return True


def _again(row: Outbox, code: str | None, detail: str | None) -> None:
    """Back into the queue, under a new `opaque`: whatever is still said of the try before is not about this one."""
    row.status = "queued"
    row.next_attempt_at = machine_now() + timedelta(seconds=FIRST_STATUS_DELAY * 2**row.resends)
    row.resends += 1
    row.opaque, row.wamid = str(uuid4()), None
    row.error_code, row.error_detail = code, detail


def _end(session: Session, row: Outbox, status: str, at: datetime, code: str | None, detail: str | None) -> None:
    _move(row, status, at, code, detail)
    undelivered.tell_staff(session, row)


def _find(session: Session, opaque: str | None, wamid: str | None) -> Outbox | None:
    for column, value in ((Outbox.opaque, opaque), (Outbox.wamid, wamid)):
        if value:
            found = session.execute(select(Outbox).where(column == value).limit(1).with_for_update()).scalar()
            if found is not None:
                return found
    return None


def _move(row: Outbox, status: str, at: datetime, code: str | None = None, detail: str | None = None) -> None:
    row.status = status
    row.error_code, row.error_detail = code, detail
    row.next_attempt_at = None
    # A later status implies the earlier ones: `sent` may never come.
    if _RANK[status] >= _RANK["delivered"] or status == "sent":
        row.sent_at = row.sent_at or at
    if _RANK[status] >= _RANK["delivered"]:
        row.delivered_at = row.delivered_at or at
    if status == "read":
        row.read_at = row.read_at or at
