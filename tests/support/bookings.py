"""What every booking journey shares: the words of five languages' patients, and what has to stand at the end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from clinic import database, directory, formats
from clinic.models import Appointment
from clinic.scheduling.slots import FreeSlot, SlotKey
from tests.support.stack import Answer, Patient, Records, bare, says


@dataclass(frozen=True)
class Words:
    """How one patient books by typing, in words that the training data does not have. `wish`: skin, next Tuesday."""

    language: str
    wish: str
    agree: str
    hour: str
    name: str
    birth_date: str
    born: date
    yes: str


# Each asks for another hour, so that they do not take each other's slot. Weber and Nasser both work then.
TYPED = (
    Words(
        language="en",
        wish="hey, I've had this itchy rash for ages, could a skin specialist see me tomorrow after lunch?",
        agree="sure, go ahead",
        hour="2:20 with Dr Weber would be great",
        name="Olivia Bennett",
        birth_date="3rd of April 1991",
        born=date(1991, 4, 3),
        yes="yep, looks good",
    ),
    Words(
        language="ar",
        wish="سلام عليكم، طفح عندي شي بوجهي وحابب أشوف دكتور جلدية بكرة بعد الظهر إذا ممكن",
        agree="إي موافق",
        hour="الساعة ٣ عند د. كريم ناصر",
        name="ليلى حسن",
        birth_date="١٢/٠٤/١٩٩٠",
        born=date(1990, 4, 12),
        yes="تمام احجز",
    ),
    Words(
        language="de",
        wish="Moin, ich müsste mal zur Hautärztin, am liebsten morgen Nachmittag, geht da was?",
        agree="ja klar",
        hour="15:20 bei Frau Dr. Weber",
        name="Jonas Becker",
        birth_date="3. April 1991",
        born=date(1991, 4, 3),
        yes="ja, passt so",
    ),
    Words(
        language="pt",
        wish="Boa tarde, apareceram umas manchas em mim, será que o dermatologista me atende amanhã à tarde?",
        agree="pode sim",
        hour="16h20 com a Dra. Weber",
        name="Mariana Souza",
        birth_date="03/04/1991",
        born=date(1991, 4, 3),
        yes="pode confirmar",
    ),
    Words(
        language="ru",
        wish="Добрый день! Хочу показаться кожному врачу завтра во второй половине дня",
        agree="да, согласна",
        hour="в 16:40 к доктору Вебер",
        name="Ольга Иванова",
        birth_date="3 апреля 1991",
        born=date(1991, 4, 3),
        yes="да, записывайте",
    ),
)
HELLO = {"en": "hello", "ar": "مرحبا", "de": "Guten Tag", "pt": "bom dia", "ru": "здравствуйте"}


def slot_keys(answer: Answer) -> list[str]:
    """The free slots that the answer offers, as keys, in order."""
    carried = (json.loads(choice.removeprefix("/inform")) for choice in answer.choices if choice.startswith("/inform"))
    return [found["slot_key"] for found in carried if "slot_key" in found]


def row_of(key: str) -> str:
    """The id of the list row that carries a slot."""
    return "/inform" + json.dumps({"slot_key": key})


def slots_of(answer: Answer) -> list[SlotKey]:
    """The free slots that the answer offers."""
    return [FreeSlot.parse(key) for key in slot_keys(answer)]


def asks_name(answer: Answer, language: str) -> bool:
    """Whether it asks for the patient's name."""
    return says(answer, "utter_ask_patient_name", language)


def agree(patient: Patient, opening: str) -> Answer:
    """Open with a wish, then tap "I agree"; returns what is asked after that."""
    patient.say(opening)
    return patient.tap("/affirm")


def check_confirmation(patient: Patient, answer: Answer, language: str, name: str, born: date) -> Appointment:
    """The answer confirms, in that language, the one appointment that stands in the database; returns it."""
    booked = Records(patient.stack, patient.phone).booked()
    assert len(booked) >= 1, "no appointment is booked"
    row = booked[-1]
    assert (row.patient.name, row.patient.birth_date) == (name, born)
    with database.read(patient.stack.database_url) as session:
        practitioner = directory.practitioner(session, row.practitioner.identifier)
        assert practitioner is not None
        doctor = directory.practitioner_name(practitioner, language)
        phone = directory.organization(session).phone or ""
        place = directory.location_name(row.location, language)
    assert answer.kinds == ["text", "location"]
    said, pin = answer.messages
    assert says(said, "utter_booked", language, phone=phone)
    for detail in (doctor, formats.day(row.starts_at, language), formats.clock_time(row.starts_at, language), name, place):
        assert bare(detail) in said.text, f"the confirmation does not say {detail}"
    assert pin.payload["location"]["latitude"] == row.location.latitude
    assert pin.payload["location"]["longitude"] == row.location.longitude
    return row


def own_words(patient: Patient, topic: str, language: str) -> str:
    """What the clinic itself has to say about a topic."""
    with database.read(patient.stack.database_url) as session:
        words = directory.fact(session, topic, language)
    assert words, f"the demo clinic says nothing about {topic}"
    return bare(words)
