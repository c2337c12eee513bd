"""Who writes to the clinic, whom they book for, and what they agreed to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import relationship

from clinic import clock
from clinic.models.base import Base, UTCDateTime

RELATIONS = ("self", "daughter", "son", "child", "mother", "father", "partner", "other")


class Contact(Base):
    """Somebody who writes: an internal id; phones and user ids are addresses of it."""

    __tablename__ = "contacts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Column(Integer, primary_key=True)
    language: str | None = Column(String(8))
    time_zone: str | None = Column(String(64))
    introduced_at: datetime | None = Column(UTCDateTime)
    # Flood control: answered slowly until then, and when that was said; not answered at all since.
    slowed_until: datetime | None = Column(UTCDateTime)
    slowed_told_at: datetime | None = Column(UTCDateTime)
    blocked_at: datetime | None = Column(UTCDateTime)
    # The patient told the channel itself (not us) to stop marketing.
    marketing_stopped_at: datetime | None = Column(UTCDateTime)
    # The channel's hash of who holds the address, and when it last reported another one.
    identity_key: str | None = Column(String(128))
    identity_changed_at: datetime | None = Column(UTCDateTime)
    created_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
    addresses: list[ContactAddress] = relationship("ContactAddress", order_by="ContactAddress.id")


class ContactAddress(Base):
    """One address of a contact: system "phone" (+E.164) or "user_id" (business-scoped)."""

    __tablename__ = "contact_addresses"
    __table_args__ = (
        CheckConstraint("system IN ('phone', 'user_id')", name="system"),
        UniqueConstraint("system", "value"),
    )

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False, index=True)
    system: str = Column(String(16), nullable=False)
    value: str = Column(String(160), nullable=False)


class Patient(Base):
    """Somebody for whom a contact books; a family shares one phone, so a contact has several."""

    __tablename__ = "patients"
    __table_args__ = (
        CheckConstraint(
            "relation IN ('self', 'daughter', 'son', 'child', 'mother', 'father', 'partner', 'other')", name="relation"
        ),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False, index=True)
    relation: str = Column(String(16), nullable=False)
    name: str = Column(String(120), nullable=False)
    birth_date: date = Column(Date, nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)


class Consent(Base):
    """One answer to one question for consent; rows are only ever added, the newest counts."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "contact_id", "purpose"),)

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False)
    purpose: str = Column(String(32), nullable=False)
    granted: bool = Column(Boolean, nullable=False)
    version: str = Column(String(32), nullable=False)
    at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
