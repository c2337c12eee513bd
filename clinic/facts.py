"""What every text may mention: the clinic's name, its phone and the emergency number."""

from __future__ import annotations

from clinic import database, directory, emergency, formats

# A phone number stays on one line of a narrow phone.
NO_BREAK = "\u00a0"


def facts_or_defaults(language: str) -> dict[str, str]:
    """`clinic_facts`, or what can be said without a clinic in the database."""
    try:
        return clinic_facts(language)
    except directory.NotSeeded:
        return {"clinic": "Salama", "phone": "", "emergency_number": formats.isolate(emergency.of_clinic(), language)}


def clinic_facts(language: str) -> dict[str, str]:
    """`clinic`, `phone` and `emergency_number` as placeholders of `locales/` want them; NotSeeded without a clinic."""
    with database.read() as session:
        organization = directory.organization(session)
        return {
            "clinic": directory.in_language(organization.names, language),
            "phone": formats.isolate((organization.phone or "").replace(" ", NO_BREAK), language),
            "emergency_number": formats.isolate(emergency.of_clinic(), language),
        }
