"""The first questions: consent, specialty, doctor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clinic import consent, database
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
    chat.chooses(chat.buttons[0])
    assert agreed(chat) is True


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "consents"),
    [
        *[
            ("yes", "affirm", 0.9, True),
            ("I agree", "affirm", 0.9, True),
            ("ja", "nlu_fallback", 0.2, True),
            ("да", "affirm", 0.3, True),
        ],
        *[
            ("yes, but why?", "affirm", 0.9, None),
            ("ok?", "affirm", 0.9, None),
            ("I guess that depends", "affirm", 0.5, None),
        ],
        *[("no", "deny", 0.9, False), ("a dermatologist", "inform", 0.9, None)],
    ],
)
def test_only_a_clear_yes_is_a_consent(
    meet: Meet, text: str, intent: str, confidence: float, consents: bool | None
) -> None:
    chat = meet(agreed=False).opens().answers(text, intent, confidence=confidence)
    assert agreed(chat) is consents


def test_an_old_button_of_another_question_is_no_consent(meet: Meet) -> None:
    chat = meet(agreed=False).opens()
    chat.answers('/affirm{"about": "hold-3"}', "affirm", about="hold-3")
    assert agreed(chat) is None
    assert "no longer open" in chat.text and chat.asked == "booking_consent"


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
    [
        ("anyone", "human_handoff"),
        ("any doctor", "inform"),
        ("I don't mind", "out_of_scope"),
        ("no", "deny"),
        ("egal wer", "inform"),
        ("أي دكتور", "inform"),
    ],
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
