"""Which number to call: the clinic's own, and where the patient's phone is from another country, that country's too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import phonenumbers
import yaml
from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import formats
from clinic.models import ContactAddress
from clinic.settings import environment

FILE = Path(__file__).with_name("emergency_numbers.yml")
EMERGENCY, CRISIS = "emergency", "crisis"


@lru_cache(maxsize=1)
def _numbers() -> Mapping[str, Mapping[str, str]]:
    content: Mapping[str, Mapping[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def of_clinic() -> str:
    """The emergency number where the clinic is: `CLINIC_EMERGENCY_NUMBER`, else 112."""
    return environment().get("CLINIC_EMERGENCY_NUMBER") or _numbers()["default"][EMERGENCY]


def of_country(country: str | None, kind: str = EMERGENCY) -> str | None:
    """A country's number (ISO 3166 code); the default for the emergency number of one that is not listed."""
    entry = _numbers().get(country or "", {})
    return entry.get(kind) or (_numbers()["default"].get(kind) if country else None)


def country_of(session: Session, contact_id: int) -> str | None:
    """The country of the contact's phone number; None without one."""
    statement = select(ContactAddress.value).where(
        ContactAddress.contact_id == contact_id, ContactAddress.system == "phone"
    )
    phone = session.execute(statement).scalars().first()
    if phone is None:
        return None
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return None


def to_call(country: str | None, language: str) -> str:
    """The emergency number as a text says it: "112", or "112 (Egypt: 123)" for a phone from elsewhere."""
    here, there = of_clinic(), of_country(country)
    if there is None or there == here:
        return formats.isolate(here, language)
    name = Locale.parse(language).territories.get(country or "", country)
    return f"{formats.isolate(here, language)} ({name}: {formats.isolate(there, language)})"


def crisis_line(country: str | None) -> str | None:
    """The line for thoughts of suicide: by the phone's country, else `CLINIC_CRISIS_LINE`; None where none is known."""
    return of_country(country, CRISIS) or environment().get("CLINIC_CRISIS_LINE") or None
