"""Which messages may leave now, and who takes them: replies first, each contact's messages one after the other."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, literal_column, or_, select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session, aliased

from clinic import clock
from clinic.messaging.timers import machine_now
from clinic.models.messaging import PENDING, Outbox
from clinic.settings import environment

# A row that a killed worker left as `sending` is sent again after this time, unless a status has
# said in between that it went out. Longer than any request of the worker may take, and than a status
# is on its way when the webhook was down for a moment: the channel waits longer after each refusal.
OUTBOX_GRACE_SECONDS = float(environment().get("OUTBOX_GRACE_SECONDS") or 60)
# A channel takes two messages in order and may still show them the other way round. So the second waits until the first
# has been delivered; not for longer than this, since a telephone that is off reports nothing. 0: it does not wait.
OUTBOX_DELIVERED_SECONDS = float(environment().get("OUTBOX_DELIVERED_SECONDS") or 3)
# No row waits longer for its next try. One that says so was written before the computer's clock was put back.
LONGEST_WAIT = 300.0

# So many answers are looked at first. Of the rest, those that nothing holds up follow with everything else.
_LOOK = 100

# `URGENT` is an answer to an emergency: a message that was refused that often already does not hold it up.
REPLY, BULK, URGENT = "reply", "bulk", "urgent"
STUCK_AFTER = 5
# The tag of an answer to an emergency, which makes it urgent.
EMERGENCY = "emergency"

# A message older than that cannot be the one whose delivery the next waits for: few rows to look through.
_RECENT = timedelta(days=1)

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = Outbox


def _pending(row: Any) -> Any:
    """Written out, not as parameters: only so SQLite sees that the index of pending rows will do."""
    return row.status.in_([literal_column(f"'{status}'") for status in PENDING])


def _claimable(now: datetime, bulk: bool) -> Any:
    """Due (queued, or left behind by a killed worker), and nothing of the same contact has to leave before.

    Without `bulk` those rows do not count at all: what they wait for must not hold up an answer.
    """
    forgotten = now - timedelta(seconds=OUTBOX_GRACE_SECONDS)
    is_due = or_(
        and_(_Row.status == "queued", or_(_Row.next_attempt_at.is_(None), _Row.next_attempt_at <= now)),
        and_(_Row.status == "sending", _Row.claimed_at < forgotten),
    )
    before = aliased(_Row)
    of_the_contact = and_(before.contact_id == _Row.contact_id, before.id < _Row.id)
    pending = _pending(before)
    if not bulk:
        pending = and_(pending, or_(before.priority != BULK, before.status == "sending"))
    is_head = ~exists().where(of_the_contact, pending, ~_passed_by_urgent(before))
    kept = [_pending(_Row), is_due, is_head, ~_is_passed(forgotten), ~_follows_undelivered(now)]
    return and_(*kept) if bulk else and_(*kept, _Row.priority != BULK)


def _passed_by_urgent(before: Any) -> Any:
    """Is `before` refused again and again, or does it wait behind such a one? Something urgent does not wait for it."""
    stuck = aliased(_Row)
    behind = exists().where(
        stuck.contact_id == before.contact_id,
        stuck.id < before.id,
        _pending(stuck),
        stuck.status == "queued",
        stuck.attempts >= STUCK_AFTER,
    )
    is_stuck = or_(before.attempts >= STUCK_AFTER, and_(before.priority != URGENT, behind))
    return and_(_Row.priority == URGENT, before.status == "queued", is_stuck)


def _is_passed(forgotten: datetime) -> Any:
    """Is something urgent that has passed the row on its way? Never are two of one contact."""
    urgent = aliased(_Row)
    return exists().where(
        urgent.contact_id == _Row.contact_id,
        urgent.id > _Row.id,
        _pending(urgent),
        urgent.priority == URGENT,
        urgent.status == "sending",
        urgent.claimed_at >= forgotten,
    )


def _follows_undelivered(now: datetime) -> Any:
    """Was the contact sent something a moment ago of which nobody knows yet whether it arrived? See `accepted`."""
    if OUTBOX_DELIVERED_SECONDS <= 0:
        return exists().where(_Row.id != _Row.id)
    before = aliased(_Row)
    return exists().where(
        before.contact_id == _Row.contact_id,
        before.id < _Row.id,
        before.created_at > clock.now() - _RECENT,
        before.status == "sent",
        before.next_attempt_at > now,
        # More than that nobody asks for: the clock was put back.
        before.next_attempt_at <= now + timedelta(seconds=OUTBOX_DELIVERED_SECONDS),
    )


def due(session: Session, *, bulk: bool = True) -> bool:
    """Is there anything to claim? A look that takes no lock."""
    return session.execute(select(Outbox.id).where(_claimable(machine_now(), bulk)).limit(1)).first() is not None


def follows(session: Session) -> bool:
    """Does a message wait for nothing but the delivery of the one before it?"""
    now = machine_now()
    waits = select(Outbox.id).where(_pending(_Row), _Row.status == "queued", _follows_undelivered(now)).limit(1)
    return session.execute(waits).first() is not None


def claim(session: Session, limit: int = 1, besides: Collection[int] = (), *, bulk: bool = True) -> list[Outbox]:
    """Take up to `limit` rows to send, of as many contacts, oldest first; commit before sending.

    Contacts that an answer waits for come first, with whatever they have to be sent before it. Never two of one
    contact: the next waits until the one before is delivered or given up. `bulk=False` leaves out what the clinic sends
    on its own. On PostgreSQL several workers may claim at once; on SQLite the write lock of `transaction()` queues them.
    `besides` are rows the caller has in hand already, however long ago it claimed them.
    """
    now = machine_now()
    answered = select(_Row.contact_id).where(_pending(_Row), _Row.priority != BULK).order_by(_Row.id + 0).limit(_LOOK)
    first = session.execute(answered).scalars().all()
    rows = _take(session, limit, _claimable(now, bulk), _Row.id.not_in(besides), _Row.contact_id.in_(set(first)))
    if len(rows) < limit and (bulk or len(first) == _LOOK):
        taken = [*besides, *(row.id for row in rows)]
        rows += _take(session, limit - len(rows), _claimable(now, bulk), _Row.id.not_in(taken))
    # What is urgent may have been found together with what it passes.
    each = {row.contact_id: row for row in sorted(rows, key=lambda row: row.priority == URGENT)}
    rows = [row for row in rows if row is each[row.contact_id]]
    for row in rows:
        row.status = "sending"
        row.claimed_at = now
        row.attempts += 1
    return rows


def _take(session: Session, limit: int, *conditions: Any) -> list[Outbox]:
    oldest = select(func.min(_Row.id)).where(_pending(_Row)).scalar_subquery()
    # From the oldest that is pending on, in the order of the ids: SQLite would walk through the whole history.
    found = select(Outbox).where(_Row.id >= oldest, *conditions).order_by(Outbox.id).limit(limit)
    found = found.with_for_update(skip_locked=True, of=Outbox)
    return list(session.execute(found).scalars())


def mend_timers(session: Session) -> int:
    """Bring timers back that lie further ahead than any can, because the computer's clock was put back; how many.

    What is being sent gets its whole grace time again: another worker may have it in hand.
    """
    now = machine_now()
    claimed, waiting = _strange(now)
    statements = (
        sql_update(Outbox).where(_pending(_Row), claimed).values(claimed_at=now),
        sql_update(Outbox).where(_pending(_Row), waiting).values(next_attempt_at=now),
    )
    options = {"synchronize_session": False}
    return sum(session.execute(statement, execution_options=options).rowcount for statement in statements)


def strange_timers(session: Session) -> bool:
    """Is there anything for `mend_timers`? A look that takes no lock."""
    strange = select(Outbox.id).where(_pending(_Row), or_(*_strange(machine_now()))).limit(1)
    return session.execute(strange).first() is not None


def _strange(now: datetime) -> tuple[Any, Any]:
    """Claimed in the future (two computers may differ by a second or so), or to be tried later than anything is."""
    claimed = and_(_Row.status == "sending", _Row.claimed_at > now + timedelta(seconds=5))
    waiting = and_(_Row.status == "queued", _Row.next_attempt_at > now + timedelta(seconds=LONGEST_WAIT + 1))
    return claimed, waiting
