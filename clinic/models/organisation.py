"""The clinic itself: organisation, locations, specialties and the people who work there (FHIR's words).

`names` and other texts "by language" are JSON objects such as ``{"en": "Dermatology", "ar": "الجلدية"}``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from clinic.models.base import Base, Json


class Organization(Base):
    """The clinic as a house. `facts[topic]` is what it says about a topic (`clinic/topics.py` reads it)."""

    __tablename__ = "organizations"

    id: int = Column(Integer, primary_key=True)
    identifier: str = Column(String(64), nullable=False, unique=True)
    names: dict[str, str] = Column(Json, nullable=False)
    phone: str | None = Column(String(32))
    facts: dict[str, dict[str, Any]] = Column(Json, nullable=False)


class Location(Base):
    """A place where patients are seen. Its times are those of `CLINIC_TIMEZONE`."""

    __tablename__ = "locations"

    id: int = Column(Integer, primary_key=True)
    identifier: str = Column(String(64), nullable=False, unique=True)
    names: dict[str, str] = Column(Json, nullable=False)
    address: dict[str, str] = Column(Json, nullable=False)
    latitude: float = Column(Float, nullable=False)
    longitude: float = Column(Float, nullable=False)
    phone: str | None = Column(String(32))
    position: int = Column(Integer, nullable=False, default=0)
    opening_hours: list[OpeningHours] = relationship(
        "OpeningHours", order_by="(OpeningHours.weekday, OpeningHours.opens)", cascade="all, delete-orphan"
    )


class OpeningHours(Base):
    """One stretch of opening on a weekday (0 = Monday), local times; a lunch break makes two rows."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("closes > opens", name="closes_after_opens"),
        UniqueConstraint("location_id", "weekday", "opens"),
    )

    id: int = Column(Integer, primary_key=True)
    location_id: int = Column(ForeignKey("locations.id"), nullable=False)
    weekday: int = Column(Integer, nullable=False)
    opens: dt.time = Column(Time, nullable=False)
    closes: dt.time = Column(Time, nullable=False)


class Holiday(Base):
    """A local date on which one location, or with no location every one, is closed."""

    __tablename__ = "holidays"
    __table_args__ = (UniqueConstraint("date", "location_id"),)

    id: int = Column(Integer, primary_key=True)
    date: dt.date = Column(Date, nullable=False)
    location_id: int | None = Column(ForeignKey("locations.id"))
    names: dict[str, str] = Column(Json, nullable=False)


class Specialty(Base):
    """A field of medicine the clinic offers; `code` is what conversations and vocabularies use."""

    __tablename__ = "specialties"

    id: int = Column(Integer, primary_key=True)
    code: str = Column(String(64), nullable=False, unique=True)
    names: dict[str, str] = Column(Json, nullable=False)
    position: int = Column(Integer, nullable=False, default=0)


class Practitioner(Base):
    """A doctor. `name` is Latin and carries the title; `names` holds the other scripts' spellings."""

    __tablename__ = "practitioners"
    __table_args__ = (CheckConstraint("gender IN ('female', 'male', 'other', 'unknown')", name="gender"),)

    id: int = Column(Integer, primary_key=True)
    identifier: str = Column(String(64), nullable=False, unique=True)
    name: str = Column(String(120), nullable=False)
    names: dict[str, str] = Column(Json, nullable=False)
    gender: str = Column(String(16), nullable=False)
    languages: list[str] = Column(Json, nullable=False)
    active: bool = Column(Boolean, nullable=False, default=True)
    roles: list[PractitionerRole] = relationship(
        "PractitionerRole", order_by="PractitionerRole.id", back_populates="practitioner", cascade="all, delete-orphan"
    )


class PractitionerRole(Base):
    """What a practitioner does where: one row per practitioner, specialty and location."""

    __tablename__ = "practitioner_roles"
    __table_args__ = (UniqueConstraint("practitioner_id", "specialty_id", "location_id"),)

    id: int = Column(Integer, primary_key=True)
    practitioner_id: int = Column(ForeignKey("practitioners.id"), nullable=False)
    specialty_id: int = Column(ForeignKey("specialties.id"), nullable=False)
    location_id: int = Column(ForeignKey("locations.id"), nullable=False)
    practitioner: Any = relationship("Practitioner", back_populates="roles")
    specialty: Any = relationship("Specialty")
    location: Any = relationship("Location")
