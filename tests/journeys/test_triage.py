"""Emergencies and symptoms, through webhook, model, actions, database and back, in five languages."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from clinic.models import Intake
from clinic.settings import PROJECT
from clinic.triage import intakes
from tests.support.bookings import agree, slot_keys
from tests.support.stack import Answer, Patient, Records, says, wait_for

ASK_ME = '/report_symptom{"about": "before"}'
CONSENT = '/affirm{"about": "health"}'
NO_CONSENT = '/deny{"about": "health"}'
NOT_NOW = '/deny{"about": "emergency"}'
LATER, TOMORROW = "2026-11-23T09:03:00+01:00", "2026-11-24T07:10:00+01:00"
MOST = 9

DANGER = {
    "en": "Sorry, never mind the appointment, my husband just collapsed and he does not answer me",
    "ar": "سيبك من الموعد جوزي وقع ومش بيرد عليا خالص",
    "de": "Termin egal, mein Mann ist gerade zusammengebrochen und antwortet nicht mehr",
    "pt": "esquece a consulta, meu marido acabou de desmaiar e não responde",
    "ru": "не до записи, муж только что упал без сознания и не отвечает",
}
BOOKING = {
    "en": "I need a dermatologist on Thursday",
    "ar": "عايز موعد مع دكتور جلدية يوم الخميس",
    "de": "Ich brauche einen Termin beim Hautarzt am Donnerstag",
    "pt": "preciso de consulta com dermatologista na quinta",
    "ru": "запишите меня к дерматологу на четверг",
}
CHILD = {
    "en": "my daughter is 4 and has had a fever of 38.6 for three days",
    "ar": "بنتي عمرها ٤ سنين وعندها حرارة 38.6 من ٣ أيام",
    "de": "meine Tochter ist 4 Jahre alt und hat seit drei Tagen 38,6 Fieber",
    "pt": "minha filha tem 4 anos e está com febre de 38,6 há três dias",
    "ru": "дочке 4 года, третий день температура 38,6",
}
COLD = {
    "en": "I am 30 and I have a runny nose and sneezing since yesterday",
    "ar": "عمري 30 سنة وعندي رشح وعطس من مبارح",
    "de": "Ich bin 30 Jahre alt und habe seit gestern Schnupfen",
    "pt": "tenho 30 anos e estou com coriza e espirros desde ontem",
    "ru": "мне 30 лет, со вчерашнего дня насморк и чихание",
}


def choice(answer: Answer, ending: str) -> str | None:
    """The id of the offered choice that carries this answer."""
    return next((one for one in answer.choices if json.loads(one[one.index("{") :]).get("answer") == ending), None)


def harmless(answer: Answer, patient: Patient) -> Answer:
    """The answer of somebody who has nothing but the complaint: no signs, mild, no worse."""
    for ending in ("none", "no", "number:2", "code:same"):
        tap = choice(answer, ending)
        if tap:
            return patient.tap(tap)
    return patient.say("1")


def rows(patient: Patient) -> list[Intake]:
    """The intakes that were kept, the newest first."""
    with Records(patient.stack, patient.phone)._read() as (session, contact):
        return intakes.of_contact(session, contact)


def no_to_everything(answer: Answer, patient: Patient) -> Answer:
    """Answers until the intake is over."""
    for _ in range(MOST):
        if rows(patient):
            return answer
        answer = harmless(answer, patient)
    raise AssertionError("the intake does not end")


def worker_at(patient: Patient, moment: str) -> None:
    """The worker does what is due at that instant."""
    command = [sys.executable, "-m", "worker", "--once", "--now", moment]
    subprocess.run(command, cwd=PROJECT, env=patient.stack.env, check=True, capture_output=True)


@pytest.mark.parametrize("language", DANGER)
def test_an_emergency_inside_a_booking(patient: Patient, language: str) -> None:
    """The number at once and alone, the team told; the booking waits."""
    records = Records(patient.stack, patient.phone)
    patient.say(BOOKING[language])
    answer = patient.say(DANGER[language])
    assert answer.text.splitlines()[0].count("112") == 1
    assert says(answer, "utter_emergency_told", language)
    assert not says(answer, "utter_introduction", language) and not answer.choices
    (handoff,) = records.handoffs()
    assert (handoff.reason, handoff.priority, handoff.status) == ("emergency", "urgent", "open")
    assert DANGER[language] in handoff.summary


@pytest.mark.parametrize("language", CHILD)
def test_a_child_with_fever_gets_a_paediatric_appointment(patient: Patient, language: str) -> None:
    """Age, temperature and duration were said: none of them is asked; the summary goes with the appointment."""
    answer = patient.say(CHILD[language])
    careful = ("utter_ask_emergency", "utter_ask_emergency_sign")
    if any(says(answer, key, language) for key in careful):  # a question first is no harm; nothing told is lost
        answer = patient.tap(NOT_NOW)
    assert says(answer, "utter_ask_health_consent", language)
    answer = no_to_everything(patient.tap(CONSENT), patient)
    assert says(answer, "utter_triage_routine", language) and says(answer, "utter_triage_no_diagnosis", language)
    (intake,) = rows(patient)
    assert (intake.complaint, intake.triage_level, intake.specialty) == ("fever", "routine", "paediatrics")
    assert "38.6" not in intake.answers
    assert says(answer, "utter_ask_consent", language) or answer.choices


def test_what_was_said_is_in_the_summary(patient: Patient) -> None:
    patient.say(CHILD["en"])
    no_to_everything(patient.tap(CONSENT), patient)
    env = patient.stack.env
    with pytest.MonkeyPatch.context() as context:
        context.setenv("CLINIC_ENCRYPTION_KEY", env["CLINIC_ENCRYPTION_KEY"])
        (intake,) = rows(patient)
        words = intakes.in_words(intake, "en")
    assert "4 y" in words and "38.6 °C" in words and "since 3 d" in words and CHILD["en"] in words


@pytest.mark.parametrize("language", COLD)
def test_advice_for_at_home_and_the_look_back(patient: Patient, language: str) -> None:
    """Asked after on the next day; "worse" is triaged again."""
    patient.say(COLD[language])
    answer = no_to_everything(patient.tap(CONSENT), patient)
    assert says(answer, "utter_triage_self_care", language) and says(answer, "utter_ask_check_back", language)
    assert says(patient.tap('/affirm{"about": "check_back"}'), "utter_check_back_promised", language)
    count = len(Records(patient.stack, patient.phone).outbox())
    worker_at(patient, TOMORROW)
    sent = Records(patient.stack, patient.phone).outbox()[count:]
    assert [row.tag for row in sent] == ["check_back"]
    worse = next(one["id"] for one in sent[0].message["choices"] if "worse" in one["id"])
    answer = patient.tap(worse)
    assert answer.text and rows(patient)[0].complaint == "cold"


def test_of_several_complaints_the_more_dangerous_leads(patient: Patient) -> None:
    answer = patient.say("I have a cough, and my tummy hurts as well since two days")
    assert says(answer, "utter_ask_health_consent", "en")
    answer = patient.tap(CONSENT)
    assert says(answer, "utter_intake_about", "en", complaint="belly pain") or "About" in answer.text
    no_to_everything(answer, patient)
    assert rows(patient)[0].complaint == "abdominal_pain"


def test_a_no_to_the_consent_stores_nothing_and_shows_the_way(patient: Patient) -> None:
    patient.say(COLD["en"])
    answer = patient.tap(NO_CONSENT)
    assert says(answer, "utter_health_refused", "en") and "/book_appointment" in answer.choices
    assert rows(patient) == []


def test_an_answer_offers_the_questions_and_a_tap_begins_with_what_was_said(patient: Patient) -> None:
    """The question is answered; the intake begins with its words, and what they tell is known."""
    said = "do you take blood for iron? I am always tired and 30 years old"
    answer = patient.say(said)
    assert says(answer, "utter_offer_questions", "en") and ASK_ME in answer.choices
    assert not says(answer, "utter_ask_health_consent", "en")
    answer = patient.tap(ASK_ME)
    assert says(answer, "utter_ask_health_consent", "en")
    no_to_everything(patient.tap(CONSENT), patient)
    env = patient.stack.env
    with pytest.MonkeyPatch.context() as context:
        context.setenv("CLINIC_ENCRYPTION_KEY", env["CLINIC_ENCRYPTION_KEY"])
        (intake,) = rows(patient)
        words = intakes.in_words(intake, "en")
    assert intake.complaint == "fatigue"
    assert said in words and "30 y" in words


def test_two_minutes_of_silence_are_a_yes(patient: Patient) -> None:
    answer = patient.say("my chest hurts")
    assert says(answer, "utter_ask_emergency_sign", "en") and "pressure or pain in the chest" in answer.text
    worker_at(patient, LATER)
    (handoff,) = wait_for(lambda: Records(patient.stack, patient.phone).handoffs(), 5)
    assert (handoff.reason, handoff.priority) == ("emergency", "urgent") and "chest_pain" in handoff.summary
    assert "112" in Records(patient.stack, patient.phone).outbox()[-1].message["text"]


OWN_WORDS = {
    "en": (
        "runny nose and a cough since 3 days",
        "go on",
        ("I'm 24", "nope none of that", "no", "about a 2", "about the same"),
    ),
    "ar": ("ana 3andy bard w rash7 mn 3 ayam", "na3am", ("24 sana", "la2 mafish 7aga", "la2", "2", "zay ma howa")),
    "ru": (
        "насморк и кашель третий день",
        "давайте",
        ("мне 24", "нет ничего такого, только насморк", "нет", "2", "так же"),
    ),
}


@pytest.mark.parametrize("language", OWN_WORDS)
def test_a_cold_told_in_own_words_stays_at_home(patient: Patient, language: str) -> None:
    """Nothing is tapped: "la2" is no second row, and "none, only a runny nose" no riddle."""
    opening, agreed, answers = OWN_WORDS[language]
    patient.say(opening)
    patient.say(agreed)
    age, none, no, number, same = answers
    for _ in range(12):
        if rows(patient):
            break
        asked = patient.from_clinic()[-1]
        if "age" in asked.text.lower() or "old" in asked.text or "лет" in asked.text or "عمر" in asked.text:
            patient.say(age)
        elif any(key.endswith('"none"}') for key in asked.choices):
            patient.say(none)
        elif any(key.endswith('"no"}') for key in asked.choices):
            patient.say(no)
        else:
            patient.say(same if any("same" in key for key in asked.choices) else number)
    (intake,) = rows(patient)
    assert intake.triage_level == "self_care"


def test_a_no_to_the_question_lets_the_intake_begin(patient: Patient) -> None:
    patient.say("my chest hurts")
    answer = patient.tap(NOT_NOW)
    assert says(answer, "utter_emergency_not_now", "en") and says(answer, "utter_ask_health_consent", "en")
    assert Records(patient.stack, patient.phone).handoffs() == []


def test_an_emergency_while_a_person_has_the_chat(patient: Patient) -> None:
    patient.say("let me talk to a person")
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    patient.stack.clinic("handoffs", "claim", str(handoff.id), "--by", "Fatima")
    answer = patient.say(DANGER["en"])
    assert "112" in answer.text
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    assert (handoff.status, handoff.priority) == ("claimed", "urgent")


def test_stop_and_a_question_in_the_middle(patient: Patient) -> None:
    patient.say(COLD["en"])
    asked = patient.tap(CONSENT)
    answer = patient.say("what are your opening hours?")
    assert asked.choices and set(asked.choices) <= set(answer.choices)
    assert says(patient.say("stop asking, forget it"), "utter_intake_stopped", "en")
    assert rows(patient) == []


def test_the_booking_keeps_its_question_after_a_denied_danger(patient: Patient) -> None:
    times = agree(patient, "I need a dermatologist on Thursday")
    patient.say("my chest hurts")
    answer = patient.tap(NOT_NOW)
    assert says(answer, "utter_emergency_not_now", "en") and slot_keys(times)
    assert any("slot_key" in one for one in answer.choices)
