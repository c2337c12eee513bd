"""What a contact agreed to. Rows are only added; the newest one of a purpose counts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import audit, database
from clinic.models import Consent, col

# Of the text that is shown. A consent to an older text no longer counts: change this when the meaning changes.
VERSION = "2026-11"
# reminders: what the clinic sends on its own; health: answers about symptoms are kept
PURPOSES = ("booking", "reminders", "health")


def _answer(contact_id: int, purpose: str, granted: bool, session: Session | None) -> None:
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is not a purpose: {', '.join(PURPOSES)}")
    with database.within(session) as inner:
        inner.add(Consent(contact_id=contact_id, purpose=purpose, granted=granted, version=VERSION))
        action = "consent.granted" if granted else "consent.refused"
        audit.record(inner, f"contact:{contact_id}", action, f"contact:{contact_id}", purpose=purpose, version=VERSION)


def grant(contact_id: int, purpose: str = "booking", session: Session | None = None) -> None:
    """The contact agrees. ValueError on an unknown purpose."""
    _answer(contact_id, purpose, True, session)


def refuse(contact_id: int, purpose: str = "booking", session: Session | None = None) -> None:
    """The contact refuses, or takes an earlier consent back."""
    _answer(contact_id, purpose, False, session)


def answered(session: Session, contact_id: int, purpose: str = "booking") -> bool | None:
    """The contact's last answer to the text of today's VERSION; None when it was never asked."""
    statement = (
        select(Consent.granted)
        .where(Consent.contact_id == contact_id, Consent.purpose == purpose, Consent.version == VERSION)
        .order_by(col(Consent.id).desc())
        .limit(1)
    )
    answer: bool | None = session.execute(statement).scalar_one_or_none()
    return answer


def granted(session: Session, contact_id: int, purpose: str = "booking") -> bool:
    """Whether the contact agrees to this purpose now."""
    return answered(session, contact_id, purpose) is True


def opted_out(session: Session, contact_id: int) -> bool:
    """Whether the contact wants nothing that the clinic sends on its own. No newer VERSION makes that forgotten."""
    statement = (
        select(Consent.granted)
        .where(Consent.contact_id == contact_id, Consent.purpose == "reminders")
        .order_by(col(Consent.id).desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none() is False
