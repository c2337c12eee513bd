"""A patient books: by typing and by tapping, in five languages. Everything on the way is real but Meta."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.scheduling.slots import FreeSlot
from tests.support.bookings import (
    HELLO,
    TYPED,
    Words,
    asks_name,
    check_confirmation,
    row_of,
    slot_keys,
    slots_of,
)
from tests.support.stack import BERLIN, LANGUAGES, Patient, PatientFactory, Records, berlin, says

# hour, minute, doctor of each typed booking in TYPED
WANTED = {
    "en": (14, 20, "anna-weber"),
    "ar": (15, 0, "karim-nasser"),
    "de": (15, 20, "anna-weber"),
    "pt": (16, 20, "anna-weber"),
    "ru": (16, 40, "anna-weber"),
}


@pytest.mark.parametrize("words", TYPED, ids=lambda words: words.language)
def test_books_by_typing(patient: Patient, words: Words) -> None:
    """Specialty and time stand in the first message, so the first question is consent and the second the hour."""
    records = Records(patient.stack, patient.phone)
    language = words.language

    first = patient.say(words.wish)
    # Who tells of spots may be offered the symptom questions above the first one.
    assert len(first.messages) == 1 + says(first, "utter_offer_questions", language)
    assert says(first, "utter_introduction", language)
    assert says(first, "utter_ask_consent", language)
    assert not records.patients()

    offered = patient.say(words.agree)
    assert says(offered, "utter_ask_slot_in_window", language)
    starts = [slot.starts_at.astimezone(BERLIN) for slot in slots_of(offered)]
    assert starts and all(start.date() == date(2026, 11, 24) and start.hour >= 12 for start in starts)

    held = patient.say(words.hour)
    assert asks_name(held, language)
    assert len(records.held()) == 1

    born = patient.say(words.name)
    assert says(born, "utter_ask_birth_date", language, name=words.name)

    summary = patient.say(words.birth_date)
    assert says(summary, "utter_ask_confirm", language)
    assert next(iter(summary.choices)).startswith("/affirm{")
    assert not records.booked()

    done = patient.say(words.yes)
    row = check_confirmation(patient, done, language, words.name, words.born)
    hour, minute, doctor = WANTED[language]
    assert row.starts_at == berlin(2026, 11, 24, hour, minute)
    assert row.practitioner.identifier == doctor
    assert row.patient.relation == "self"
    assert records.consents() == [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_books_by_tapping(patient: Patient, language: str) -> None:
    """Only the greeting, the name and the date of birth are typed."""
    records = Records(patient.stack, patient.phone)
    hello = patient.say(HELLO[language])
    assert says(hello, "utter_introduction", language) and says(hello, "utter_ask_consent", language)

    menu = patient.tap("/affirm")
    assert says(menu, "utter_consent_thanks", language)

    fields = patient.tap("/book_appointment")
    assert says(fields, "utter_ask_specialty", language)
    assert len(fields.choices) == 9

    doctors = patient.tap('/inform{"specialty": "paediatrics"}')
    assert says(doctors, "utter_ask_practitioner", language)
    assert list(doctors.choices) == [
        '/inform{"practitioner": "any"}',
        '/inform{"practitioner": "elena-petrova"}',
        '/inform{"practitioner": "lukas-brandt"}',
    ]

    times = patient.tap('/inform{"practitioner": "lukas-brandt"}')
    assert says(times, "utter_ask_slot", language)
    keys = slot_keys(times)
    # He works on Tuesdays from nine.
    assert FreeSlot.parse(keys[0]).starts_at >= berlin(2026, 11, 24, 9)

    assert asks_name(patient.tap(row_of(keys[0])), language)
    patient.say("Noor Lindqvist")
    summary = patient.say("02.01.2019")
    assert says(summary, "utter_ask_confirm", language)

    done = patient.tap("/affirm")
    row = check_confirmation(patient, done, language, "Noor Lindqvist", date(2019, 1, 2))
    assert row.practitioner.identifier == "lukas-brandt"
    assert row.starts_at == FreeSlot.parse(keys[0]).starts_at
    assert len(records.appointments("held", "booked", "cancelled")) == 1


def test_tapping_and_typing_mix(patient: Patient) -> None:
    """Consent typed, specialty tapped, "any doctor" typed, slot tapped, "yes" typed."""
    patient.say("good morning")
    patient.say("yes that's fine with me")
    patient.tap("/book_appointment")
    patient.tap('/inform{"specialty": "general_practice"}')
    times = patient.say("any doctor will do")
    assert says(times, "utter_ask_slot", "en")
    doctors = {slot.practitioner_id for slot in slots_of(times)}
    assert len(doctors) == 2
    key = slot_keys(times)[-1]
    patient.tap(row_of(key))
    patient.say("my name is Peter Okafor")
    patient.say("24 May 1985")
    row = check_confirmation(patient, patient.say("yes please"), "en", "Peter Okafor", date(1985, 5, 24))
    assert row.starts_at == FreeSlot.parse(key).starts_at
    assert row.practitioner_id == FreeSlot.parse(key).practitioner_id


def test_a_doctor_is_picked_by_name(patient: Patient) -> None:
    """ "Dr. Weber" is enough to know the specialty."""
    patient.say("Ich hätte gern einen Termin bei Frau Dr. Weber am Mittwoch")
    times = patient.say("ja, einverstanden")
    with_weber = slots_of(times)
    assert with_weber
    assert {slot.starts_at.astimezone(BERLIN).date() for slot in with_weber} == {date(2026, 11, 25)}
    patient.tap(row_of(slot_keys(times)[1]))
    held = Records(patient.stack, patient.phone).held()
    assert [row.practitioner.identifier for row in held] == ["anna-weber"]


def test_more_shows_later_times(patient: Patient) -> None:
    """The row and the word "more" both turn the page; nothing is shown twice."""
    patient.say("I need an appointment with an eye doctor")
    pages = [slots_of(patient.say("I agree"))]
    pages.append(slots_of(patient.tap('/inform{"page": "next"}')))
    pages.append(slots_of(patient.say("more times please")))
    starts = [[slot.starts_at for slot in page] for page in pages]
    assert all(len(page) == 9 for page in starts)
    assert starts[0][-1] < starts[1][0] and starts[1][-1] < starts[2][0]


def test_a_daughter_becomes_a_second_patient(patient: Patient) -> None:
    """Both are offered when the phone books a third time."""
    records = Records(patient.stack, patient.phone)
    patient.say("I'd like to see an ear nose and throat doctor on Thursday")
    times = patient.say("yes I agree")
    patient.tap(row_of(slot_keys(times)[0]))
    patient.say("Hannah Vogel")
    patient.say("7 June 1988")
    check_confirmation(patient, patient.tap("/affirm"), "en", "Hannah Vogel", date(1988, 6, 7))

    times = patient.say("now I need a paediatrician for my daughter on Thursday")
    assert asks_name(patient.tap(row_of(slot_keys(times)[0])), "en")
    patient.say("Mia Vogel")
    patient.say("9 September 2018")
    check_confirmation(patient, patient.tap("/affirm"), "en", "Mia Vogel", date(2018, 9, 9))
    assert [(one.name, one.relation) for one in records.patients()] == [("Hannah Vogel", "self"), ("Mia Vogel", "daughter")]

    times = patient.say("book a dermatologist on Friday")
    who = patient.tap(row_of(slot_keys(times)[0]))
    assert says(who, "utter_ask_patient", "en")
    assert list(who.choices.values())[:2] == ["Hannah Vogel", "Mia Vogel"]
    assert len(who.choices) == 3
    mia = list(who.choices)[1]
    patient.tap(mia)
    check_confirmation(patient, patient.tap("/affirm"), "en", "Mia Vogel", date(2018, 9, 9))
    assert len(records.patients()) == 2
    assert [row.patient.name for row in records.booked()] == ["Hannah Vogel", "Mia Vogel", "Mia Vogel"]


def test_two_phones_want_the_same_slot(new_patient: PatientFactory) -> None:
    """One gets it; the other is told so and offered other times."""
    first, second = new_patient("First"), new_patient("Second")
    for each in (first, second):
        each.say("Preciso de um cardiologista na quinta-feira")
    shown = [each.tap("/affirm") for each in (first, second)]
    key = slot_keys(shown[0])[0]
    assert key in slot_keys(shown[1])

    sent = [(each, each.send({"tap": row_of(key)})) for each in (first, second)]
    answers = [each.answer_to(wamid) for each, wamid in sent]
    lucky = [asks_name(answer, "pt") for answer in answers]
    assert sorted(lucky) == [False, True]
    unlucky = answers[lucky.index(False)]
    assert says(unlucky, "utter_slot_just_taken", "pt")
    assert slot_keys(unlucky) and key not in slot_keys(unlucky)
    held = [Records(first.stack, each.phone).held() for each in (first, second)]
    assert sorted(map(len, held)) == [0, 1]
