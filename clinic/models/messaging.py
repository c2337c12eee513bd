"""Inbox and outbox: every message in, every message out, durable before anybody thinks about it.

Times that the patient or the clinic sees (`sent_at`, `received_at`, `created_at`, …) come from
`clinic.clock`. The timers of the machinery (`next_attempt_at`, `claimed_at`) run on the machine's own
clock, so that a process whose clinic clock is frozen still backs off and still retries.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text

from clinic.models.base import Base, Json, UTCDateTime

PENDING = ("queued", "sending")
STATUSES = (*PENDING, "sent", "delivered", "read", "failed", "parked")

_unprocessed = text("processed_at IS NULL")
_pending = text("status IN ('queued', 'sending')")
_undelivered = text("status IN ('failed', 'parked')")


class Inbox(Base):
    """One message of a patient, as it arrived. Written once (`wamid` is unique), then processed once."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_unprocessed",
            "contact_id",
            "sent_at",
            "id",
            sqlite_where=_unprocessed,
            postgresql_where=_unprocessed,
        ),
        Index("ix_inbox_contact_id_sent_at", "contact_id", "sent_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    # The channel's own id of the message; where a message has none, a fingerprint of it.
    wamid: str = Column(String(255), nullable=False, unique=True)
    # None when nobody can be told to have sent it (a shape we do not know).
    contact_id: int | None = Column(Integer, ForeignKey("contacts.id"), nullable=True)
    kind: str = Column(String(32), nullable=False)
    # What a person would read: the typed words or the title that was tapped; None for other kinds.
    text: str | None = Column(Text, nullable=True)
    # The message object as the channel sent it.
    payload: Any = Column(Json, nullable=False)
    sent_at: datetime = Column(UTCDateTime, nullable=False)
    received_at: datetime = Column(UTCDateTime, nullable=False)
    processed_at: datetime | None = Column(UTCDateTime, nullable=True)
    attempts: int = Column(Integer, nullable=False, default=0, server_default="0")
    next_attempt_at: datetime | None = Column(UTCDateTime, nullable=True)
    error: str | None = Column(Text, nullable=True)
    # The patient changed the message, or took it back (then `text` and `payload` hold nothing any more).
    edited_at: datetime | None = Column(UTCDateTime, nullable=True)
    revoked_at: datetime | None = Column(UTCDateTime, nullable=True)


class Outbox(Base):
    """One message to a patient, in the neutral form of `clinic.messaging`, and what became of it.

    The rows of one contact leave in the order of their ids. `opaque` travels with the message and
    comes back with every status, which settles what a killed worker left as `sending`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        # No turn is written twice. (NULLs, messages nobody asked for, do not collide.)
        UniqueConstraint("in_reply_to", "position"),
        CheckConstraint("status IN ('" + "', '".join(STATUSES) + "')", name="status"),
        Index("ix_outbox_pending", "contact_id", "id", sqlite_where=_pending, postgresql_where=_pending),
        Index("ix_outbox_contact_id_created_at", "contact_id", "created_at"),
        Index("ix_outbox_contact_id_tag", "contact_id", "tag"),
        Index("ix_outbox_undelivered", "created_at", sqlite_where=_undelivered, postgresql_where=_undelivered),
        # The order of the ids is the order of sending: an id is never used again.
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(Integer, ForeignKey("contacts.id"), nullable=False)
    opaque: str = Column(String(36), nullable=False, unique=True, default=lambda: str(uuid4()))
    message: Any = Column(Json, nullable=False)
    in_reply_to: str | None = Column(String(255), nullable=True)
    position: int = Column(Integer, nullable=False, default=0, server_default="0")
    # What it is about, for those who must not say a thing twice: "handoff:12".
    tag: str | None = Column(String(64), nullable=True)
    # "urgent" (an emergency) passes what its contact is refused again and again; "reply" goes before "bulk" (mailings).
    priority: str = Column(String(8), nullable=False, default="reply", server_default="reply")
    status: str = Column(String(16), nullable=False, default="queued", server_default="queued")
    attempts: int = Column(Integer, nullable=False, default=0, server_default="0")
    next_attempt_at: datetime | None = Column(UTCDateTime, nullable=True)
    claimed_at: datetime | None = Column(UTCDateTime, nullable=True)
    # How often it was sent again although it may have gone out already, or because a status said it had failed.
    resends: int = Column(Integer, nullable=False, default=0, server_default="0")
    wamid: str | None = Column(String(255), nullable=True, index=True)
    error_code: str | None = Column(String(32), nullable=True)
    error_detail: str | None = Column(Text, nullable=True)
    created_at: datetime = Column(UTCDateTime, nullable=False)
    sent_at: datetime | None = Column(UTCDateTime, nullable=True)
    delivered_at: datetime | None = Column(UTCDateTime, nullable=True)
    read_at: datetime | None = Column(UTCDateTime, nullable=True)
    # What the channel charges for it, in its own words ("utility", "PMP"), as its statuses tell.
    price_category: str | None = Column(String(32), nullable=True)
    price_model: str | None = Column(String(16), nullable=True)
    billable: bool | None = Column(Boolean, nullable=True)
