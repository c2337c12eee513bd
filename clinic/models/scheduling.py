"""Weekly schedules, what interrupts them, and the appointments made out of them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Time, UniqueConstraint
from sqlalchemy.orm import relationship

from clinic import clock
from clinic.models.base import Base, Json, UTCDateTime

STATUSES = ("held", "booked", "cancelled", "completed", "no_show")
OCCUPYING = ("held", "booked")


class Schedule(Base):
    """A weekly stretch of work: weekday (0 = Monday), local times, valid on both its dates (None: open)."""

    __tablename__ = "schedules"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > starts", name="ends_after_starts"),
        UniqueConstraint("practitioner_id", "location_id", "weekday", "starts", "valid_from", name="uq_schedules_stretch"),
    )

    id: int = Column(Integer, primary_key=True)
    practitioner_id: int = Column(ForeignKey("practitioners.id"), nullable=False)
    location_id: int = Column(ForeignKey("locations.id"), nullable=False)
    weekday: int = Column(Integer, nullable=False)
    starts: time = Column(Time, nullable=False)
    ends: time = Column(Time, nullable=False)
    valid_from: date | None = Column(Date)
    valid_to: date | None = Column(Date)


class TimeOff(Base):
    """A stretch in which a practitioner sees nobody (UTC instants)."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_starts"),
        Index(None, "practitioner_id", "starts_at"),
    )

    id: int = Column(Integer, primary_key=True)
    practitioner_id: int = Column(ForeignKey("practitioners.id"), nullable=False)
    starts_at: datetime = Column(UTCDateTime, nullable=False)
    ends_at: datetime = Column(UTCDateTime, nullable=False)


class AppointmentType(Base):
    """A kind of visit and its length; with a specialty it is that specialty's usual visit."""

    __tablename__ = "appointment_types"
    __table_args__ = (CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),)

    id: int = Column(Integer, primary_key=True)
    code: str = Column(String(64), nullable=False, unique=True)
    names: dict[str, str] = Column(Json, nullable=False)
    minutes: int = Column(Integer, nullable=False)
    specialty_id: int | None = Column(ForeignKey("specialties.id"))
    position: int = Column(Integer, nullable=False, default=0)
    specialty: Any = relationship("Specialty")


class Appointment(Base):
    """A held or booked slot, or what became of it.

    No two rows of one practitioner whose status is held or booked may overlap. The database refuses them:
    an exclusion constraint on PostgreSQL, triggers on SQLite, both named `appointments_overlap` and both made
    by the first migration. Ids are never used twice, so that an old button can not confirm a newer hold.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("status IN ('held', 'booked', 'cancelled', 'completed', 'no_show')", name="status"),
        CheckConstraint("ends_at > starts_at", name="ends_after_starts"),
        CheckConstraint("status <> 'held' OR held_until IS NOT NULL", name="held_until"),
        CheckConstraint("status <> 'booked' OR patient_id IS NOT NULL", name="booked_for_a_patient"),
        Index(None, "practitioner_id", "starts_at"),
        Index(None, "contact_id", "starts_at"),
        {"sqlite_autoincrement": True},
    )

    id: int = Column(Integer, primary_key=True)
    patient_id: int | None = Column(ForeignKey("patients.id"), index=True)
    contact_id: int = Column(ForeignKey("contacts.id"), nullable=False)
    practitioner_id: int = Column(ForeignKey("practitioners.id"), nullable=False)
    location_id: int = Column(ForeignKey("locations.id"), nullable=False)
    appointment_type_id: int = Column(ForeignKey("appointment_types.id"), nullable=False)
    starts_at: datetime = Column(UTCDateTime, nullable=False)
    ends_at: datetime = Column(UTCDateTime, nullable=False)
    status: str = Column(String(16), nullable=False)
    held_until: datetime | None = Column(UTCDateTime)
    created_at: datetime = Column(UTCDateTime, nullable=False, default=clock.now)
    booked_at: datetime | None = Column(UTCDateTime)
    cancelled_at: datetime | None = Column(UTCDateTime)

    patient: Any = relationship("Patient")
    practitioner: Any = relationship("Practitioner")
    location: Any = relationship("Location")
    appointment_type: Any = relationship("AppointmentType")
