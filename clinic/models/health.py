"""What patients told about their health, and what is to be done at a certain time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text, text

from clinic import clock
from clinic.models.base import Base, Json, UTCDateTime

TRIAGE_LEVELS = ("emergency", "urgent", "routine", "self_care")
_not_done = text("done_at IS NULL")


class Intake(Base):
    """One symptom intake that came to a verdict. `answers` is encrypted (`clinic.encryption`)."""

    __tablename__ = "intakes"
    __table_args__ = (
        CheckConstraint("triage_level IN ('" + "', '".join(TRIAGE_LEVELS) + "')", name="triage_level"),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False, index=True)
    # Known once the intake led to an appointment, or where the contact has only ever written for one patient.
    patient_id: int | None = Column(ForeignKey("patients.id"), index=True)
    appointment_id: int | None = Column(ForeignKey("appointments.id"), index=True)
    # The name of the protocol that led.
    complaint: str = Column(String(64), nullable=False)
    triage_level: str = Column(String(16), nullable=False)
    specialty: str | None = Column(String(64))
    language: str = Column(String(8), nullable=False)
    answers: str = Column(Text, nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)


class Task(Base):
    """Something that the worker does for a contact when it is due, unless it was done or taken back before."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_due", "due_at", sqlite_where=_not_done, postgresql_where=_not_done),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False, index=True)
    kind: str = Column(String(32), nullable=False)
    payload: Any = Column(Json, nullable=False)
    due_at: datetime = Column(UTCDateTime, nullable=False)
    done_at: datetime | None = Column(UTCDateTime)
    created_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
