"""Somebody who writes too much: slowed, later not answered at all; danger is heard in any case.

How much a contact writes is counted by the times of sending, up to the message in question. So the verdict on a message
is the same whenever it is asked, and what waited during an outage is no flood. A clock that stands still (`CLINIC_NOW`)
knows no speed: then nobody is slowed.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from clinic import audit, clock, contacts
from clinic.messaging.window import NOT_OF_THE_PATIENT
from clinic.models import Contact, Inbox, col
from clinic.settings import SettingsError, environment

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)


class Pace(Enum):
    """How a message is to be answered."""

    NORMAL = "normal"
    # only the newest of those that wait, and after a pause
    SLOWED = "slowed"
    # not at all: the contact went on and on, or staff has blocked it
    BLOCKED = "blocked"


@dataclass(frozen=True)
class FloodSettings:
    """`messages` in `seconds` are answered as they come; `an_hour` of them are answered at all. 0 messages: no limits."""

    messages: int = 20
    seconds: int = 60
    an_hour: int = 200
    pause_seconds: float = 10.0


def flood_settings(env: Mapping[str, str] | None = None) -> FloodSettings:
    """`CLINIC_FLOOD_…` of the environment; SettingsError when one of them is no number."""
    env = environment() if env is None else env
    standard = FloodSettings()
    stands_still = bool(env.get("CLINIC_NOW", "").strip())
    return FloodSettings(
        messages=0 if stands_still else _number(env, "CLINIC_FLOOD_MESSAGES", standard.messages),
        seconds=_number(env, "CLINIC_FLOOD_SECONDS", standard.seconds),
        an_hour=_number(env, "CLINIC_FLOOD_HOUR", standard.an_hour),
        pause_seconds=_number(env, "CLINIC_FLOOD_PAUSE", int(standard.pause_seconds)),
    )


def _number(env: Mapping[str, str], name: str, otherwise: int) -> int:
    text = env.get(name, "").strip()
    if text and not text.isdecimal():
        raise SettingsError(f"{name}={text!r}: write a whole number")
    return int(text) if text else otherwise


@dataclass(frozen=True)
class Verdict:
    """What is known when a message is taken up."""

    pace: Pace
    # whether this contact has been told within the last hour that it writes too much
    told: bool = False
    # whether it has written something since, that waits too
    superseded: bool = False


CALM = Verdict(Pace.NORMAL)


def verdict(session: Session, inbox_id: int, settings: FloodSettings, silent: Collection[str] = ()) -> Verdict:
    """How this message is to be answered; `silent` as in `superseded`."""
    row = session.get(Inbox, inbox_id)
    contact = session.get(Contact, row.contact_id) if row is not None else None
    if row is None or contact is None:
        return CALM
    pace = Pace.BLOCKED if contact.blocked_at is not None else _pace(session, row, contact, settings)
    if pace is Pace.NORMAL:
        return CALM
    told = contact.slowed_told_at is not None and row.sent_at - contact.slowed_told_at < HOUR
    return Verdict(pace, told, superseded(session, inbox_id, silent))


def _pace(session: Session, row: Inbox, contact: Contact, settings: FloodSettings) -> Pace:
    if not settings.messages:
        return Pace.NORMAL
    if settings.an_hour and _count(session, row, HOUR) > settings.an_hour:
        return Pace.BLOCKED
    if _count(session, row, timedelta(seconds=settings.seconds)) > settings.messages:
        return Pace.SLOWED
    slowed = contact.slowed_until is not None and row.sent_at < contact.slowed_until
    return Pace.SLOWED if slowed else Pace.NORMAL


def _count(session: Session, row: Inbox, before: timedelta) -> int:
    """The contact's messages in that time up to this one, itself included."""
    same_second = and_(col(Inbox.sent_at) == row.sent_at, col(Inbox.id) <= row.id)
    sent = select(func.count()).where(
        col(Inbox.contact_id) == row.contact_id,
        col(Inbox.sent_at) > row.sent_at - before,
        or_(col(Inbox.sent_at) < row.sent_at, same_second),
        col(Inbox.kind).not_in(NOT_OF_THE_PATIENT),
    )
    return int(session.execute(sent).scalar() or 0)


def superseded(session: Session, inbox_id: int, silent: Collection[str] = ()) -> bool:
    """Whether another message of the same contact waits behind this one. A thumb, or whatever is of a `silent` kind,
    gets no answer, so this one must have its own."""
    row = session.get(Inbox, inbox_id)
    if row is None:
        return False
    same_second = and_(col(Inbox.sent_at) == row.sent_at, col(Inbox.id) > row.id)
    later = select(Inbox.id).where(
        col(Inbox.contact_id) == row.contact_id,
        col(Inbox.processed_at).is_(None),
        or_(col(Inbox.sent_at) > row.sent_at, same_second),
        col(Inbox.kind).not_in(silent),
    )
    return session.execute(later.limit(1)).first() is not None


def note(session: Session, contact_id: int, found: Verdict, sent_at: datetime, settings: FloodSettings) -> None:
    """Keep for staff that this contact is slowed; a row of the audit log when that begins, or gets worse."""
    contact = contacts.get(session, contact_id)
    if contact.blocked_at is not None or found.pace is Pace.NORMAL:
        return
    blocked = found.pace is Pace.BLOCKED
    before, until = contact.slowed_until, sent_at + (HOUR if blocked else timedelta(seconds=settings.seconds))
    if before is None or before < until:
        contact.slowed_until = until
    # Slowed for more than a slowing takes: that was the block.
    was_blocked = before is not None and before - sent_at > timedelta(seconds=settings.seconds)
    if (blocked and not was_blocked) or (not blocked and (before is None or before <= sent_at)):
        action = "contact.blocked_for_an_hour" if blocked else "contact.slowed"
        audit.record(session, "system", action, f"contact:{contact_id}")
        logger.warning("contact %d writes too much: %s", contact_id, found.pace.value)


def told(session: Session, contact_id: int, at: datetime) -> None:
    """The contact has been asked to write less."""
    contacts.get(session, contact_id).slowed_told_at = at


def held_back(session: Session) -> list[Contact]:
    """Contacts that are slowed now or blocked."""
    slowed = or_(col(Contact.blocked_at).is_not(None), col(Contact.slowed_until) > clock.now())
    return list(session.execute(select(Contact).where(slowed).order_by(Contact.id)).scalars())


def block(session: Session, contact_id: int, by: str, at: datetime) -> bool:
    """Staff: this contact gets no answers until `unblock`, but for danger. False when it was so already."""
    changed = session.execute(
        update(Contact).where(col(Contact.id) == contact_id, col(Contact.blocked_at).is_(None)).values(blocked_at=at)
    )
    if changed.rowcount == 1:
        audit.record(session, by, "contact.blocked", f"contact:{contact_id}")
        return True
    contacts.get(session, contact_id)
    return False


def unblock(session: Session, contact_id: int, by: str) -> bool:
    """Staff: this contact is answered again, also one that was slowed. False when nothing held it back."""
    contact = contacts.get(session, contact_id)
    if contact.blocked_at is None and contact.slowed_until is None:
        return False
    contact.blocked_at = contact.slowed_until = contact.slowed_told_at = None
    audit.record(session, by, "contact.unblocked", f"contact:{contact_id}")
    return True
