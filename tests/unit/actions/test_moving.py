"""Moving an appointment: the same booking form, and the old one stands until the new one does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.cancelling import CancelAppointment
from actions.moving import RescheduleAppointment
from actions.people import NeverMind, OpenHandoff
from clinic import clock, database, handoffs
from clinic.scheduling import booking
from clinic.settings import settings
from tests.support.appointments import booked, button
from tests.support.conversations import Conversation, held, local, time

Meet = Callable[..., Conversation]


def wants_to_move(chat: Conversation, text: str = "I need to move my appointment", **message: object) -> Conversation:
    """The message, and the form if the action opens it."""
    chat.hears(text, "reschedule_appointment", **message)  # type: ignore[arg-type]
    events = chat.run(RescheduleAppointment())
    if any(event.get("event") == "followup" for event in events):
        said = chat.said
        chat.enters()
        assert said[0] is chat.said[0]
    return chat


def times_of(chat: Conversation) -> dict[str, list[str]]:
    """Status → when the appointments begin."""
    found: dict[str, list[str]] = {}
    with database.read() as session:
        for one in booking.between(session, clock.now(), clock.parse_instant("2027-03-01T00:00:00Z")):
            start = one.starts_at.astimezone(settings().time_zone)
            found.setdefault(one.status, []).append(start.strftime("%m-%dT%H:%M"))
    return found


def test_with_nothing_booked_it_says_so(chat: Conversation) -> None:
    assert wants_to_move(chat).keys == ["utter_nothing_to_move"] and chat.loop is None


def test_another_time_for_the_same_doctor_and_patient(chat: Conversation) -> None:
    booked(chat)
    wants_to_move(chat)
    assert "Tuesday, 24 November, 3:00 PM" in chat.said[0].text and chat.asked == "booking_slot"
    assert (chat.slot("practitioner"), chat.slot("specialty"), chat.slot("name")) == (
        "anna-weber", "dermatology", "Maria Schmidt",
    )  # fmt: skip
    chat.answers("Thursday at 2pm", entities=time("Thursday at 2pm"))
    if chat.asked == "booking_slot":
        chat.chooses(chat.buttons[0])
    assert chat.asked == "booking_confirmed" and chat.keys[-1] == "utter_ask_move"
    assert sorted(chat.statuses) == ["booked", "held"], "nothing is given up before the yes"
    chat.chooses(button(chat, "Yes, move it"))
    assert chat.keys[0] == "utter_moved" and chat.loop is None
    assert times_of(chat) == {"cancelled": ["11-24T15:00"], "booked": ["11-26T14:00"]}
    assert chat.slot("moves") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("move it to Thursday", "11-26"),
        ("move my Tuesday appointment to Thursday", "11-26"),
        ("can I come on Thursday instead of Tuesday", "11-26"),
        ("from Tuesday to Thursday please", "11-26"),
        ("can I come at 5pm instead", "11-24T17:00"),
        ("at 5pm instead of 3pm", "11-24T17:00"),
        ("my Tuesday one at 5pm", "11-24T17:00"),
    ],
)
def test_the_new_time_is_told_from_the_old(chat: Conversation, text: str, shown: str) -> None:
    booked(chat)
    wants_to_move(chat, text, entities=time(text))
    assert chat.shown and chat.shown[0].startswith(shown)


def test_another_doctor_of_the_same_kind(chat: Conversation) -> None:
    booked(chat)
    wants_to_move(chat, "to Dr Nasser instead of Dr Weber", entities=[
        {"entity": "practitioner", "value": "karim-nasser"}, {"entity": "practitioner", "value": "anna-weber"},
    ])  # fmt: skip
    assert (chat.slot("practitioner"), chat.asked, chat.slot("name")) == ("karim-nasser", "booking_slot", "Maria Schmidt")


def test_a_tap_on_move_it_instead_of_cancelling(chat: Conversation) -> None:
    booked(chat)
    chat.hears("cancel", "cancel_appointment").run(CancelAppointment())
    chat.taps(button(chat, "Move it"))
    chat.run(RescheduleAppointment())
    assert chat.enters().asked == "booking_slot" and chat.slot("moves") == held(chat.contact_id)[0].id


@pytest.mark.parametrize(("text", "intent"), [("Friday instead", "inform"), ("on Thursday then", "inform")])
def test_a_day_after_the_question_whether_to_cancel_moves_it(chat: Conversation, text: str, intent: str) -> None:
    booked(chat)
    chat.hears("cancel", "cancel_appointment").run(CancelAppointment())
    chat.opens(text, intent, entities=time(text))
    assert chat.slot("moves") == held(chat.contact_id)[0].id and chat.asked == "booking_slot"
    assert "We are moving" in chat.text


def test_of_several_one_is_chosen_by_typing_or_tapping(chat: Conversation) -> None:
    booked(chat)
    booked(chat, "on Thursday at 2pm", "Ali Khan")
    wants_to_move(chat)
    assert chat.keys == ["utter_which_move"] and chat.loop is None
    chat.taps(chat.buttons[1]).run(RescheduleAppointment())
    assert chat.enters().slot("name") == "Ali Khan"
    chat.answers("never mind", "nevermind")
    chat.run(NeverMind())
    wants_to_move(chat).opens("the Tuesday one", "inform", entities=time("Tuesday"))
    assert (chat.slot("name"), chat.asked, chat.slot("when")) == ("Maria Schmidt", "booking_slot", None)


def test_leaving_changes_nothing(chat: Conversation) -> None:
    booked(chat)
    wants_to_move(chat, "to Thursday", entities=time("to Thursday"))
    chat.chooses(chat.buttons[0]).answers("stop", "nevermind")
    chat.run(NeverMind())
    assert (chat.keys, chat.statuses, chat.slot("moves")) == (["utter_not_moved"], ["booked"], None)


def test_a_booking_after_a_move_that_was_left_moves_nothing(chat: Conversation) -> None:
    booked(chat)
    wants_to_move(chat)
    chat.loop = None  # a session that ended in the middle: the slots are carried over
    assert chat.slot("moves")
    chat.opens("x", practitioner="anna-weber", entities=time("Thursday"))
    assert chat.slot("moves") is None and chat.slot("name") is None


def test_the_slot_is_taken_in_the_meantime(meet: Meet) -> None:
    chat, other = meet(), meet()
    booked(chat)
    wants_to_move(chat, "to Thursday", entities=time("to Thursday"))
    first = chat.buttons[0]
    booked(other, "on Thursday")
    chat.chooses(first)
    assert "just been taken" in chat.text and chat.statuses == ["booked"] and chat.asked == "booking_slot"
    assert chat.slot("moves"), "it still is a move"


def test_an_old_one_that_was_cancelled_meanwhile_stays_cancelled(chat: Conversation) -> None:
    number = booked(chat)
    wants_to_move(chat, "to Thursday", entities=time("to Thursday"))
    chat.chooses(chat.buttons[0])
    booking.cancel(number, chat.contact_id)
    chat.answers("yes", "affirm")
    assert chat.keys[0] == "utter_moved" and chat.statuses == ["cancelled", "booked"]


def test_on_the_very_day_somebody_may_only_be_late(chat: Conversation) -> None:
    booked(chat)
    clock.freeze(clock.parse_instant("2026-11-24T14:30:00+01:00"))
    wants_to_move(chat, "I'm running late, can I still come?")
    assert "running late" in chat.text and chat.asked == "booking_slot"


def test_a_person_sees_what_was_being_moved(chat: Conversation) -> None:
    number = booked(chat)
    wants_to_move(chat).answers("a person please", "human_handoff")
    chat.run(OpenHandoff())
    with database.read() as session:
        found = handoffs.current(session, chat.contact_id)
    assert found and f"moves appointment {number}" in found.summary and chat.statuses == ["booked"]


def test_inside_a_booking_a_time_is_about_the_booking(chat: Conversation) -> None:
    booked(chat)
    chat.weber("Thursday")
    chat.answers("can we make it Monday", "reschedule_appointment", entities=time("Monday"))
    assert not chat.rejected and chat.shown[0].startswith("11-23") and chat.slot("moves") is None


def test_inside_a_booking_without_a_time_it_is_about_what_is_booked(chat: Conversation) -> None:
    chat.weber("Thursday")
    chat.answers("I want to move my appointment", "reschedule_appointment")
    assert chat.rejected
    chat.run(RescheduleAppointment())
    assert chat.loop == "booking_form" and not chat.said[0].buttons, "nothing is booked: the form goes on"
    chat.answers("never mind", "nevermind")
    chat.run(NeverMind())
    booked(chat)
    chat.opens("x", practitioner="lukas-brandt").chooses(chat.buttons[0])
    assert sorted(chat.statuses) == ["booked", "held"]
    chat.answers("I want to move my appointment", "reschedule_appointment")
    chat.run(RescheduleAppointment())
    assert chat.loop is None and chat.statuses == ["booked"], "the hold is free again"
    assert chat.enters().slot("practitioner") == "anna-weber" and local(chat.slot("offered")["keys"][0])
