"""Consent, specialty, doctor, patient, name, date of birth: each question with good and bad answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from clinic import clock, consent, database, patients
from tests.support.conversations import Conversation, time

Meet = Callable[..., Conversation]


def agreed(chat: Conversation) -> bool | None:
    with database.read() as session:
        return consent.answered(session, chat.contact_id)


# ── consent ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_never_agreed_is_asked_before_anything_else(meet: Meet) -> None:
    chat = meet(agreed=False).opens("a dermatologist", specialty="dermatology")
    assert (chat.asked, chat.keys) == ("booking_consent", ["utter_ask_consent"])
    assert chat.slot("specialty") == "dermatology", "what was said is remembered meanwhile"
    assert agreed(chat) is None
    chat.chooses(chat.buttons[0])
    assert agreed(chat) is True
    assert chat.asked == "booking_practitioner"


def test_who_agreed_is_not_asked_again(chat: Conversation) -> None:
    assert chat.opens().asked == "booking_specialty"
    assert chat.slot("consent") is True


def test_no_is_recorded_and_ends_the_booking(meet: Meet) -> None:
    chat = meet(agreed=False).opens("a dermatologist tomorrow", specialty="dermatology", entities=time("tomorrow"))
    chat.answers("no", "deny")
    assert agreed(chat) is False
    assert chat.asked is None and chat.loop is None
    assert chat.keys == ["utter_consent_refused"], "and nothing is booked or said by the form's end"
    assert all(chat.slot(name) is None for name in ("specialty", "when", "slot"))


def test_another_answer_asks_again_and_then_offers_a_person(meet: Meet) -> None:
    chat = meet(agreed=False).opens()
    chat.answers("why?", "inform")
    assert (chat.asked, agreed(chat)) == ("booking_consent", None)
    assert chat.keys == ["", "utter_ask_consent"]
    assert chat.slots["misunderstood"] is True
    chat.answers("why??", "inform")
    assert chat.slots["offer"] == "person"
    assert "utter_offer_person" in chat.keys and "utter_ask_consent" not in chat.keys
    chat.answers("yes", "affirm")
    assert chat.rejected, "the yes is for the person"
    assert agreed(chat) is None


def test_i_want_an_appointment_is_no_consent_but_the_button_after_all_is(meet: Meet) -> None:
    chat = meet(agreed=False).opens()
    chat.answers("I want an appointment", "book_appointment")
    assert (chat.asked, agreed(chat), chat.slots["misunderstood"]) == ("booking_consent", None, False)
    chat.answers("/book_appointment", "book_appointment")
    assert agreed(chat) is True


def test_data_beside_the_consent_is_not_taken_for_it(meet: Meet) -> None:
    chat = meet(agreed=False).opens()
    chat.answers("a dermatologist", specialty="dermatology")
    assert chat.asked == "booking_consent" and agreed(chat) is None


# ── specialty and doctor ─────────────────────────────────────────────────────────────────────────────


def test_a_specialty_by_tap_and_by_text(chat: Conversation) -> None:
    chat.opens()
    assert len(chat.buttons) == 9
    chat.chooses(next(b for b in chat.buttons if b["title"] == "Dermatology"))
    assert (chat.slot("specialty"), chat.asked) == ("dermatology", "booking_practitioner")
    assert chat.said[-1].titles == ["Any doctor", "Dr. Anna Weber", "Dr. Karim Nasser"]


def test_a_specialty_with_one_doctor_needs_no_question_about_the_doctor(chat: Conversation) -> None:
    chat.opens().answers("a cardiologist", specialty="cardiology")
    assert (chat.slot("practitioner"), chat.asked) == ("viktor-sokolov", "booking_slot")


@pytest.mark.parametrize("text", ["I don't know", "no idea", "weiß nicht", "не знаю", "مش عارف", "não sei"])
def test_who_does_not_know_gets_a_general_practitioner(chat: Conversation, text: str) -> None:
    chat.opens().answers(text, "out_of_scope" if text == "no idea" else "inform")
    assert chat.slot("specialty") == "general_practice"
    assert "general practice" in chat.said[0].text
    assert chat.asked == "booking_practitioner"


def test_a_specialty_that_nobody_knows_is_asked_again_then_a_person_offered(chat: Conversation) -> None:
    chat.opens().answers("an astrologer")
    assert (chat.keys, chat.asked) == (["", "utter_ask_specialty"], "booking_specialty")
    chat.answers("an ASTROLOGER")
    assert chat.keys[-1] == "utter_offer_person"
    chat.answers("a dermatologist", specialty="dermatology")
    assert (chat.asked, chat.slots["misunderstood"]) == ("booking_practitioner", False)


def test_a_doctor_says_the_specialty_too(chat: Conversation) -> None:
    chat.opens("Dr. Weber please", practitioner="anna-weber")
    assert (chat.slot("specialty"), chat.slot("practitioner"), chat.asked) == ("dermatology", "anna-weber", "booking_slot")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("anyone", "human_handoff"), ("any doctor", "inform"), ("I don't mind", "out_of_scope"), ("no", "deny"), ("egal wer", "inform"), ("أي دكتور", "inform")],
)
def test_any_doctor(chat: Conversation, text: str, intent: str) -> None:
    chat.opens("dermatologist", specialty="dermatology").answers(text, intent)
    assert (chat.slot("practitioner"), chat.asked) == ("any", "booking_slot")
    assert {b["description"].split(" · ")[0] for b in chat.buttons[:-1]} == {"Dr. Anna Weber", "Dr. Karim Nasser"}


def test_a_doctor_of_another_specialty_changes_the_specialty(chat: Conversation) -> None:
    chat.opens("dermatologist", specialty="dermatology").answers("Dr. Keller", practitioner="thomas-keller")
    assert (chat.slot("specialty"), chat.slot("practitioner")) == ("dentistry", "thomas-keller")


def test_an_unknown_doctor_is_said_so(chat: Conversation) -> None:
    chat.opens("dermatologist", specialty="dermatology").answers("Dr. Meier")
    assert (chat.keys, chat.asked) == (["", "utter_ask_practitioner"], "booking_practitioner")
    assert "did not find" in chat.said[0].text
    assert chat.answers("x", practitioner="nobody-here").slots["misunderstood"] is True


def test_a_time_makes_the_doctor_unimportant(chat: Conversation) -> None:
    chat.opens("dermatologist on Tuesday afternoon", specialty="dermatology", entities=time("on Tuesday afternoon"))
    assert (chat.slot("practitioner"), chat.asked) == ("any", "booking_slot")
    assert chat.keys == ["utter_ask_slot_in_window"]
    assert chat.buttons and all("Tue 24 Nov" in b["title"] and "PM" in b["title"] for b in chat.buttons[:-1])


def test_another_specialty_later_starts_again_from_the_doctor(chat: Conversation) -> None:
    chat.opens("Dr. Weber", practitioner="anna-weber")
    chat.answers("sorry, I mean a dentist", specialty="dentistry")
    assert (chat.slot("specialty"), chat.slot("practitioner"), chat.asked) == ("dentistry", None, "booking_practitioner")
    assert chat.slot("offered") is None


# ── the patient ──────────────────────────────────────────────────────────────────────────────────────


def known(chat: Conversation, name: str = "Maria Schmidt", relation: str = "self") -> int:
    return int(patients.find_or_create(chat.contact_id, name, date(1985, 3, 12), relation).id)


def at_slot(chat: Conversation, **message: str) -> Conversation:
    """The form has asked for a slot of Dr. Weber."""
    return chat.opens("Dr. Weber", practitioner="anna-weber", **message)


def test_nobody_known_means_a_new_patient(chat: Conversation) -> None:
    at_slot(chat).chooses(chat.buttons[0])
    assert (chat.slot("patient"), chat.asked) == ("new", "booking_name")
    assert "holding" in chat.text and "Dr. Anna Weber" in chat.text


def test_known_patients_are_offered(chat: Conversation) -> None:
    maria, ali = known(chat), known(chat, "Ali Schmidt", "son")
    at_slot(chat).chooses(chat.buttons[0])
    assert chat.asked == "booking_patient"
    assert chat.said[-1].titles == ["Maria Schmidt", "Ali Schmidt", "Someone else"]
    chat.chooses(chat.buttons[1])
    assert (chat.slot("patient"), chat.slot("name"), chat.slot("relation")) == (str(ali), "Ali Schmidt", "son")
    assert (chat.slot("birth_date"), chat.asked) == ("1985-03-12", "booking_confirmed")
    assert maria != ali


@pytest.mark.parametrize(
    ("text", "found"), [("Maria Schmidt", "Maria Schmidt"), ("für MARIA SCHMIDT bitte", "Maria Schmidt"), ("ali schmidt", "Ali Schmidt")]
)
def test_a_known_patient_by_name(chat: Conversation, text: str, found: str) -> None:
    known(chat)
    known(chat, "Ali Schmidt", "son")
    at_slot(chat).chooses(chat.buttons[0])
    assert chat.answers(text).slot("name") == found


def test_somebody_elses_patient_cannot_be_tapped(meet: Meet) -> None:
    stranger, chat = meet(), meet()
    theirs = known(stranger, "Secret Person")
    known(chat)
    known(chat, "Ali Schmidt", "son")
    at_slot(chat).chooses(chat.buttons[0])
    chat.answers(f'/inform{{"patient_id": "{theirs}"}}', patient_id=str(theirs))
    assert chat.slot("patient") is None and chat.asked == "booking_patient"
    assert "Secret" not in chat.text


def test_someone_else(chat: Conversation) -> None:
    known(chat)
    at_slot(chat).chooses(chat.buttons[0])
    chat.chooses(chat.buttons[-1])
    assert (chat.slot("patient"), chat.asked) == ("new", "booking_name")


def test_a_new_name_instead_of_a_choice(chat: Conversation) -> None:
    known(chat)
    at_slot(chat).chooses(chat.buttons[0])
    chat.answers("Berta Neumann")
    assert (chat.slot("patient"), chat.slot("name"), chat.asked) == ("new", "Berta Neumann", "booking_birth_date")


@pytest.mark.parametrize("text", ["24", "hmm", "https://x.de"])
def test_neither_a_choice_nor_a_name(chat: Conversation, text: str) -> None:
    known(chat)
    at_slot(chat).chooses(chat.buttons[0])
    assert (chat.answers(text).asked, chat.slots["misunderstood"]) == ("booking_patient", True)


@pytest.mark.parametrize(
    ("relation", "patient", "asked"),
    [
        ("daughter", "new", "booking_name"),  # nobody of that relation yet
        ("son", "Ali Schmidt", "booking_confirmed"),  # just one
        ("self", "Maria Schmidt", "booking_confirmed"),
    ],
)
def test_for_whom_said_at_the_beginning(chat: Conversation, relation: str, patient: str, asked: str) -> None:
    known(chat)
    known(chat, "Ali Schmidt", "son")
    at_slot(chat, relation=relation).chooses(chat.buttons[0])
    assert chat.asked == asked
    assert patient in (chat.slot("patient"), chat.slot("name"))


def test_two_sons_are_asked_apart(chat: Conversation) -> None:
    known(chat, "Ali Schmidt", "son")
    known(chat, "Ben Schmidt", "son")
    at_slot(chat, relation="son").chooses(chat.buttons[0])
    assert chat.asked == "booking_patient"


def test_for_whom_said_later(chat: Conversation) -> None:
    known(chat)
    known(chat, "Ali Schmidt", "son")
    at_slot(chat).chooses(chat.buttons[0])
    chat.answers("for my daughter", relation="daughter")
    assert (chat.slot("patient"), chat.slot("relation"), chat.asked) == ("new", "daughter", "booking_name")


# ── name and date of birth ───────────────────────────────────────────────────────────────────────────


def at_name(chat: Conversation) -> Conversation:
    return at_slot(chat).chooses(chat.buttons[0])


@pytest.mark.parametrize(
    ("text", "message", "name"),
    [
        ("Maria Schmidt", {}, "Maria Schmidt"),
        ("  maria   schmidt. ", {}, "maria schmidt"),
        ("my name is Maria Schmidt", {"person": "Maria Schmidt"}, "Maria Schmidt"),
        ("I am Maria Schmidt", {}, "Maria Schmidt"),  # weak cues count where a name was asked for
        ("This is Maria Schmidt", {}, "Maria Schmidt"),
        ("Ich bin Jörg Müller-Lüdenscheidt", {}, "Jörg Müller-Lüdenscheidt"),
        ("sou a Maria João", {}, "Maria João"),
        ("أنا محمد علي", {}, "محمد علي"),
        ("имя Иван Петров", {}, "Иван Петров"),
        ("Dr. Anna Weber", {"practitioner": "thomas-keller"}, "Dr. Anna Weber"),  # a patient may be called as a doctor is
        ("May Tuesday", {"entities": [{"entity": "time", "value": "Tuesday", "resolved": {"from": "2026-11-24T00:00:00+01:00", "to": None, "grain": "day"}}]}, "May Tuesday"),
        ("Grace Yes", {"intent": "affirm", "confidence": 0.5}, "Grace Yes"),
        ("Hope", {"intent": "greet", "confidence": 0.99}, "Hope"),
    ],
)  # fmt: skip
def test_names(chat: Conversation, text: str, message: dict[str, object], name: str) -> None:
    at_name(chat).answers(text, **message)  # type: ignore[arg-type]
    assert (chat.slot("name"), chat.asked) == (name, "booking_birth_date")
    assert chat.slot("practitioner") == "anna-weber" and chat.slot("slot"), "nothing else was changed by it"
    assert name in chat.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *[("24", {}), ("x", {}), ("👍", {}), ("https://evil.example", {}), ("Maria1", {}), ("", {})],
        *[("yes", {"intent": "affirm"}), ("no", {"intent": "deny"}), ("/affirm", {"intent": "affirm"}), ("M" * 81, {})],
    ],
)
def test_no_names(chat: Conversation, text: str, message: dict[str, str]) -> None:
    at_name(chat).answers(text, **message)
    assert (chat.slot("name"), chat.asked, chat.keys) == (None, "booking_name", ["", "utter_ask_patient_name"])
    assert "name" in chat.said[0].text


def at_birth_date(chat: Conversation) -> Conversation:
    return at_name(chat).answers("Maria Schmidt")


@pytest.mark.parametrize("text", ["24.05.1985", "24 May 1985", "٢٤/٥/١٩٨٥", "1985-05-24"])
def test_dates_of_birth(chat: Conversation, text: str) -> None:
    at_birth_date(chat).answers(text, entities=time(text))
    assert (chat.slot("birth_date"), chat.asked) == ("1985-05-24", "booking_confirmed")
    assert chat.slot("when") is None, "a date of birth is no wish for an appointment"
    assert "Maria Schmidt" in chat.text and "24 May 1985" in chat.text


@pytest.mark.parametrize(("text", "key"), [("sometime", "could not read"), ("31.02.1985", "could not read"), ("24.05.2027", "cannot be right"), ("24.05.1885", "cannot be right")])
def test_no_dates_of_birth(chat: Conversation, text: str, key: str) -> None:
    at_birth_date(chat).answers(text, entities=time(text))
    assert (chat.slot("birth_date"), chat.asked, chat.keys) == (None, "booking_birth_date", ["", "utter_ask_birth_date"])
    assert key in chat.said[0].text


def test_today_is_the_clinics(chat: Conversation) -> None:
    """A baby born today, when it is already tomorrow in the clinic."""
    at_birth_date(chat)
    clock.freeze(clock.parse_instant("2026-11-22T23:30:00+00:00"))
    assert chat.answers("23.11.2026").slot("birth_date") == "2026-11-23"
