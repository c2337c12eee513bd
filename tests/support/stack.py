"""The running Salama as journeys see it: the stack, its database, and what the texts of `locales/` look like when said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from clinic import database, texts
from clinic.models import Appointment, Consent, ContactAddress, Handoff, Outbox, col
from clinic.models import Patient as PatientRow
from scripts.patient import Answer, Message, Patient, bare
from scripts.stack import PROCESSES, NotReady, Stack, wait_for

__all__ = [
    "PROCESSES",
    "Answer",
    "Message",
    "NotReady",
    "Patient",
    "PatientFactory",
    "Records",
    "Stack",
    "bare",
    "pattern",
    "says",
    "wait_for",
]

# A Monday.
NOW = "2026-11-23T09:00:00+01:00"
BERLIN = ZoneInfo("Europe/Berlin")
PatientFactory = Callable[..., Patient]
LANGUAGES = ("en", "ar", "de", "pt", "ru")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def berlin(*numbers: int) -> datetime:
    """An instant on the clinic's clock."""
    return datetime(*numbers, tzinfo=BERLIN)  # type: ignore[arg-type,misc]


@lru_cache(maxsize=8)
def _gaps(language: str) -> dict[str, str]:
    """Every placeholder of a language's file, filled with a mark that no text contains."""
    written = (texts.FOLDER / f"{language}.yml").read_text("utf-8")
    return dict.fromkeys(_PLACEHOLDER.findall(written), "\0")


def pattern(key: str, language: str, **values: str) -> str:
    """A text of `locales/` as a regular expression; placeholders without a value match anything."""
    said = texts.text(key, language, **{**_gaps(language), **values})
    return re.escape(bare(said)).replace("\0", ".*?")


def says(answer: Answer | Message | str, key: str, language: str, **values: str) -> bool:
    """Whether the answer contains that text in that language."""
    words = bare(answer) if isinstance(answer, str) else answer.text
    return re.search(pattern(key, language, **values), words, re.DOTALL) is not None


class Records:
    """What stands in the clinic's database about the contact with a phone."""

    def __init__(self, stack: Stack, phone: str) -> None:
        self._url, self._phone = stack.database_url, phone

    @contextmanager
    def _read(self) -> Iterator[tuple[Session, int]]:
        with database.read(self._url) as session:
            address = select(ContactAddress.contact_id).where(ContactAddress.value == self._phone)
            yield session, session.execute(address).scalar() or 0

    def appointments(self, *statuses: str) -> list[Appointment]:
        """The contact's appointments, oldest first, with patient, practitioner and location."""
        with self._read() as (session, contact):
            statement = (
                select(Appointment)
                .where(Appointment.contact_id == contact, col(Appointment.status).in_(statuses))
                .options(
                    joinedload(Appointment.patient),
                    joinedload(Appointment.practitioner),
                    joinedload(Appointment.location),
                    joinedload(Appointment.appointment_type),
                )
                .order_by(Appointment.id)
            )
            return list(session.execute(statement).scalars())

    def booked(self) -> list[Appointment]:
        """What is booked."""
        return self.appointments("booked")

    def held(self) -> list[Appointment]:
        """What is held."""
        return self.appointments("held")

    def patients(self) -> list[PatientRow]:
        """The people this phone has booked for."""
        with self._read() as (session, contact):
            statement = select(PatientRow).where(PatientRow.contact_id == contact).order_by(PatientRow.id)
            return list(session.execute(statement).scalars())

    def handoffs(self) -> list[Handoff]:
        """The contact's handoffs, oldest first."""
        with self._read() as (session, contact):
            statement = select(Handoff).where(Handoff.contact_id == contact).order_by(Handoff.id)
            return list(session.execute(statement).scalars())

    def consents(self) -> list[bool]:
        """What the contact answered when asked for consent, oldest first."""
        with self._read() as (session, contact):
            statement = select(Consent.granted).where(Consent.contact_id == contact).order_by(Consent.id)
            return list(session.execute(statement).scalars())

    def outbox(self) -> list[Outbox]:
        """Every message that was ever to be sent to the contact, in order."""
        with self._read() as (session, contact):
            statement = select(Outbox).where(Outbox.contact_id == contact).order_by(Outbox.id)
            return list(session.execute(statement).scalars())
