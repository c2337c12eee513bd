"""What every text may mention: the clinic's name, its phone and the emergency number."""

from __future__ import annotations

from clinic import database, directory, formats
from clinic.settings import environment

# A phone number stays on one line of a narrow phone.
NO_BREAK = "\u00a0"
DEFAULT_EMERGENCY_NUMBER = "112"  # EU and many others; CLINIC_EMERGENCY_NUMBER says otherwise


def facts_or_defaults(language: str) -> dict[str, str]:
    """`clinic_facts`, or what can be said without a clinic in the database."""
    try:
        return clinic_facts(language)
    except directory.NotSeeded:
        return {"clinic": "Salama", "phone": "", "emergency_number": formats.isolate(_emergency_number(), language)}


def _emergency_number() -> str:
    return environment().get("CLINIC_EMERGENCY_NUMBER") or DEFAULT_EMERGENCY_NUMBER


def clinic_facts(language: str) -> dict[str, str]:
    """`clinic`, `phone` and `emergency_number` as placeholders of `locales/` want them; NotSeeded without a clinic."""
    with database.read() as session:
        organization = directory.organization(session)
        return {
            "clinic": directory.in_language(organization.names, language),
            "phone": formats.isolate((organization.phone or "").replace(" ", NO_BREAK), language),
            "emergency_number": formats.isolate(_emergency_number(), language),
        }
