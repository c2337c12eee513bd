"""What concerns the staff: chats given to a person, and the record of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import relationship

from clinic import clock
from clinic.models.base import Base, Json, UTCDateTime

_NOT_CLOSED = text("status IN ('open', 'claimed')")


class Handoff(Base):
    """A chat that waits for, or belongs to, a person. The database allows one unclosed per contact."""

    __tablename__ = "handoffs"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'claimed', 'closed')", name="status"),
        CheckConstraint("priority IN ('normal', 'urgent')", name="priority"),
        Index(
            "uq_handoffs_contact_id_not_closed",
            "contact_id",
            unique=True,
            sqlite_where=_NOT_CLOSED,
            postgresql_where=_NOT_CLOSED,
        ),
        Index(None, "status", "opened_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False)
    reason: str = Column(String(64), nullable=False)
    priority: str = Column(String(16), nullable=False, default="normal")
    language: str | None = Column(String(8))
    summary: str = Column(Text, nullable=False, default="")
    status: str = Column(String(16), nullable=False, default="open")
    opened_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
    claimed_at: datetime | None = Column(UTCDateTime)
    claimed_by: str | None = Column(String(120))
    closed_at: datetime | None = Column(UTCDateTime)
    contact: Any = relationship("Contact")


class AuditLog(Base):
    """Who did what to what. `details` holds codes and ids, never personal data."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "subject"),)

    id: int = Column(Integer, primary_key=True)
    at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
    actor: str = Column(String(120), nullable=False)
    action: str = Column(String(64), nullable=False)
    subject: str = Column(String(120), nullable=False)
    details: dict[str, Any] = Column(Json, nullable=False)
