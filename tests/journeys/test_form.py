"""What happens to a booking when its patient does something else in the middle of it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from clinic import formats
from tests.support.bookings import agree, asks_name, own_words, row_of, slot_keys, slots_of
from tests.support.stack import BERLIN, Answer, Patient, Records, berlin, says


def days_of(answer: Answer) -> set[date]:
    """The days of the slots that the answer offers."""
    return {slot.starts_at.astimezone(BERLIN).date() for slot in slots_of(answer)}


def test_a_question_is_answered_and_the_form_goes_on(patient: Patient) -> None:
    """The same times are shown again after the answer, and one of them can be taken."""
    times = agree(patient, "I need a dermatologist on Friday morning")
    between = patient.say("oh and which health insurances do you take?")
    assert own_words(patient, "insurance", "en") in between.text
    assert slot_keys(between) == slot_keys(times) != []
    assert asks_name(patient.tap(row_of(slot_keys(times)[0])), "en")
    again = patient.say("where exactly is your practice?")
    assert says(again, "utter_faq/location", "en")
    assert asks_name(again, "en")
    assert says(patient.say("Ruth Adeyemi"), "utter_ask_birth_date", "en", name="Ruth Adeyemi")


@pytest.mark.parametrize("words", ["stop", "forget it, I don't want this any more"])
def test_stop_ends_it_and_gives_the_slot_back(patient: Patient, words: str) -> None:
    """Somebody else can have the slot at once."""
    times = agree(patient, "I would like to see an orthopaedic surgeon on Wednesday")
    key = slot_keys(times)[0]
    patient.tap(row_of(key))
    records = Records(patient.stack, patient.phone)
    assert len(records.held()) == 1
    assert says(patient.say(words), "utter_nevermind", "en")
    assert records.appointments("held", "booked") == []
    assert records.patients() == []
    # The form is closed: the same wish begins a new one, with the slot free again.
    assert key in slot_keys(patient.say("an orthopaedic surgeon on Wednesday please"))


def test_the_language_changes_when_asked(patient: Patient) -> None:
    """ "Deutsch bitte" holds at once, for the question that is open too, and it lasts."""
    times = agree(patient, "I need a gynaecologist on Wednesday")
    german = patient.say("Deutsch bitte")
    assert says(german, "utter_language_changed", "de")
    assert slot_keys(german) == slot_keys(times)
    held = patient.tap(row_of(slot_keys(times)[0]))
    assert asks_name(held, "de")
    assert says(patient.say("Grace Miller"), "utter_ask_birth_date", "de", name="Grace Miller")


def test_the_language_changes_by_writing_in_another(patient: Patient) -> None:
    """No command is needed; the booking goes on."""
    agree(patient, "I need a gynaecologist on Wednesday")
    german = patient.say("Oder hätten Sie vielleicht am Donnerstag Vormittag noch etwas frei?")
    assert says(german, "utter_ask_slot_in_window", "de")
    assert days_of(german) == {date(2026, 11, 26)}
    arabic = patient.say("أو يوم الجمعة الصبح لو سمحت")
    assert says(arabic, "utter_ask_slot_in_window", "ar")
    assert days_of(arabic) == {date(2026, 11, 27)}


@pytest.mark.parametrize("name", ["Lena Maria Groß", "ليلى حسن", "Николай Иванов", "John Smith Miller"])
def test_a_name_does_not_change_the_language(patient: Patient, name: str) -> None:
    """People have names from everywhere; the conversation stays where it was."""
    times = agree(patient, "Ich brauche für Donnerstag einen Termin beim HNO-Arzt")
    assert asks_name(patient.tap(row_of(slot_keys(times)[0])), "de")
    assert says(patient.say(name), "utter_ask_birth_date", "de", name=name)
    summary = patient.say("17.8.2019")
    assert says(summary, "utter_ask_confirm", "de") and name in summary.text
    assert says(patient.tap("/nevermind"), "utter_nevermind", "de")


DATES = [
    ("yesterday at ten", "utter_time_in_past", {"when": formats.day_time(berlin(2026, 11, 22, 10), "en")}),
    ("on Sunday", "utter_closed_day", {"day": formats.day(berlin(2026, 11, 29), "en")}),
    (
        "25 December",
        "utter_closed_holiday",
        {"day": formats.day(berlin(2026, 12, 25), "en"), "holiday": "Christmas Day"},
    ),
    ("in 14 months", "utter_time_too_far", {}),
]


@pytest.mark.parametrize(("words", "key", "values"), DATES, ids=["past", "sunday", "holiday", "far"])
def test_an_impossible_day_is_explained(patient: Patient, words: str, key: str, values: dict[str, str]) -> None:
    """A clear sentence, the question again, and other times that are possible."""
    agree(patient, "I would like to see a cardiologist")
    answer = patient.say(words)
    assert says(answer, key, "en", **values)
    now = datetime.fromisoformat(patient.stack.env["CLINIC_NOW"])
    offered = slots_of(answer)
    assert offered and all(slot.starts_at > now for slot in offered)
    assert date(2026, 12, 25) not in days_of(answer) and berlin(2026, 11, 29).date() not in days_of(answer)
    # One of the times offered can be taken: the impossible wish is forgotten.
    assert asks_name(patient.tap(row_of(slot_keys(answer)[-1])), "en")


@pytest.mark.parametrize("opening", ["I would like to see a cardiologist", None], ids=["in a form", "outside"])
def test_nonsense_twice_offers_a_person(patient: Patient, opening: str | None) -> None:
    """ "Yes" then opens the handoff."""
    if opening:
        agree(patient, opening)
    else:
        patient.say("hello")
        patient.tap("/affirm")
    first = patient.say("qwrtz plmokn")
    assert not says(first, "utter_offer_person", "en")
    assert says(first, "utter_time_not_understood" if opening else "utter_not_understood", "en")
    second = patient.say("hjkl vbnm wqx")
    assert says(second, "utter_offer_person", "en")
    assert "/human_handoff" in second.choices
    assert says(patient.say("yes"), "utter_handoff_opened", "en")
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    assert (handoff.status, handoff.reason, handoff.language) == ("open", "offered", "en")
    assert ("cardiology" in handoff.summary) == bool(opening)


def test_without_consent_nothing_is_stored(patient: Patient) -> None:
    """Questions are still answered, and a person is offered."""
    records = Records(patient.stack, patient.phone)
    assert says(patient.say("Guten Morgen, ich brauche einen Termin beim Zahnarzt"), "utter_ask_consent", "de")
    refused = patient.say("nein, das möchte ich nicht")
    assert says(refused, "utter_consent_refused", "de")
    assert "/human_handoff" in refused.choices
    assert own_words(patient, "insurance", "de") in patient.say("Welche Krankenkassen nehmen Sie denn?").text
    assert records.consents() == [False]
    assert records.patients() == [] and records.appointments("held", "booked") == []
    # Booking asks again instead of going on without it, and a yes is enough.
    assert says(patient.say("Ich möchte doch einen Termin beim Zahnarzt"), "utter_ask_consent", "de")
    patient.say("ja, in Ordnung")
    assert records.consents() == [False, True]
