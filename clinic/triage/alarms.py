"""An emergency in the chat: what is said, who is told, what is written down. No consent is asked for.

`certain` signs raise the alarm at once. `likely` ones ask "is this happening now?" and wait two minutes: silence is
taken for a yes. Nothing that somebody wrote is recorded here but the names of the signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from clinic import audit, clock, emergency, handoffs, tasks
from clinic.facts import facts_or_defaults
from clinic.texts import text
from clinic.triage import screen, texts

SILENCE = "emergency_silence"
PATIENCE = timedelta(minutes=2)
REASON = "emergency"
# Signs with words of their own instead of "stay with whoever is in danger".
OWN_WORDS = {"self_harm": "utter_emergency_self_harm", "violence": "utter_emergency_violence"}


def named(signs: Sequence[str], language: str) -> str | None:
    """The words for the first named sign, to ask about it; None where a danger is suspected that nothing names."""
    return next((texts.danger(sign, language) for sign in signs if sign in screen.signs()), None)


def words(signs: Sequence[str], language: str, country: str | None) -> str:
    """What is said at once: the number first, then what can be done until help comes."""
    sign = next((name for name in OWN_WORDS if name in signs), signs[0] if signs else "")
    values = {**facts_or_defaults(language), "emergency_number": emergency.to_call(country, language)}
    said = text(OWN_WORDS.get(sign, "utter_emergency"), language, **values)
    line = emergency.crisis_line(country) if sign == "self_harm" else None
    known = screen.signs().get(sign)
    help_until = texts.aid(known.aid if known else None, language)
    crisis = text("utter_crisis_line", language, number=line) if line else ""
    return "\n\n".join(part for part in (said, crisis, help_until or "") if part)


def raise_alarm(session: Session, contact_id: int, signs: Sequence[str], language: str, said: str = "") -> None:
    """Tell the team urgently, and write down that it happened; a question that waits is over."""
    tasks.cancel(session, contact_id, SILENCE)
    summary = " · ".join(part for part in (", ".join(signs), said) if part)
    handoffs.open_handoff(contact_id, REASON, language, summary, "urgent", session=session)
    audit.record(session, f"contact:{contact_id}", "emergency.certain", f"contact:{contact_id}", signs=",".join(signs))


def stands(session: Session, contact_id: int) -> bool:
    """Whether the number was said, and the team has not closed the case."""
    there = handoffs.current(session, contact_id)
    return there is not None and there.reason == REASON


def ask_first(session: Session, contact_id: int, signs: Sequence[str], language: str) -> None:
    """The question "is this happening now?" is being asked: without an answer the alarm is raised after two minutes."""
    tasks.schedule(session, contact_id, SILENCE, clock.now() + PATIENCE, {"signs": list(signs), "language": language})
    audit.record(session, f"contact:{contact_id}", "emergency.likely", f"contact:{contact_id}", signs=",".join(signs))


def not_now(session: Session, contact_id: int) -> None:
    """The patient says that it is not happening now."""
    tasks.cancel(session, contact_id, SILENCE)
    audit.record(session, f"contact:{contact_id}", "emergency.denied", f"contact:{contact_id}")


def waits(session: Session, contact_id: int) -> bool:
    """Whether the question has been asked and not answered."""
    return tasks.is_open(session, contact_id, SILENCE)
