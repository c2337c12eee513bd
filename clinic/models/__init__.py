"""All tables, so that `from clinic.models import Appointment` is enough."""

from __future__ import annotations

from clinic.models.base import Base, Json, UTCDateTime, col
from clinic.models.channel import MEDIUM_STATUSES, ChannelEvent, Medium, Template
from clinic.models.health import TRIAGE_LEVELS, Intake, Task
from clinic.models.messaging import Inbox, Outbox
from clinic.models.organisation import (
    Holiday,
    Location,
    OpeningHours,
    Organization,
    Practitioner,
    PractitionerRole,
    Specialty,
)
from clinic.models.people import RELATIONS, Consent, Contact, ContactAddress, Patient
from clinic.models.scheduling import OCCUPYING, STATUSES, Appointment, AppointmentType, Schedule, TimeOff
from clinic.models.staff import AuditLog, Handoff

__all__ = [
    "MEDIUM_STATUSES",
    "OCCUPYING",
    "RELATIONS",
    "STATUSES",
    "TRIAGE_LEVELS",
    "Appointment",
    "AppointmentType",
    "AuditLog",
    "Base",
    "ChannelEvent",
    "Consent",
    "Contact",
    "ContactAddress",
    "Handoff",
    "Holiday",
    "Inbox",
    "Intake",
    "Json",
    "Location",
    "Medium",
    "OpeningHours",
    "Organization",
    "Outbox",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Schedule",
    "Specialty",
    "Task",
    "Template",
    "TimeOff",
    "UTCDateTime",
    "col",
]
