"""What staff see and do of a chat: the transcript, a reply, and giving the chat back to the bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from clinic import audit, clock, contacts, database, handoffs, messaging, texts
from clinic.messaging.undelivered import closing_tag
from clinic.models import Handoff, Inbox, Outbox, col
from clinic.settings import settings

# What one message may hold, so that nothing is cut on the way.
LONGEST_REPLY = 4096
UNDELIVERED = ("failed", "parked")
# The template that says that a person has answered, when the answer itself may not be sent yet.
ANSWERED = "handoff_reply"


class InvalidReply(ValueError):
    """The text is empty or too long to be sent as one message."""


@dataclass(frozen=True)
class Line:
    """One message of a transcript. `who` is "patient", "bot" or "staff"; `at` is aware UTC; `status` of ours only."""

    at: datetime
    who: str
    text: str
    status: str | None


def _tag(handoff_id: int) -> str:
    return f"staff:{handoff_id}"


def _said(row: Outbox) -> Line:
    who = "staff" if (row.tag or "").startswith("staff:") else "bot"
    return Line(row.created_at, who, messaging.text_of(row.message), row.status)


def transcript(session: Session, contact_id: int, limit: int = 200) -> list[Line]:
    """The last messages between the contact and the clinic, the oldest first."""
    heard = select(Inbox).where(Inbox.contact_id == contact_id).order_by(col(Inbox.id).desc()).limit(limit)
    said = select(Outbox).where(Outbox.contact_id == contact_id).order_by(col(Outbox.id).desc()).limit(limit)
    entries = [
        ((row.sent_at, 0, row.id), Line(row.sent_at, "patient", row.text or f"[{row.kind}]", None))
        for row in session.execute(heard).scalars()
    ]
    entries += [((row.created_at, 1, row.id), _said(row)) for row in session.execute(said).scalars()]
    return [line for _, line in sorted(entries, key=lambda entry: entry[0])][-limit:]


def last_question(session: Session, contact_id: int, besides: str) -> messaging.Message | None:
    """The newest words to the contact, as they were sent, without those tagged `besides`; None of none."""
    statement = (
        select(Outbox.message)
        .where(Outbox.contact_id == contact_id, or_(col(Outbox.tag).is_(None), Outbox.tag != besides))
        .order_by(col(Outbox.id).desc())
        .limit(5)
    )
    found = (message for message in session.execute(statement).scalars() if message.get("text"))
    return next(found, None)


def said_just_now(session: Session, contact_id: int, tag: str, within: timedelta) -> bool:
    """Was the newest message to the contact one with this tag, and not long ago?"""
    newest = select(Outbox).where(Outbox.contact_id == contact_id).order_by(col(Outbox.id).desc()).limit(1)
    row = session.execute(newest).scalar_one_or_none()
    return row is not None and row.tag == tag and clock.now() - row.created_at < within


def _language(session: Session, handoff: Handoff) -> str:
    known = contacts.get(session, handoff.contact_id).language or handoff.language
    return known if known in settings().languages else settings().default_language


def reply(handoff_id: int, text: str, by: str | None = None, session: Session | None = None) -> Outbox:
    """Send what staff wrote. With `by` a handoff that waits is claimed first, without it has to be claimed already.

    Raises InvalidReply and the errors of `handoffs`: NotFound, NotClaimed, AlreadyClaimed, AlreadyClosed.
    """
    text = text.strip()
    if not text:
        raise InvalidReply("the reply is empty")
    if len(text) > LONGEST_REPLY:
        raise InvalidReply(f"the reply has {len(text)} characters; one message holds {LONGEST_REPLY}")
    with database.within(session) as inner:
        handoff = handoffs.claim(handoff_id, by, inner) if by else handoffs.get(inner, handoff_id)
        if handoff.status == "closed":
            raise handoffs.AlreadyClosed(f"handoff {handoff_id} is closed already")
        if handoff.status != "claimed":
            raise handoffs.NotClaimed(f"nobody has claimed handoff {handoff_id} yet")
        message: messaging.Message = {"text": text, "fallback": {"name": ANSWERED}}
        row = messaging.enqueue(inner, handoff.contact_id, message, tag=_tag(handoff_id))
        audit.record(inner, f"staff:{handoff.claimed_by}", "handoff.replied", f"handoff:{handoff_id}", outbox=row.id)
        return row


def close(handoff_id: int, session: Session | None = None) -> Handoff:
    """Give the chat back to the bot, which tells the patient so in the patient's language.

    Raises NotFound, AlreadyClosed, and `texts.TextError` when the sentence is missing (nothing is closed then).
    """
    with database.within(session) as inner:
        handoff = handoffs.close(handoff_id, inner)
        text = texts.text("utter_handoff_closed", _language(inner, handoff))
        messaging.enqueue(inner, handoff.contact_id, {"text": text}, tag=closing_tag(handoff_id))
        return handoff
