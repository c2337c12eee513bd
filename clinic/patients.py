"""The people a contact books for."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import audit, clock, consent, database
from clinic.models import RELATIONS, Contact, Patient
from clinic.settings import settings

MAX_NAME = 80
MAX_YEARS = 120
# Invisible signs that keyboards and copying leave behind; joiners (200C, 200D) stay, Persian names need them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_LINK = re.compile(r"https?:|www\.|://|@|\w{3}\.(?:com|org|net|de|ru|br|info|io|me)\b", re.IGNORECASE)
# What may stand in a name beside letters and their marks.
_PUNCTUATION = " -'’ʼ`´.،,·()\u200c\u200d"


class InvalidName(ValueError):
    """What was written can not be a person's name; the message says why, without the text."""


class InvalidBirthDate(ValueError):
    """In the future, or too long ago for somebody alive."""


class ConsentMissing(Exception):
    """Something personal was to be stored before the contact agreed to it."""


def clean_name(text: str) -> str:
    """A person's name with tidy blanks, as it was written otherwise.

    Letters of any script, at least two of them, at most 80 characters, no digits, links or other signs.
    Raises InvalidName.
    """
    name = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split()).strip(" ,.،-")
    if len(name) > MAX_NAME:
        raise InvalidName(f"a name has at most {MAX_NAME} characters")
    if _LINK.search(name):
        raise InvalidName("a name holds no link")
    if sum(c.isalpha() for c in name) < 2:
        raise InvalidName("a name has at least two letters")
    for character in name:
        category = unicodedata.category(character)
        if category[0] not in "LM" and character not in _PUNCTUATION:
            raise InvalidName("a name holds letters only")
    return name


def check_birth_date(value: date) -> date:
    """`value` itself when somebody alive can be born then (clinic's calendar), otherwise InvalidBirthDate."""
    today = clock.now().astimezone(settings().time_zone).date()
    if value > today:
        raise InvalidBirthDate("the date of birth lies in the future")
    if (today.year - value.year) - ((today.month, today.day) < (value.month, value.day)) > MAX_YEARS:
        raise InvalidBirthDate(f"the date of birth lies more than {MAX_YEARS} years back")
    return value


def patients_of(session: Session, contact_id: int) -> list[Patient]:
    """The profiles of a contact, the oldest first."""
    statement = select(Patient).where(Patient.contact_id == contact_id).order_by(Patient.id)
    return list(session.execute(statement).scalars())


def _same(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def find_or_create(contact_id: int, name: str, birth_date: date, relation: str, session: Session | None = None) -> Patient:
    """The contact's patient of this name (upper and lower case are the same) and date of birth; made when new.

    Raises InvalidName, InvalidBirthDate, ConsentMissing (consent "booking" comes first) and ValueError on a relation
    that is not in RELATIONS.
    """
    name, birth_date = clean_name(name), check_birth_date(birth_date)
    if relation not in RELATIONS:
        raise ValueError(f"{relation!r} is not one of {', '.join(RELATIONS)}")

    def work() -> Patient:
        with database.within(session) as inner:
            # The contact's row is the lock: two taps at once must not make two patients.
            inner.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update())
            for patient in patients_of(inner, contact_id):
                if _same(patient.name) == _same(name) and patient.birth_date == birth_date:
                    return patient
            if not consent.granted(inner, contact_id, "booking"):
                raise ConsentMissing(f"contact {contact_id} has not agreed to storing personal data")
            patient = Patient(contact_id=contact_id, name=name, birth_date=birth_date, relation=relation)
            inner.add(patient)
            inner.flush()
            audit.record(inner, f"contact:{contact_id}", "patient.created", f"patient:{patient.id}", relation=relation)
            return patient

    return work() if session is not None else database.retrying(work)
