"""Reaching a person: at any moment, in any words; while a person has the chat the bot keeps quiet."""

from __future__ import annotations

import subprocess

import pytest

from clinic import formats
from tests.support.bookings import agree, row_of, slot_keys, slots_of
from tests.support.stack import Message, Patient, Records, says, wait_for

ASKING = {
    "en": "can I just talk to an actual human being please",
    "ar": "بدي أحكي مع حدا حقيقي من عندكم مو روبوت",
    "de": "Ich will bitte mit einem echten Menschen reden",
    "pt": "prefiro falar com alguém de verdade aí da recepção",
    "ru": "можно мне поговорить с живым человеком?",
}


@pytest.mark.parametrize("language", ASKING)
def test_the_first_message_asks_for_a_person(patient: Patient, language: str) -> None:
    """No consent, no menu in between."""
    answer = patient.say(ASKING[language])
    assert says(answer, "utter_handoff_opened", language)
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    assert (handoff.status, handoff.reason, handoff.language, handoff.priority) == ("open", "asked", language, "normal")
    assert ASKING[language] in handoff.summary


def test_inside_the_form_staff_see_what_was_being_booked(patient: Patient) -> None:
    """The summary holds the booking so far; the patient can come back to the bot."""
    times = agree(patient, "I need a dermatologist on Thursday")
    patient.tap(row_of(slot_keys(times)[0]))
    assert says(patient.say("this is too complicated, let me speak to someone"), "utter_handoff_opened", "en")
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    held = slots_of(times)[0].starts_at
    assert "dermatology" in handoff.summary and formats.day_time(held, "en") in handoff.summary

    waiting = patient.say("are you there?")
    assert says(waiting, "utter_handoff_waiting", "en")
    assert patient.say("hello??").messages == []
    assert says(patient.tap("/nevermind"), "utter_handoff_withdrawn", "en")
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    assert handoff.status == "closed"
    assert says(patient.say("hi again"), "utter_greet_again", "en")


def arrived(patient: Patient, known: int) -> list[Message]:
    """What the clinic has sent beyond the first `known` messages, as soon as there is something."""
    return wait_for(lambda: patient.from_clinic()[known:], 20)


def test_a_handoff_and_back(patient: Patient) -> None:
    """list, claim, reply and close from the staff's command line."""
    clinic = patient.stack.clinic
    patient.say("Guten Tag")
    patient.tap("/human_handoff")
    (handoff,) = Records(patient.stack, patient.phone).handoffs()
    number = str(handoff.id)
    assert any(line.split()[0] == number for line in clinic("handoffs", "list").splitlines()[1:])
    with pytest.raises(subprocess.CalledProcessError) as refused:
        clinic("handoffs", "reply", number, "Hallo")
    assert "claim" in refused.value.stderr

    clinic("handoffs", "claim", number, "--by", "Fatma")
    assert patient.say("Ich brauche einen Termin beim Hautarzt").messages == []
    known = len(patient.from_clinic())
    clinic("handoffs", "reply", number, "Guten Tag, hier ist Fatma vom Empfang.")
    (reply,) = arrived(patient, known)
    assert reply.text == "Guten Tag, hier ist Fatma vom Empfang."
    assert patient.say("Danke, das war alles").messages == []

    clinic("handoffs", "close", number)
    (closed,) = arrived(patient, known + 1)
    assert says(closed, "utter_handoff_closed", "de")
    assert says(patient.say("Wann habt ihr morgen auf?"), "utter_open_now", "de")
    rows = Records(patient.stack, patient.phone)
    assert [(one.status, one.claimed_by) for one in rows.handoffs()] == [("closed", "Fatma")]
    assert number not in [line.split()[0] for line in clinic("handoffs", "list").splitlines()]
    assert is_in_order(patient)


def is_in_order(patient: Patient) -> bool:
    """Whether the phone shows exactly what the outbox holds, in its order."""
    rows = Records(patient.stack, patient.phone).outbox()
    return [row.wamid for row in rows] == [message.wamid for message in patient.from_clinic()]
