"""Days, hours and slots: lists, pages, wishes that cannot be met, slots that others take."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from clinic import clock, database
from clinic.models import Schedule
from tests.support.conversations import Conversation, held, local, time

Meet = Callable[..., Conversation]


# ── lists and choices ────────────────────────────────────────────────────────────────────────────────


def test_the_next_free_slots_and_a_row_for_more(chat: Conversation) -> None:
    chat.weber()
    assert chat.shown[0] == "11-23T08:00" and len(chat.shown) == 9
    assert chat.said[-1].titles[0] == "Mon 23 Nov, 8:00 AM"
    assert chat.buttons[0]["description"] == "Dr. Anna Weber · Salama Kreuzberg"
    assert chat.buttons[-1]["title"] == "More times" and len(chat.buttons) == 10


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("3", "11-23T08:40"), ("9:20", "11-23T09:20"), ("10", "11-23T10:00"), ("10 Uhr", "11-23T10:00"), ("٣", "11-23T08:40")],
)
def test_a_slot_by_number_or_hour(chat: Conversation, text: str, chosen: str) -> None:
    chat.weber().answers(text, entities=time(text))
    assert local(chat.slot("slot")) == chosen
    assert chat.statuses == ["held"]
    assert held(chat.contact_id)[0].id == chat.slot("appointment")


def test_a_slot_by_tap(chat: Conversation) -> None:
    chat.weber()
    chat.chooses(chat.buttons[4])
    assert local(chat.slot("slot")) == "11-23T09:20"
    assert chat.slot("offered") is None, "the list is done with"


def test_another_day_shows_that_day(chat: Conversation) -> None:
    chat.weber().answers("Thursday", entities=time("Thursday"))
    assert chat.keys == ["utter_ask_slot_in_window"] and "Thursday, 26 November" in chat.text
    assert chat.shown[0] == "11-26T13:00" and all(found.startswith("11-26") for found in chat.shown)


def test_an_hour_alone_is_meant_on_the_day_that_is_talked_about(chat: Conversation) -> None:
    chat.weber("Thursday")
    chat.answers("at 4", entities=time("at 4"))
    assert local(chat.slot("slot")) == "11-26T16:00"


def test_a_part_of_the_day_alone_is_meant_on_that_day_too(chat: Conversation) -> None:
    chat.weber("on Tuesday")
    assert chat.shown[0] == "11-24T08:00"
    chat.answers("in the afternoon", entities=time("in the afternoon"))
    assert chat.shown[0] == "11-24T14:00"


def test_after_an_hour_is_meant_on_the_day_that_was_named(chat: Conversation) -> None:
    chat.weber("Thursday after 3pm")
    assert all(found.startswith("11-26") for found in chat.shown) and chat.shown[0] >= "11-26T15:00"
    chat.answers("Friday after 11am", entities=time("Friday after 11am"))
    assert "Nothing is available then" in chat.text


def test_a_part_of_the_day_alone_on_any_day(chat: Conversation) -> None:
    """Nobody named a day, and Dr. Weber works on Mondays until one: the first evening is Tuesday's."""
    chat.weber("in the evening")
    assert chat.shown[0] == "11-24T16:00"
    assert all(found[-5:] >= "16:00" for found in chat.shown)


def test_a_day_and_hour_that_is_free_holds_it_at_once(chat: Conversation) -> None:
    chat.weber().answers("Tuesday at 3pm", entities=time("Tuesday at 3pm"))
    assert local(chat.slot("slot")) == "11-24T15:00"


def test_more_pages_and_their_end(chat: Conversation) -> None:
    chat.weber()
    seen = chat.shown
    chat.chooses(chat.buttons[-1])
    assert chat.shown > seen and not set(chat.shown) & set(seen)
    for text in ("more", "mais horários", "المزيد", "no"):
        before = chat.shown
        chat.answers(text, "deny" if text == "no" else "inform")
        assert chat.shown[0] > before[-1], text


def test_after_the_last_page_the_first_one_again(chat: Conversation) -> None:
    chat.weber("on Tuesday afternoon")
    assert chat.shown[-1] == "11-24T16:40"
    chat.answers("more")
    assert chat.shown == ["11-24T17:00", "11-24T17:20", "11-24T17:40"]
    assert not any(b["title"] == "More times" for b in chat.buttons)
    assert chat.answers("more").slot("offered")["keys"], "and then later days"
    assert chat.shown[0].startswith("11-25")


def test_the_same_page_after_a_question_in_between(chat: Conversation) -> None:
    chat.weber()
    chat.chooses(chat.buttons[-1])
    page = chat.shown
    chat.answers("where are you?", "faq", topic="faq/location")
    assert chat.rejected
    chat.answers("xyz")
    assert chat.shown == page


def test_nonsense_is_said_so_and_then_a_person_offered(chat: Conversation) -> None:
    chat.weber().answers("purple")
    assert (chat.keys, chat.slots["misunderstood"]) == (["", "utter_ask_slot"], True)
    assert "day and time" in chat.said[0].text
    assert chat.answers("purple!").keys == ["", "utter_offer_person"]


def test_as_soon_as_possible_forgets_the_day(chat: Conversation) -> None:
    chat.weber("on Thursday").answers("as soon as possible")
    assert chat.slot("when") is None and chat.shown[0] == "11-23T08:00"


# ── wishes that cannot be met ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wish", "says", "first"),
    [
        ("yesterday", "already passed (Saturday, 21 November)", "11-23T08:00"),
        ("today at 9am", "already passed", "11-23T08:00"),
        ("on Sunday 29 November", "We are closed on Sunday, 29 November.", "11-26T18:00"),
        ("24 December", "We are closed on Thursday, 24 December (Christmas Eve).", None),
        ("25 December at 10am", "(Christmas Day)", None),
        ("1 June 2027", "three months", "11-23T08:00"),
        ("on Friday", "Nothing is available then (Friday, 27 November)", None),  # open, but not Dr. Weber's day
        ("on Monday at 6pm", "Nothing is available then (Monday, 23 November, 6:00 PM)", None),
    ],
)
def test_a_time_that_cannot_be(chat: Conversation, wish: str, says: str, first: str | None) -> None:
    chat.weber(wish)
    assert says in chat.text
    assert (chat.asked, chat.loop) == ("booking_slot", "booking_form")
    assert chat.buttons, "there are always others to choose from"
    assert chat.slot("when") is None, "explained once, the wish is over"
    assert first is None or chat.shown[0] == first


def test_the_nearest_are_around_the_wish(chat: Conversation) -> None:
    chat.weber("on Friday")
    assert chat.shown[0].startswith("11-26") and chat.shown[-1].startswith("11-30"), "Thursday's last, Monday's first"


def test_a_wish_that_cannot_be_is_not_understood_as_a_failure(chat: Conversation) -> None:
    chat.weber().answers("yesterday", entities=time("yesterday"))
    assert chat.slots["misunderstood"] is False


def test_nothing_at_all_offers_a_person(chat: Conversation) -> None:
    with database.transaction() as session:
        session.execute(delete(Schedule))
    chat.weber()
    assert chat.keys == ["utter_no_slot_at_all"] and chat.slots["offer"] == "person"
    buttons = {button["title"]: button for button in chat.buttons}
    chat.answers("yes", "affirm")
    assert chat.rejected, "the yes is for the person"
    chat.chooses(buttons["Another specialty"])
    assert (chat.asked, chat.slot("specialty"), chat.slot("practitioner")) == ("booking_specialty", None, None)


# ── slots that others take ───────────────────────────────────────────────────────────────────────────


def test_a_slot_that_somebody_else_holds_meanwhile(meet: Meet) -> None:
    first, second = meet().weber(), meet().weber()
    row = first.buttons[0]
    second.chooses(row)
    assert second.slot("slot")
    first.chooses(row)
    assert (first.slot("slot"), first.slot("appointment"), first.asked) == (None, None, "booking_slot")
    assert "just been taken" in first.said[0].text
    assert first.shown[0] == "11-23T08:20", "and it is no longer on the list"
    assert held(first.contact_id) == []


@pytest.mark.parametrize(
    "key", ["", "1.1.1", "1.1.4.202611220800", "999.1.4.202611230700", "1.1.4.202611230705", "'; drop table x"]
)
def test_a_key_that_is_no_free_slot(chat: Conversation, key: str) -> None:
    chat.weber().answers("/inform", slot_key=key)
    assert (chat.slot("slot"), chat.asked) == (None, "booking_slot")
    assert held(chat.contact_id) == []


def test_an_old_lists_row_tapped_outside_a_form(chat: Conversation) -> None:
    row = chat.weber().buttons[2]
    chat.loop = None
    chat.slots = {}
    chat.taps(row).enters()
    assert local(chat.slot("slot")) == "11-23T08:40"
    assert (chat.slot("practitioner"), chat.slot("specialty"), chat.asked) == ("anna-weber", "dermatology", "booking_name")


def test_an_old_row_that_is_over_by_now(chat: Conversation) -> None:
    row = chat.weber().buttons[0]
    chat.loop, chat.slots = None, {}
    clock.freeze(clock.parse_instant("2026-11-25T10:00:00+01:00"))
    chat.taps(row).enters()
    assert chat.slot("slot") is None and chat.asked in ("booking_specialty", "booking_slot")


def test_an_old_row_of_somebody_who_never_agreed(meet: Meet) -> None:
    row = meet().weber().buttons[0]
    chat = meet(agreed=False)
    chat.taps(row).enters()
    assert chat.asked == "booking_consent" and held(chat.contact_id) == []
