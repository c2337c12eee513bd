"""Cancelling: which appointment, a clear yes, and nothing else by accident."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from actions.appointments import ListAppointments
from actions.base import ClinicAction
from actions.cancelling import CancelAppointment
from actions.people import NeverMind
from actions.social import Affirm, Deny
from tests.support.appointments import booked, button
from tests.support.conversations import Conversation, held, time

Meet = Callable[..., Conversation]


def wants_to_cancel(chat: Conversation, text: str = "please cancel my appointment", **message: object) -> Conversation:
    chat.hears(text, "cancel_appointment", **message)  # type: ignore[arg-type]
    chat.run(CancelAppointment())
    return chat


def said_yes(chat: Conversation, text: str = "yes", confidence: float = 0.95) -> Conversation:
    chat.hears(text, "affirm", confidence=confidence).run(Affirm())
    return chat


def test_with_nothing_booked_it_says_so(chat: Conversation) -> None:
    assert wants_to_cancel(chat).keys == ["utter_no_appointments"]


def test_one_is_asked_about_and_cancelled_by_a_tap(chat: Conversation) -> None:
    number = booked(chat)
    wants_to_cancel(chat)
    assert chat.keys == ["utter_ask_cancel"] and chat.statuses == ["booked"], "nothing without a yes"
    assert "Tuesday, 24 November, 3:00 PM: Dr. Anna Weber" in chat.text and "Maria Schmidt" in chat.text
    assert [b["payload"] for b in chat.buttons] == [
        f'/affirm{{"about": "cancel-{number}"}}',
        f'/reschedule_appointment{{"about": "cancel-{number}"}}',
        f'/deny{{"about": "cancel-{number}"}}',
    ]
    chat.taps(button(chat, "Yes, cancel")).run(Affirm())
    assert (chat.statuses, chat.keys) == (["cancelled"], ["utter_cancelled"])
    assert "3:00 PM" in chat.text and "book a new one" in chat.text


@pytest.mark.parametrize("words", ["yes", "ok", "yes please", "sure"])
def test_a_typed_yes_counts(chat: Conversation, words: str) -> None:
    booked(chat)
    said_yes(wants_to_cancel(chat), words)
    assert chat.statuses == ["cancelled"]


@pytest.mark.parametrize("words", ["cancel it", "yes, cancel it please", "cancel"])
def test_a_yes_that_the_model_takes_for_the_wish_counts(chat: Conversation, words: str) -> None:
    booked(chat)
    wants_to_cancel(wants_to_cancel(chat), words)
    assert chat.statuses == ["cancelled"]


@pytest.mark.parametrize("words", ["yes but why?", "maybe later", "do not cancel it", "can you cancel it?"])
def test_a_doubtful_yes_asks_again(chat: Conversation, words: str) -> None:
    booked(chat)
    said_yes(wants_to_cancel(chat), words, confidence=0.9)
    assert chat.statuses == ["booked"] and chat.keys == ["", "utter_ask_cancel"]
    wants_to_cancel(chat, words)
    assert chat.statuses == ["booked"] and chat.keys == ["utter_ask_cancel"]


def test_no_keeps_it(chat: Conversation) -> None:
    booked(chat)
    wants_to_cancel(chat).hears("no", "deny").run(Deny())
    assert chat.statuses == ["booked"] and "stays as it is" in chat.text
    wants_to_cancel(chat)
    chat.taps(button(chat, "Keep it")).run(Deny())
    assert chat.statuses == ["booked"] and "stays as it is" in chat.text


def test_a_yes_to_something_later_cancels_nothing(chat: Conversation) -> None:
    booked(chat)
    wants_to_cancel(chat).hears("my appointments", "list_appointments").run(ListAppointments())
    said_yes(chat)
    assert chat.statuses == ["booked"] and chat.keys == ["utter_all_right"]


# ── several ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def family(chat: Conversation) -> Conversation:
    """Tuesday with Dr. Weber for Maria, Wednesday with Dr. Brandt for Ali, Thursday with Dr. Weber for his father."""
    booked(chat)
    booked(chat, "on Wednesday at 10am", "Ali Khan", "lukas-brandt")
    booked(chat, "on Thursday at 2pm", "Ali Khan Senior")
    assert chat.statuses == ["booked"] * 3
    return chat


def test_several_are_a_list_that_is_asked_about_again(family: Conversation) -> None:
    wants_to_cancel(family)
    assert family.keys == ["utter_which_cancel"] and len(family.buttons) == 3
    assert family.buttons[1] == {
        "title": "Wed 25 Nov, 10:00 AM",
        "description": "Dr. Lukas Brandt · Ali Khan",
        "payload": f'/cancel_appointment{{"about": "cancel-{held(family.contact_id)[1].id}"}}',
    }
    family.taps(family.buttons[1]).run(CancelAppointment())
    assert family.keys == ["utter_ask_cancel"] and "Brandt" in family.text
    said_yes(family)
    assert family.statuses == ["booked", "cancelled", "booked"]


@pytest.mark.parametrize(
    ("text", "message", "index"),
    [
        ("cancel the one on Wednesday", {"entities": time("Wednesday")}, 1),
        ("cancel Dr Brandt", {"practitioner": "lukas-brandt"}, 1),
        ("the paediatrician please cancel", {"specialty": "paediatrics"}, 1),
        ("cancel the 2pm", {"entities": time("at 2pm")}, 2),
        ("cancel Weber on Thursday", {"practitioner": "anna-weber", "entities": time("Thursday")}, 2),
    ],
)
def test_what_is_named_chooses(family: Conversation, text: str, message: dict[str, object], index: int) -> None:
    wants_to_cancel(family, text, **message)
    assert family.keys == ["utter_ask_cancel"]
    said_yes(family)
    assert [status == "cancelled" for status in family.statuses] == [place == index for place in range(3)]


def test_what_names_two_of_them_asks(family: Conversation) -> None:
    assert wants_to_cancel(family, "Dr Weber", practitioner="anna-weber").keys == ["utter_which_cancel"]


@pytest.mark.parametrize(
    ("text", "message", "index"),
    [
        ("the second one", {}, 1),
        ("3", {}, 2),
        ("the one on Wednesday", {"entities": time("Wednesday")}, 1),
        ("Dr Brandt", {"practitioner": "lukas-brandt"}, 1),
    ],
)
def test_a_typed_choice_opens_no_booking(family: Conversation, text: str, message: dict[str, object], index: int) -> None:
    wants_to_cancel(family).opens(text, "inform", **message)
    assert family.keys == ["utter_ask_cancel"] and family.loop is None and family.asked is None
    said_yes(family)
    assert [status == "cancelled" for status in family.statuses] == [place == index for place in range(3)]


def test_a_typed_choice_that_is_none_asks_again(family: Conversation) -> None:
    wants_to_cancel(family).opens("Dr Weber", "inform", practitioner="anna-weber")
    assert family.keys == ["utter_which_cancel"] and family.loop is None


# ── old buttons, other people, the booking form ──────────────────────────────────────────────────────


def test_an_old_button_cancels_its_own_or_nothing(chat: Conversation) -> None:
    booked(chat)
    old = button(wants_to_cancel(chat), "Yes, cancel")
    chat.taps(old).run(Affirm())
    booked(chat, "on Thursday at 2pm")
    wants_to_cancel(chat).taps(old).run(Affirm())
    assert chat.statuses == ["cancelled", "booked"] and "Tuesday" in chat.text, "it says which one that was"
    chat.taps({"payload": '/deny{"about": "cancel-' + str(held(chat.contact_id)[0].id) + '"}'}).run(Deny())
    assert "no longer open" in chat.text


def test_nobody_cancels_what_is_not_theirs(meet: Meet) -> None:
    chat, other = meet(), meet()
    number = booked(other)
    for action, intent in ((Affirm(), "affirm"), (CancelAppointment(), "cancel_appointment")):
        chat.taps({"payload": f'/{intent}{{"about": "cancel-{number}"}}'}).run(action)  # type: ignore[arg-type]
        assert "no longer open" in chat.text
    assert other.statuses == ["booked"]


@pytest.mark.parametrize("words", ["cancel", "Cancel!", "cancel please", "abbrechen", "отмена", "إلغاء", "cancelar"])
def test_the_bare_word_leaves_the_booking(chat: Conversation, words: str) -> None:
    booked(chat)
    chat.opens("x", practitioner="anna-weber", entities=time("Thursday")).chooses(chat.buttons[0])
    chat.answers(words, "cancel_appointment")
    assert chat.rejected
    chat.run(CancelAppointment())
    assert (chat.keys, chat.loop, chat.statuses) == (["utter_nevermind"], None, ["booked"])


def test_a_sentence_leaves_the_booking_and_asks(chat: Conversation) -> None:
    booked(chat)
    chat.opens("x", practitioner="anna-weber", entities=time("Thursday")).chooses(chat.buttons[0])
    chat.answers("cancel my appointment on Tuesday", "cancel_appointment", entities=time("Tuesday"))
    assert chat.rejected
    chat.run(CancelAppointment())
    assert (chat.keys, chat.loop, chat.asked, chat.statuses) == (["utter_ask_cancel"], None, None, ["booked"])


def test_with_nothing_booked_it_means_the_booking_that_is_made(chat: Conversation) -> None:
    chat.until_confirm().answers("cancel the appointment", "cancel_appointment")
    chat.run(CancelAppointment())
    assert (chat.keys, chat.statuses) == (["utter_nevermind"], [])


def test_an_old_button_inside_a_booking_is_answered_without_buttons(chat: Conversation) -> None:
    booked(chat)
    yes, keep = (button(wants_to_cancel(chat), title) for title in ("Yes, cancel", "Keep it"))
    chat.weber("Thursday")
    pairs: list[tuple[Mapping[str, str], ClinicAction]] = [(keep, Deny()), (yes, Affirm())]
    for old, action in pairs:
        chat.chooses(old)
        assert chat.rejected
        chat.run(action)
        assert not chat.said[0].buttons and chat.loop == "booking_form"
    assert chat.statuses == ["cancelled"]


def test_never_mind_keeps_it(chat: Conversation) -> None:
    booked(chat)
    wants_to_cancel(chat).hears("no wait, leave it in", "nevermind").run(NeverMind())
    assert (chat.keys, chat.statuses) == ([""], ["booked"])
    assert chat.text.startswith("All right, this appointment stays as it is:")
