"""Chats given to a person: opened by the bot, claimed and closed by staff, withdrawn by the patient.

open → claimed → closed. While a handoff is claimed the bot keeps quiet. The functions run in a transaction of
their own, or in the caller's when it passes its `session`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinic import audit, clock, database
from clinic.models import Handoff, col

PRIORITIES = ("normal", "urgent")
MAX_SUMMARY = 4000
LONGEST_QUOTE = 300
TAKEN_BACK = "(the patient took this message back)"
# Shorter words stand in a summary by chance; as a quotation they are found however short.
_TELLING = 12


class HandoffError(Exception):
    """What was asked can not be done; the message says why, in words for the staff."""


class NotFound(HandoffError):
    """There is no such handoff."""


class AlreadyClaimed(HandoffError):
    """Somebody else has it."""


class AlreadyClosed(HandoffError):
    """It is over."""


class NotClaimed(HandoffError):
    """Somebody has to claim it first."""


def current(session: Session, contact_id: int) -> Handoff | None:
    """The contact's open or claimed handoff."""
    statement = select(Handoff).where(Handoff.contact_id == contact_id, Handoff.status != "closed")
    found: Handoff | None = session.execute(statement).scalar_one_or_none()
    return found


def waiting(session: Session) -> list[Handoff]:
    """All that are not closed: unclaimed before claimed, urgent first, then the longest waiting."""
    statement = select(Handoff).where(Handoff.status != "closed")
    return sorted(
        session.execute(statement).scalars(),
        key=lambda h: (h.status != "open", h.priority != "urgent", h.opened_at, h.id),
    )


def get(session: Session, handoff_id: int) -> Handoff:
    """The handoff with this id; NotFound when there is none."""
    handoff: Handoff | None = session.get(Handoff, handoff_id, populate_existing=True)
    if handoff is None:
        raise NotFound(f"there is no handoff {handoff_id}")
    return handoff


def _again(session: Session, handoff: Handoff, reason: str, summary: str, priority: str) -> Handoff:
    """What is new joins the handoff that is already there: the words, and an urgent reason makes it urgent."""
    new = summary if reason == handoff.reason else f"[{reason}] {summary}".strip()
    if new and new not in handoff.summary:
        handoff.summary = "\n".join(filter(None, (handoff.summary, new)))[:MAX_SUMMARY]
        audit.record(session, f"contact:{handoff.contact_id}", "handoff.added", f"handoff:{handoff.id}", reason=reason)
    if priority == "urgent" and handoff.priority != "urgent":
        handoff.priority = "urgent"
        audit.record(session, f"contact:{handoff.contact_id}", "handoff.urgent", f"handoff:{handoff.id}")
    return handoff


def open_handoff(
    contact_id: int,
    reason: str,
    language: str | None,
    summary: str,
    priority: str = "normal",
    session: Session | None = None,
) -> Handoff:
    """Ask for a person. While one of the contact's handoffs is not closed, that one comes back.

    It may become urgent, and gets a new reason and new words added to its summary.
    """
    if priority not in PRIORITIES:
        raise ValueError(f"{priority!r} is not one of {', '.join(PRIORITIES)}")

    def work() -> Handoff:
        with database.within(session) as inner:
            there = current(inner, contact_id)
            if there is not None:
                return _again(inner, there, reason, summary, priority)
            handoff = Handoff(
                contact_id=contact_id,
                reason=reason,
                language=language,
                summary=summary[:MAX_SUMMARY],
                priority=priority,
                status="open",
            )
            try:
                with inner.begin_nested():
                    inner.add(handoff)
            except IntegrityError:
                # Another process opened one in this moment (the database allows one); a missing contact raises again.
                there = current(inner, contact_id)
                if there is None:
                    raise
                return _again(inner, there, reason, summary, priority)
            subject = f"handoff:{handoff.id}"
            audit.record(inner, f"contact:{contact_id}", "handoff.opened", subject, reason=reason, priority=priority)
            return handoff

    return work() if session is not None else database.retrying(work)


def quote(words: str) -> str:
    """A patient's words as they stand in a summary; `take_back` finds them again."""
    return f"“{words[:LONGEST_QUOTE]}”" if words else ""


def take_back(session: Session, contact_id: int, words: str) -> bool:
    """The patient took this message back: staff read that instead of its words, in what is not closed. Was it there?

    Everything else stays: the signs of an emergency and what an intake found are the clinic's own words.
    """
    handoff = current(session, contact_id)
    bare = words.strip()
    if handoff is None or not bare:
        return False
    summary = handoff.summary.replace(quote(words), TAKEN_BACK).replace(quote(bare), TAKEN_BACK)
    if len(bare) >= _TELLING:
        summary = summary.replace(bare[:LONGEST_QUOTE].strip(), TAKEN_BACK)
    if summary == handoff.summary:
        return False
    handoff.summary = summary[:MAX_SUMMARY]
    audit.record(session, f"contact:{contact_id}", "handoff.taken_back", f"handoff:{handoff.id}")
    return True


def _move(session: Session, handoff_id: int, before: tuple[str, ...], **values: Any) -> bool:
    """Change the row if its status is one of `before`, in one statement so that two people can not both do it."""
    statement = update(Handoff).where(Handoff.id == handoff_id, col(Handoff.status).in_(before)).values(**values)
    changed: int = session.execute(statement, execution_options={"synchronize_session": False}).rowcount
    return changed == 1


def claim(handoff_id: int, by: str, session: Session | None = None) -> Handoff:
    """`by` takes the chat; the bot keeps quiet from now on. Claiming one's own again changes nothing.

    Raises NotFound, AlreadyClaimed, AlreadyClosed; ValueError when `by` is empty.
    """
    by = " ".join(by.split())
    if not by or len(by) > 60:
        raise ValueError("say who claims it (1 to 60 characters)")
    with database.within(session) as inner:
        if _move(inner, handoff_id, ("open",), status="claimed", claimed_by=by, claimed_at=clock.now()):
            audit.record(inner, f"staff:{by}", "handoff.claimed", f"handoff:{handoff_id}")
            return get(inner, handoff_id)
        handoff = get(inner, handoff_id)
        if handoff.status == "closed":
            raise AlreadyClosed(f"handoff {handoff_id} is closed already")
        if handoff.claimed_by != by:
            raise AlreadyClaimed(f"handoff {handoff_id} is claimed by {handoff.claimed_by} already")
        return handoff


def close(handoff_id: int, session: Session | None = None) -> Handoff:
    """Give the chat back to the bot (claimed or not). Raises NotFound, AlreadyClosed."""
    now: datetime = clock.now()
    with database.within(session) as inner:
        by = get(inner, handoff_id).claimed_by
        if not _move(inner, handoff_id, ("open", "claimed"), status="closed", closed_at=now):
            raise AlreadyClosed(f"handoff {handoff_id} is closed already")
        audit.record(inner, f"staff:{by}" if by else "staff", "handoff.closed", f"handoff:{handoff_id}")
        return get(inner, handoff_id)


def withdraw(contact_id: int, session: Session | None = None) -> Handoff | None:
    """The patient takes the wish for a person back; None when nothing was waiting.

    Raises AlreadyClaimed when a person has the chat already: then it is theirs to close.
    """
    with database.within(session) as inner:
        handoff = current(inner, contact_id)
        if handoff is None:
            return None
        if not _move(inner, handoff.id, ("open",), status="closed", closed_at=clock.now()):
            fresh = get(inner, handoff.id)
            if fresh.status == "closed":
                return None
            raise AlreadyClaimed(f"handoff {handoff.id} is claimed by {fresh.claimed_by} already")
        audit.record(inner, f"contact:{contact_id}", "handoff.withdrawn", f"handoff:{handoff.id}")
        return get(inner, handoff.id)
