"""Intakes in the database: what was told is encrypted, the verdict is not (staff and reports sort by it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinic import audit, consent, encryption
from clinic.models import Intake, col
from clinic.triage import fhir, summary
from clinic.triage.conditions import Known
from clinic.triage.engine import Verdict

PURPOSE = "health"


class ConsentMissing(Exception):
    """The contact has not agreed that health answers are kept."""


@dataclass(frozen=True)
class Told:
    """What an intake's encrypted part holds."""

    known: Known
    verdict: Verdict
    opening: str
    others: tuple[str, ...] = ()


def save(session: Session, contact_id: int, told: Told, specialty: str | None, language: str) -> Intake:
    """Write an intake; ConsentMissing without the contact's consent to keeping health answers."""
    if not consent.granted(session, contact_id, PURPOSE):
        raise ConsentMissing("health answers are kept with the contact's consent only")
    intake = Intake(
        contact_id=contact_id,
        complaint=told.verdict.protocol,
        triage_level=told.verdict.level,
        specialty=specialty,
        language=language,
        answers=encryption.encrypt(_written(told)),
    )
    session.add(intake)
    session.flush()
    audit.record(session, f"contact:{contact_id}", "intake.completed", f"intake:{intake.id}", level=told.verdict.level)
    return intake


def _written(told: Told) -> Mapping[str, Any]:
    return {
        "known": dict(told.known),
        "opening": told.opening,
        "others": list(told.others),
        "fired": list(told.verdict.fired),
        "perhaps": list(told.verdict.perhaps),
    }


def told(intake: Intake) -> Told:
    """The encrypted part of an intake; `encryption.Unreadable` with another key."""
    written = encryption.decrypt(intake.answers)
    verdict = Verdict(intake.triage_level, intake.complaint, tuple(written["fired"]), tuple(written["perhaps"]))
    return Told(written["known"], verdict, written["opening"], tuple(written["others"]))


def in_words(intake: Intake, language: str) -> str:
    """The summary for staff."""
    one = told(intake)
    return summary.in_words(one.known, one.verdict, one.opening, language, one.others)


def as_fhir(intake: Intake) -> Mapping[str, Any]:
    """The intake as FHIR QuestionnaireResponse."""
    one = told(intake)
    return fhir.questionnaire_response(
        one.known, one.verdict, intake.created_at, intake.language, intake.id, intake.patient_id
    )


def of_contact(session: Session, contact_id: int) -> list[Intake]:
    """The contact's intakes, the newest first."""
    statement = select(Intake).where(Intake.contact_id == contact_id).order_by(col(Intake.id).desc())
    return list(session.execute(statement).scalars())


def attach(session: Session, intake_id: int, contact_id: int, appointment_id: int, patient_id: int) -> bool:
    """The intake led to this appointment; False where it is not the contact's."""
    statement = update(Intake).where(Intake.id == intake_id, Intake.contact_id == contact_id)
    changed: int = session.execute(
        statement.values(appointment_id=appointment_id, patient_id=patient_id),
        execution_options={"synchronize_session": False},
    ).rowcount
    return changed == 1


def of_appointment(session: Session, appointment_id: int) -> Intake | None:
    """The intake that led to the appointment."""
    statement = select(Intake).where(Intake.appointment_id == appointment_id).order_by(col(Intake.id).desc()).limit(1)
    found: Intake | None = session.execute(statement).scalar_one_or_none()
    return found
