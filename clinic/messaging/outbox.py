"""The outbox: what the clinic says, per contact in order, and what became of each message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.messaging import claiming, neutral, undelivered, window
from clinic.messaging.timers import machine_now
from clinic.models import Contact
from clinic.models.messaging import Outbox

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
# WhatsApp's word for "this patient has stopped marketing messages".
MARKETING_STOPPED = "131050"
UNDELIVERED = ("failed", "parked")

# Statuses only move forward; what arrived cannot fail any more.
_RANK = {"queued": 0, "sending": 1, "sent": 2, "failed": 3, "parked": 3, "delivered": 4, "read": 5}


class Price(NamedTuple):
    """What the channel charges for a message, in its own words; None for what it did not say."""

    category: str | None = None
    model: str | None = None
    billable: bool | None = None


def enqueue(
    session: Session,
    contact_id: int,
    message: Mapping[str, Any],
    in_reply_to: str | None = None,
    *,
    position: int = 0,
    tag: str | None = None,
    priority: str | None = None,
) -> Outbox:
    """Write one message to be sent; it leaves after everything this contact was told before.

    `priority` is `claiming.BULK` for what the clinic sends on its own to many: answers to patients go first. What has
    the tag `claiming.EMERGENCY` is urgent.
    """
    neutral.check(message)
    window.release(session, contact_id)
    row = Outbox(
        contact_id=contact_id,
        message=dict(message),
        in_reply_to=in_reply_to,
        position=position,
        tag=tag,
        priority=priority or (claiming.URGENT if tag == claiming.EMERGENCY else claiming.REPLY),
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
    message = offered(session, contact_id)
    return {choice["title"]: choice["id"] for choice in message["choices"]} if message else {}


def offered(session: Session, contact_id: int, wamid: str | None = None) -> neutral.Message | None:
    """The message to the contact that offered choices: the one the channel calls `wamid`, else the newest."""
    mine = select(_Row.message).where(_Row.contact_id == contact_id)
    newest = mine.order_by(_Row.id.desc()).limit(LOOK_BACK)
    named = session.execute(mine.where(_Row.wamid == wamid).limit(1)).scalars().all() if wamid else []
    for message in [*named, *session.execute(newest).scalars()]:
        if message.get("choices"):
            return cast(neutral.Message, {key: value for key, value in message.items() if key != window.SENT_AS})
    return None


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
    if row.status == "sent" and claiming.OUTBOX_DELIVERED_SECONDS > 0:
        # Until then the contact's next message waits for this one to be delivered; any later status ends it.
        row.next_attempt_at = machine_now() + timedelta(seconds=claiming.OUTBOX_DELIVERED_SECONDS)


def retry(session: Session, outbox_id: int, delay: float, code: str, detail: str) -> None:
    """It did not go out; try again in `delay` seconds."""
    if row := _claimed(session, outbox_id):
        row.status = "queued"
        row.next_attempt_at = machine_now() + timedelta(seconds=min(delay, claiming.LONGEST_WAIT))
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


def window_closed(session: Session, outbox_id: int, detail: str) -> None:
    """The channel would take a template only. The next claim looks for one, by the row's error code."""
    if row := _claimed(session, outbox_id):
        row.status, row.next_attempt_at = "queued", None
        row.error_code, row.error_detail = window.CLOSED, detail


def wait_for_patient(session: Session, outbox_id: int, detail: str) -> None:
    """Park it until the contact writes again, for which they have been invited; nobody has to do anything."""
    if row := _claimed(session, outbox_id):
        _move(row, "parked", clock.now(), window.WAITING, detail)


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
    price: Price | None = None,
) -> bool:
    """What the channel reports of a message: sent, delivered, read, failed or parked.

    Found by what we sent along (`opaque`), else by the channel's id. Forward only; a duplicate, a late
    one and one about a message we do not know are harmless. True when it changed something. A failure that is
    `passing` sends the message again, a few times; any other is shown to a person. The price counts however late.
    """
    row = _find(session, opaque, wamid)
    if row is None:
        return False
    if wamid and not row.wamid:
        row.wamid = wamid
    if price is not None:
        row.price_category, row.price_model, row.billable = price.category, price.model, price.billable
    was_unsure = row.status == "parked" and row.error_code == UNSURE
    if _RANK[status] <= _RANK[row.status] and not (was_unsure and status == "sent"):
        return False
    if status not in UNDELIVERED:
        _move(row, status, at, code, detail)
    elif passing and row.resends < MOST_RESENDS:
        _again(row, code, detail)
    elif code == window.CLOSED and not window.is_template(row):
        # Said late, but no other word than at once: the next claim looks for a template.
        _again(row, code, detail)
        row.next_attempt_at = None
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
    if code == MARKETING_STOPPED:
        contact = session.get(Contact, row.contact_id)
        contact.marketing_stopped_at = contact.marketing_stopped_at or at
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
