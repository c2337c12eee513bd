"""What a messaging channel needs besides the messages: media, templates, and news about the account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text

from clinic import clock
from clinic.models.base import Base, Json, UTCDateTime

MEDIUM_STATUSES = ("waiting", "stored", "refused", "failed", "erased")
_waiting = text("status = 'waiting'")
_to_sweep = text("name IS NOT NULL AND status IN ('erased', 'refused', 'failed')")


class Medium(Base):
    """A photo, voice note or file that a patient sent. The content lies encrypted in a file called `name`.

    `refused`: too large or of a kind that the clinic does not take; `failed`: could not be fetched in time; `error`
    says why. `original_name` and `transcript` are encrypted (`clinic.encryption`).
    """

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("status IN ('" + "', '".join(MEDIUM_STATUSES) + "')", name="status"),
        Index("ix_media_waiting", "next_attempt_at", sqlite_where=_waiting, postgresql_where=_waiting),
        Index("ix_media_to_sweep", "status", sqlite_where=_to_sweep, postgresql_where=_to_sweep),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    inbox_id: int = Column(ForeignKey("inbox.id"), nullable=False, unique=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False, index=True)
    # image, audio, video, document, sticker
    kind: str = Column(String(16), nullable=False)
    # The channel's own id of the medium, which is all that is known before it is fetched.
    channel_id: str = Column(String(255), nullable=False)
    mime_type: str | None = Column(String(127))
    # Hexadecimal, of the content before encryption.
    sha256: str | None = Column(String(64))
    # Bytes, before encryption.
    size: int | None = Column(Integer)
    name: str | None = Column(String(64), unique=True)
    original_name: str | None = Column(Text)
    transcript: str | None = Column(Text)
    status: str = Column(String(16), nullable=False, default="waiting", server_default="waiting")
    error: str | None = Column(String(255))
    attempts: int = Column(Integer, nullable=False, default=0, server_default="0")
    next_attempt_at: datetime | None = Column(UTCDateTime)
    created_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
    stored_at: datetime | None = Column(UTCDateTime)


class Template(Base):
    """A message template as the account has it: one row for each name and language. `status` is the channel's word."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("name", "language"), {"sqlite_autoincrement": True})

    id: int = Column(Integer, primary_key=True)
    name: str = Column(String(512), nullable=False)
    # The channel's locale: "pt_BR", not "pt".
    language: str = Column(String(16), nullable=False)
    category: str = Column(String(32), nullable=False)
    # APPROVED, PENDING, REJECTED, PAUSED, DISABLED …
    status: str = Column(String(32), nullable=False)
    quality: str | None = Column(String(16))
    channel_id: str | None = Column(String(64), index=True)
    components: Any = Column(Json)
    reason: str | None = Column(Text)
    updated_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)


class ChannelEvent(Base):
    """Something the channel reported that is no message: about the account, a template, or in a shape nobody knows."""

    __tablename__ = "channel_events"
    __table_args__ = (Index(None, "field", "received_at"), {"sqlite_autoincrement": True})

    id: int = Column(Integer, primary_key=True)
    field: str = Column(String(64), nullable=False)
    # SHA-256 of the payload: the same report twice is one row.
    fingerprint: str = Column(String(64), nullable=False, unique=True)
    payload: Any = Column(Json, nullable=False)
    received_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
