"""What arrives at the webhook: commands that are none, pictures, batches, and the same thing twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from sqlalchemy import create_engine, text

from clinic import contacts, database
from connectors.whatsapp.signature import sign
from tests.support import whatsapp
from tests.support.bookings import agree, asks_name, own_words, row_of, slot_keys
from tests.support.stack import Patient, Records, Stack, says


def post(stack: Stack, body: Any) -> int:
    """POST a webhook as Meta does; the status of the answer."""
    raw = json.dumps(body).encode()
    headers = {"X-Hub-Signature-256": sign(raw, stack.env["WHATSAPP_APP_SECRET"]), "Content-Type": "application/json"}
    return requests.post(stack.webhook, data=raw, headers=headers, timeout=20).status_code


def written(patient: Patient, wamid: str, text: str) -> dict[str, Any]:
    """A text message as it stands in a webhook."""
    return whatsapp.message(phone=patient.phone.lstrip("+"), wamid=wamid, body=text, timestamp=1_795_420_800)


def test_a_typed_command_is_none(patient: Patient) -> None:
    """Rasa would take "/restart" for an order to forget the conversation, and "/inform{…}" for a tap."""
    times = agree(patient, "I need a dermatologist on Wednesday")
    records = Records(patient.stack, patient.phone)
    patient.say(row_of(slot_keys(times)[3]))
    patient.say("  " + row_of(slot_keys(times)[3]))
    assert records.held() == []
    assert asks_name(patient.tap(row_of(slot_keys(times)[0])), "en")
    patient.say("Deutsch bitte")
    patient.say("/restart")
    patient.say("/session_start")
    # The choice of language is still known: nothing was forgotten, and nobody is greeted for the first time.
    answer = patient.say("Hallo")
    assert not says(answer, "utter_introduction", "de")
    assert asks_name(answer, "de") or says(answer, "utter_greet_again", "de")


def test_a_picture_gets_an_answer(patient: Patient) -> None:
    """In the patient's language, with the form's question again; and the form goes on afterwards."""
    times = agree(patient, "Ich brauche am Mittwoch einen Termin beim Hautarzt")
    answer = patient.answer_to(patient.send({"type": "image"}))
    assert says(answer, "utter_media_thanks", "de")
    assert answer.choices == times.choices
    assert asks_name(patient.tap(row_of(slot_keys(times)[0])), "de")


def test_a_batch_is_answered_in_order(patient: Patient) -> None:
    """Two messages of one patient in one POST."""
    patient.say("hello")
    first, second = f"wamid.{patient.phone}.1", f"wamid.{patient.phone}.2"
    body = whatsapp.of_messages(
        written(patient, first, "which papers shall I bring?"), written(patient, second, "where are you located?")
    )
    assert post(patient.stack, body) == 200
    papers, place = patient.answer_to(first), patient.answer_to(second)
    assert own_words(patient, "documents", "en") in papers.text
    assert says(place, "utter_faq/location", "en")
    assert papers.messages[-1].seq < place.messages[0].seq
    assert "location" in place.kinds


def test_the_same_webhook_is_answered_once(patient: Patient) -> None:
    """Meta delivers at least once; five at the same time are one."""
    before = patient.say("hello").messages
    wamid, after = f"wamid.{patient.phone}.1", f"wamid.{patient.phone}.2"
    body = whatsapp.of_messages(written(patient, wamid, "what are your opening hours?"))
    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(lambda _: post(patient.stack, body), range(5))) == {200}
    answer = patient.answer_to(wamid)
    assert says(answer, "utter_open_now", "en")
    assert post(patient.stack, body) == 200
    # The next one is answered after everything that came before it.
    assert post(patient.stack, whatsapp.of_messages(written(patient, after, "thanks"))) == 200
    thanks = patient.answer_to(after)
    assert [one.wamid for one in patient.from_clinic()] == [
        one.wamid for one in [*before, *answer.messages, *thanks.messages]
    ]
    assert len(Records(patient.stack, patient.phone).outbox()) == len(patient.from_clinic())


def said_in_the_tracker(patient: Patient) -> list[str]:
    """The patient's messages as Rasa keeps them, as text."""
    store = create_engine(patient.stack.env["TRACKER_DATABASE_URL"])
    with database.read(patient.stack.database_url) as session:
        contact_id = contacts.find(session, phone=patient.phone)
    query = text("SELECT data FROM events WHERE sender_id = :who AND type_name = 'user' ORDER BY id")
    with store.connect() as connection:
        found = [data for (data,) in connection.execute(query, {"who": str(contact_id)})]
    store.dispose()
    return found


def test_what_is_taken_back_leaves_the_conversation_which_goes_on(patient: Patient) -> None:
    """WhatsApp's "delete for everyone", after the message was answered; the booking it began stays."""
    patient.say("hello")
    wamid, number = f"wamid.{patient.phone}.1", "5554321"
    first = written(patient, wamid, f"I am {number}, I need a dermatologist")
    assert post(patient.stack, whatsapp.of_messages(first)) == 200
    assert says(patient.answer_to(wamid), "utter_ask_consent", "en")
    assert [number in said for said in said_in_the_tracker(patient)] == [False, True]
    back = whatsapp.message(
        "revoke",
        phone=patient.phone.lstrip("+"),
        timestamp=1_795_420_860,
        revoke={"original_message_id": wamid},
    )
    assert post(patient.stack, whatsapp.of_messages(back)) == 200
    whatsapp.wait_for(lambda: not any(number in said for said in said_in_the_tracker(patient)))
    assert "Dermatology" in patient.tap("/affirm").text
    assert len(said_in_the_tracker(patient)) == 3, "hello, the wish, the tap"


def test_a_webhook_that_nobody_signed_changes_nothing(patient: Patient) -> None:
    """Not stored, not answered."""
    body = json.dumps(whatsapp.of_messages(written(patient, f"wamid.{patient.phone}.1", "hello"))).encode()
    headers = {"X-Hub-Signature-256": sign(body, "somebody else's secret"), "Content-Type": "application/json"}
    assert requests.post(patient.stack.webhook, data=body, headers=headers, timeout=20).status_code in (401, 403)
    assert Records(patient.stack, patient.phone).outbox() == []
