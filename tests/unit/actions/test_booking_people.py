"""Who comes: known patients, relations, names, dates of birth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from clinic import clock, patients
from tests.support.conversations import Conversation, time, understood

Meet = Callable[..., Conversation]


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
    ("text", "found"),
    [("Maria Schmidt", "Maria Schmidt"), ("für MARIA SCHMIDT bitte", "Maria Schmidt"), ("ali schmidt", "Ali Schmidt")],
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
        ("son", "", "booking_patient"),  # there may be another son
        ("partner", "Bo Schmidt", "booking_confirmed"),  # of these one has one
        ("self", "Maria Schmidt", "booking_confirmed"),
    ],
)
def test_for_whom_said_at_the_beginning(chat: Conversation, relation: str, patient: str, asked: str) -> None:
    known(chat)
    known(chat, "Ali Schmidt", "son")
    known(chat, "Bo Schmidt", "partner")
    at_slot(chat, relation=relation).chooses(chat.buttons[0])
    assert chat.asked == asked
    assert not patient or patient in (chat.slot("patient"), chat.slot("name"))


def test_two_sons_are_asked_apart(chat: Conversation) -> None:
    known(chat, "Ali Schmidt", "son")
    known(chat, "Ben Schmidt", "son")
    at_slot(chat, relation="son").chooses(chat.buttons[0])
    assert chat.asked == "booking_patient"


def test_for_whom_said_later(chat: Conversation) -> None:
    known(chat)
    known(chat, "Ali Schmidt", "son")
    at_slot(chat).chooses(chat.buttons[0])
    chat.answers("for my daughter", entities=understood("for my daughter"))
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
        ("Hope", {"intent": "greet", "confidence": 0.6}, "Hope"),
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


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sometime", "could not read"),
        ("31.02.1985", "could not read"),
        ("24.05.2027", "cannot be right"),
        ("24.05.1885", "cannot be right"),
    ],
)
def test_no_dates_of_birth(chat: Conversation, text: str, key: str) -> None:
    at_birth_date(chat).answers(text, entities=time(text))
    assert (chat.slot("birth_date"), chat.asked, chat.keys) == (None, "booking_birth_date", ["", "utter_ask_birth_date"])
    assert key in chat.said[0].text


def test_today_is_the_clinics(chat: Conversation) -> None:
    """A baby born today, when it is already tomorrow in the clinic."""
    at_birth_date(chat)
    clock.freeze(clock.parse_instant("2026-11-22T23:30:00+00:00"))
    assert chat.answers("23.11.2026").slot("birth_date") == "2026-11-23"
