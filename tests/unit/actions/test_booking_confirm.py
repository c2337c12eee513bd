"""The end of a booking: the summary, yes and no, a slot that is gone, a turn that is tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from actions.booking.form import ValidateBookingForm
from clinic import clock, consent, database, patients
from clinic.scheduling import booking
from tests.support.conversations import Conversation, held, time, understood

Meet = Callable[..., Conversation]


def test_the_summary_says_it_all(chat: Conversation) -> None:
    text = chat.until_confirm().text
    for part in (
        "Dr. Anna Weber",
        "Dermatology",
        "Monday, 23 November",
        "8:00 AM",
        "Salama Kreuzberg",
        "Salamaweg 12",
        "Maria Schmidt",
        "24 May 1985",
    ):
        assert part in text


def test_yes_books_and_ends(chat: Conversation) -> None:
    chat.until_confirm().answers("yes", "affirm")
    (appointment,) = held(chat.contact_id)
    assert (appointment.status, appointment.patient_id is not None) == ("booked", True)
    assert chat.keys == ["utter_booked", ""] and chat.loop is None
    assert "Dr. Anna Weber" in chat.text and "move or cancel" in chat.text
    pin = chat.said[1].location
    assert pin and pin["latitude"] == pytest.approx(52.49881) and pin["name"] == "Salama Kreuzberg"
    assert all(chat.slot(name) is None for name in ("slot", "name", "birth_date", "appointment", "when"))


def test_the_same_yes_twice_books_once(chat: Conversation) -> None:
    """The connector tries a turn again when something broke: the tracker is the one from before."""
    chat.until_confirm().hears("yes", "affirm")
    before = chat.tracker
    first, second = (chat.run(ValidateBookingForm(), before) for _ in range(2))
    assert first == second
    assert chat.statuses == ["booked"]
    with database.read() as session:
        assert len(patients.patients_of(session, chat.contact_id)) == 1


def test_no_asks_what_to_change_and_keeps_the_slot(chat: Conversation) -> None:
    chat.until_confirm().answers("no", "deny")
    assert (chat.keys, chat.asked, chat.statuses) == (["utter_ask_change"], "booking_confirmed", ["held"])
    assert chat.said[-1].list_button, "more than three choices are a list"


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("The time", "booking_slot"),
        ("The doctor", "booking_practitioner"),
        ("The name", "booking_name"),
        ("The date of birth", "booking_birth_date"),
        ("Nothing, book it", None),
    ],
)
def test_what_to_change(chat: Conversation, title: str, asked: str | None) -> None:
    chat.until_confirm().answers("no", "deny")
    chat.chooses(next(button for button in chat.buttons if button["title"] == title))
    assert chat.asked == asked
    assert chat.statuses == ["booked" if asked is None else "held"]


def test_another_time_shows_what_oneself_holds_as_free(chat: Conversation) -> None:
    chat.until_confirm()
    chat.chooses(next(button for button in chat.buttons if button["title"] == "Another time"))
    assert chat.asked == "booking_slot" and chat.shown[0] == "11-23T08:00"
    assert chat.slot("name") == "Maria Schmidt", "what was said of the patient stays"
    chat.chooses(chat.buttons[1])
    assert (chat.asked, chat.statuses) == ("booking_confirmed", ["held"]), "one hold, the new one"


def test_an_old_summarys_yes_books_nothing(chat: Conversation) -> None:
    """Two summaries on the screen: the button of the first must not book the second."""
    old = chat.until_confirm().buttons[0]
    chat.chooses(next(button for button in chat.buttons if button["title"] == "Another time"))
    chat.chooses(chat.buttons[5])
    assert chat.asked == "booking_confirmed"
    chat.chooses(old)
    assert (chat.statuses, chat.asked) == (["held"], "booking_confirmed")
    assert "no longer open" in chat.text


@pytest.mark.parametrize("text", ["yes", "yes please", "ja", "да", "نعم", "sim", "ok"])
def test_a_yes_in_any_language(chat: Conversation, text: str) -> None:
    assert chat.until_confirm().answers(text, "affirm", confidence=0.5).statuses == ["booked"]


@pytest.mark.parametrize("text", ["yes?", "yes but is it free of charge?", "why?", "I think so, or"])
def test_a_doubtful_yes_books_nothing(chat: Conversation, text: str) -> None:
    chat.until_confirm().answers(text, "affirm", confidence=0.5)
    assert (chat.statuses, chat.asked) == (["held"], "booking_confirmed")


def test_a_name_corrected_at_the_summary(chat: Conversation) -> None:
    chat.until_confirm().answers("my name is Maria Schmitt", entities=understood("my name is Maria Schmitt"))
    assert (chat.slot("name"), chat.asked, chat.statuses) == ("Maria Schmitt", "booking_confirmed", ["held"])
    assert "Maria Schmitt" in chat.text


def test_a_date_of_birth_corrected_at_the_summary(chat: Conversation) -> None:
    chat.until_confirm().answers("no, 25.05.1985", "deny", entities=time("25.05.1985"))
    assert (chat.slot("birth_date"), chat.asked, chat.statuses) == ("1985-05-25", "booking_confirmed", ["held"])


def test_anything_else_asks_again(chat: Conversation) -> None:
    chat.until_confirm().answers("maybe")
    assert (chat.keys, chat.slots["misunderstood"]) == (["", "utter_ask_confirm"], True)
    assert chat.statuses == ["held"]


def test_another_time_at_the_last_moment(chat: Conversation) -> None:
    chat.until_confirm().answers("rather on Thursday", entities=time("on Thursday"))
    assert chat.asked == "booking_slot" and chat.shown[0] == "11-26T13:00"


def test_a_hold_that_expired_but_is_free_still_books(chat: Conversation) -> None:
    chat.until_confirm()
    clock.freeze(clock.parse_instant("2026-11-22T11:00:00+01:00"))
    assert chat.answers("yes", "affirm").keys[0] == "utter_booked"


def test_a_hold_that_somebody_else_took(meet: Meet) -> None:
    chat = meet().until_confirm()
    clock.freeze(clock.parse_instant("2026-11-22T11:00:00+01:00"))
    other = meet().weber()
    other.chooses(other.buttons[0])
    chat.answers("yes", "affirm")
    assert "just been taken" in chat.text and chat.asked == "booking_slot"
    assert chat.statuses == []
    assert other.statuses == ["held"]
    assert chat.slot("name") == "Maria Schmidt"


def test_a_consent_taken_back_before_the_yes(chat: Conversation) -> None:
    chat.until_confirm()
    consent.refuse(chat.contact_id)
    chat.answers("yes", "affirm")
    assert chat.asked == "booking_consent"
    assert chat.statuses == ["held"]


def test_a_second_booking_for_the_same_patient(chat: Conversation) -> None:
    chat.until_confirm().answers("yes", "affirm")
    chat.weber()
    chat.chooses(chat.buttons[0])
    chat.chooses(chat.buttons[0])
    assert chat.asked == "booking_confirmed"
    chat.answers("yes", "affirm")
    with database.read() as session:
        assert len(booking.upcoming(session, chat.contact_id)) == 2
        assert [p.birth_date for p in patients.patients_of(session, chat.contact_id)] == [date(1985, 5, 24)]


@pytest.mark.parametrize("language", ["en", "ar", "de", "pt", "ru"])
def test_a_whole_booking_by_tapping(meet: Meet, language: str) -> None:
    names = {"ar": "محمد علي", "ru": "Иван Петров"}
    chat = meet(language, agreed=False).opens()
    chat.chooses(chat.buttons[0])
    chat.chooses(chat.buttons[3]).chooses(chat.buttons[0])
    chat.chooses(chat.buttons[-1])
    chat.chooses(chat.buttons[0])
    chat.answers(names.get(language, "Maria Schmidt")).answers("24.05.1985")
    chat.chooses(chat.buttons[0])
    assert chat.keys == ["utter_booked", ""]
    assert chat.statuses == ["booked"]
