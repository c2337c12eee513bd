"""Days, hours and slots: lists, pages, wishes that cannot be met, slots that others take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from clinic import clock, consent, database, patients
from clinic.models import Appointment, OpeningHours
from clinic.scheduling import booking
from tests.support.conversations import Conversation, time

Meet = Callable[..., Conversation]


def held(chat: Conversation) -> list[Appointment]:
    with database.read() as session:
        return list(session.execute(select(Appointment).where(Appointment.contact_id == chat.contact_id)).scalars())


def times(chat: Conversation) -> list[str]:
    """The slots on the screen in Berlin: "24T15:00"."""
    return [_local(key) for key in chat.slot("offered")["keys"]]


def _local(key: str) -> str:
    utc = datetime.strptime(key.split(".")[-1], "%Y%m%d%H%M")
    return (utc + timedelta(hours=1)).strftime("%m-%dT%H:%M")


def weber(chat: Conversation, *wish: str) -> Conversation:
    """Dr. Weber: Mon and Wed 8–13, Tue 8–12 and 14–18, Thu 13–19; 20 minutes each."""
    return chat.opens("Dr. Weber", practitioner="anna-weber", entities=time(wish[0]) if wish else [])


# ── lists and choices ────────────────────────────────────────────────────────────────────────────────


def test_the_next_free_slots_and_a_row_for_more(chat: Conversation) -> None:
    weber(chat)
    assert times(chat)[0] == "11-23T08:00" and len(times(chat)) == 9
    assert chat.said[-1].titles[0] == "Mon 23 Nov, 8:00 AM"
    assert chat.buttons[0]["description"] == "Dr. Anna Weber · Salama Kreuzberg"
    assert chat.buttons[-1]["title"] == "More times" and len(chat.buttons) == 10


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("3", "11-23T08:40"), ("9:20", "11-23T09:20"), ("10", "11-23T10:00"), ("10 Uhr", "11-23T10:00"), ("٣", "11-23T08:40")],
)
def test_a_slot_by_number_or_hour(chat: Conversation, text: str, chosen: str) -> None:
    weber(chat).answers(text, entities=time(text))
    assert _local(chat.slot("slot")) == chosen
    assert [a.status for a in held(chat)] == ["held"]
    assert held(chat)[0].id == chat.slot("appointment")


def test_a_slot_by_tap(chat: Conversation) -> None:
    weber(chat)
    chat.chooses(chat.buttons[4])
    assert _local(chat.slot("slot")) == "11-23T09:20"
    assert chat.slot("offered") is None, "the list is done with"


def test_another_day_shows_that_day(chat: Conversation) -> None:
    weber(chat).answers("Thursday", entities=time("Thursday"))
    assert chat.keys == ["utter_ask_slot_in_window"] and "Thursday, 26 November" in chat.text
    assert times(chat)[0] == "11-26T13:00" and all(found.startswith("11-26") for found in times(chat))


def test_an_hour_alone_is_meant_on_the_day_that_is_talked_about(chat: Conversation) -> None:
    weber(chat, "Thursday")
    chat.answers("at 4", entities=time("at 4"))
    assert _local(chat.slot("slot")) == "11-26T16:00"


def test_a_part_of_the_day_alone_is_meant_on_that_day_too(chat: Conversation) -> None:
    weber(chat, "on Tuesday")
    assert times(chat)[0] == "11-24T08:00"
    chat.answers("in the afternoon", entities=time("in the afternoon"))
    assert times(chat)[0] == "11-24T14:00"


def test_a_part_of_the_day_alone_on_any_day(chat: Conversation) -> None:
    """Nobody named a day, and Dr. Weber works on Mondays until one: the first evening is Tuesday's."""
    weber(chat, "in the evening")
    assert times(chat)[0] == "11-24T16:00"
    assert all(found[-5:] >= "16:00" for found in times(chat))


def test_a_day_and_hour_that_is_free_holds_it_at_once(chat: Conversation) -> None:
    weber(chat).answers("Tuesday at 3pm", entities=time("Tuesday at 3pm"))
    assert _local(chat.slot("slot")) == "11-24T15:00"


def test_more_pages_and_their_end(chat: Conversation) -> None:
    weber(chat)
    seen = times(chat)
    chat.chooses(chat.buttons[-1])
    assert times(chat) > seen and not set(times(chat)) & set(seen)
    for text in ("more", "mais horários", "المزيد", "no"):
        before = times(chat)
        chat.answers(text, "deny" if text == "no" else "inform")
        assert times(chat)[0] > before[-1], text


def test_after_the_last_page_the_first_one_again(chat: Conversation) -> None:
    weber(chat, "on Tuesday afternoon")
    assert times(chat)[-1] == "11-24T16:40"
    chat.answers("more")
    assert times(chat) == ["11-24T17:00", "11-24T17:20", "11-24T17:40"]
    assert not any(b["title"] == "More times" for b in chat.buttons)
    assert chat.answers("more").slot("offered")["keys"], "and then later days"
    assert times(chat)[0].startswith("11-25")


def test_the_same_page_after_a_question_in_between(chat: Conversation) -> None:
    weber(chat)
    chat.chooses(chat.buttons[-1])
    page = times(chat)
    chat.answers("where are you?", "faq", topic="faq/location")
    assert chat.rejected
    chat.answers("xyz")
    assert times(chat) == page


def test_nonsense_is_said_so_and_then_a_person_offered(chat: Conversation) -> None:
    weber(chat).answers("purple")
    assert (chat.keys, chat.slots["misunderstood"]) == (["", "utter_ask_slot"], True)
    assert "could not find a day or time" in chat.text
    assert chat.answers("purple!").keys == ["", "utter_offer_person"]


def test_as_soon_as_possible_forgets_the_day(chat: Conversation) -> None:
    weber(chat, "on Thursday").answers("as soon as possible")
    assert chat.slot("when") is None and times(chat)[0] == "11-23T08:00"


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
    weber(chat, wish)
    assert says in chat.text
    assert (chat.asked, chat.loop) == ("booking_slot", "booking_form")
    assert chat.buttons, "there are always others to choose from"
    assert chat.slot("when") is None, "explained once, the wish is over"
    assert first is None or times(chat)[0] == first


def test_the_nearest_are_around_the_wish(chat: Conversation) -> None:
    weber(chat, "on Friday")
    assert times(chat)[0].startswith("11-26") and times(chat)[-1].startswith("11-30"), "Thursday's last, Monday's first"


def test_a_wish_that_cannot_be_is_not_understood_as_a_failure(chat: Conversation) -> None:
    weber(chat).answers("yesterday", entities=time("yesterday"))
    assert chat.slots["misunderstood"] is False


def test_nothing_at_all_offers_a_person(chat: Conversation) -> None:
    with database.transaction() as session:
        for place in session.execute(select(OpeningHours)).scalars():
            session.delete(place)
    clock.freeze(clock.parse_instant("2026-11-22T10:00:00+01:00"))
    from clinic.models import Schedule

    with database.transaction() as session:
        for stretch in session.execute(select(Schedule)).scalars():
            session.delete(stretch)
    weber(chat)
    assert chat.keys == ["utter_no_slot_at_all"] and chat.slots["offer"] == "person"
    chat.answers("yes", "affirm")
    assert chat.rejected, "the yes is for the person"
    chat.chooses(chat_button(chat, "Another specialty"))
    assert chat.asked == "booking_specialty"


def chat_button(chat: Conversation, title: str) -> dict[str, str]:
    from tests.support.conversations import locale

    return next(dict(b) for b in locale(chat.language)["utter_no_slot_at_all"]["buttons"] if b["title"] == title)


# ── slots that others take ───────────────────────────────────────────────────────────────────────────


def test_a_slot_that_somebody_else_holds_meanwhile(meet: Meet) -> None:
    first, second = weber(meet()), weber(meet())
    row = first.buttons[0]
    second.chooses(row)
    assert second.slot("slot")
    first.chooses(row)
    assert (first.slot("slot"), first.slot("appointment"), first.asked) == (None, None, "booking_slot")
    assert "just been taken" in first.said[0].text
    assert times(first)[0] == "11-23T08:20", "and it is no longer on the list"
    assert held(first) == []


@pytest.mark.parametrize("key", ["", "1.1.1", "1.1.4.202611220800", "999.1.4.202611230700", "1.1.4.202611230705", "'; drop table x"])
def test_a_key_that_is_no_free_slot(chat: Conversation, key: str) -> None:
    weber(chat).answers("/inform", slot_key=key)
    assert (chat.slot("slot"), chat.asked) == (None, "booking_slot")
    assert held(chat) == []


def test_an_old_lists_row_tapped_outside_a_form(chat: Conversation) -> None:
    row = weber(chat).buttons[2]
    chat.loop = None
    chat.slots = {}
    chat.taps(row).enters()
    assert _local(chat.slot("slot")) == "11-23T08:40"
    assert (chat.slot("practitioner"), chat.slot("specialty"), chat.asked) == ("anna-weber", "dermatology", "booking_name")


def test_an_old_row_that_is_over_by_now(chat: Conversation) -> None:
    row = weber(chat).buttons[0]
    chat.loop, chat.slots = None, {}
    clock.freeze(clock.parse_instant("2026-11-25T10:00:00+01:00"))
    chat.taps(row).enters()
    assert chat.slot("slot") is None and chat.asked in ("booking_specialty", "booking_slot")


def test_an_old_row_of_somebody_who_never_agreed(meet: Meet) -> None:
    row = weber(meet()).buttons[0]
    chat = meet(agreed=False)
    chat.taps(row).enters()
    assert chat.asked == "booking_consent" and held(chat) == []


# ── yes and no ───────────────────────────────────────────────────────────────────────────────────────


def at_confirm(chat: Conversation) -> Conversation:
    weber(chat)
    chat.chooses(chat.buttons[0])
    chat.answers("Maria Schmidt").answers("24.05.1985")
    assert chat.keys == ["utter_ask_confirm"]
    return chat


def test_the_summary_says_it_all(chat: Conversation) -> None:
    text = at_confirm(chat).text
    for part in ("Dr. Anna Weber", "Dermatology", "Monday, 23 November", "8:00 AM", "Salama Kreuzberg", "Salamaweg 12", "Maria Schmidt", "24 May 1985"):
        assert part in text


def test_yes_books_and_ends(chat: Conversation) -> None:
    at_confirm(chat).answers("yes", "affirm")
    (appointment,) = held(chat)
    assert (appointment.status, appointment.patient_id is not None) == ("booked", True)
    assert chat.keys == ["utter_booked", ""] and chat.loop is None
    assert "Dr. Anna Weber" in chat.text and "call" in chat.text
    pin = chat.said[1].location
    assert pin and pin["latitude"] == pytest.approx(52.49881) and pin["name"] == "Salama Kreuzberg"
    assert all(chat.slot(name) is None for name in ("slot", "name", "birth_date", "appointment", "when"))


def test_the_same_yes_twice_books_once(chat: Conversation) -> None:
    """The connector tries a turn again when something broke: the tracker is the one from before."""
    from actions.booking.form import ValidateBookingForm

    at_confirm(chat).hears("yes", "affirm")
    before = chat.tracker
    first, second = (chat.run(ValidateBookingForm(), before) for _ in range(2))
    assert first == second
    assert [a.status for a in held(chat)] == ["booked"]
    with database.read() as session:
        assert len(patients.patients_of(session, chat.contact_id)) == 1


def test_no_gives_the_slot_back_and_shows_others(chat: Conversation) -> None:
    at_confirm(chat).answers("no", "deny")
    assert held(chat) == [] and chat.asked == "booking_slot"
    assert times(chat)[0] == "11-23T08:00", "it is free again"
    assert chat.slot("name") == "Maria Schmidt", "what was said of the patient stays"
    chat.chooses(chat.buttons[1])
    assert chat.asked == "booking_confirmed"


def test_anything_else_asks_again(chat: Conversation) -> None:
    at_confirm(chat).answers("maybe")
    assert (chat.keys, chat.slots["misunderstood"]) == (["", "utter_ask_confirm"], True)
    assert [a.status for a in held(chat)] == ["held"]


def test_another_time_at_the_last_moment(chat: Conversation) -> None:
    at_confirm(chat).answers("rather on Thursday", entities=time("on Thursday"))
    assert chat.asked == "booking_slot" and times(chat)[0] == "11-26T13:00"


def test_a_hold_that_expired_but_is_free_still_books(chat: Conversation) -> None:
    at_confirm(chat)
    clock.freeze(clock.parse_instant("2026-11-22T11:00:00+01:00"))
    assert chat.answers("yes", "affirm").keys[0] == "utter_booked"


def test_a_hold_that_somebody_else_took(meet: Meet) -> None:
    chat = at_confirm(meet())
    clock.freeze(clock.parse_instant("2026-11-22T11:00:00+01:00"))
    other = weber(meet())
    other.chooses(other.buttons[0])
    chat.answers("yes", "affirm")
    assert "just been taken" in chat.text and chat.asked == "booking_slot"
    assert [a.status for a in held(chat)] == []
    assert [a.status for a in held(other)] == ["held"]
    assert chat.slot("name") == "Maria Schmidt"


def test_a_consent_taken_back_before_the_yes(chat: Conversation) -> None:
    at_confirm(chat)
    consent.refuse(chat.contact_id)
    chat.answers("yes", "affirm")
    assert chat.asked == "booking_consent"
    assert [a.status for a in held(chat)] == ["held"]


def test_a_second_booking_for_the_same_patient(chat: Conversation) -> None:
    at_confirm(chat).answers("yes", "affirm")
    weber(chat)
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
    assert [a.status for a in held(chat)] == ["booked"]
