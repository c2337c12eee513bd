"""A booking in the making."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker

from actions.booking.state import NEW, PREFIX, QUESTIONS, Booking
from clinic.settings import PROJECT

FULL = Booking(
    consent=True,
    specialty="dermatology",
    practitioner="anna-weber",
    slot="1.1.1.202611240800",
    patient=NEW,
    name="Anna",
    birth_date="1985-05-24",
    confirmed=True,
    when={"from": None, "words": "tomorrow"},
    relation="self",
    offered={"keys": ["a", "b"]},
    appointment=3,
)


def of(slots: dict[str, Any]) -> Booking:
    return Booking.of(Tracker("1", slots, {}, [], False, None, {}, ""))


def test_slots_and_back() -> None:
    events = FULL.changes(None)
    assert {event["name"] for event in events} == {PREFIX + entry.name for entry in fields(Booking)}
    assert of({event["name"]: event["value"] for event in events}) == FULL
    assert of({}) == Booking()


def test_every_slot_is_in_the_domain() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))
    assert {event["name"] for event in FULL.changes(None)} == {name for name in domain["slots"] if name.startswith(PREFIX)}
    assert domain["forms"]["booking_form"]["required_slots"] == [PREFIX + question for question in QUESTIONS]


def test_only_what_differs_is_an_event() -> None:
    assert FULL.changes(FULL) == []
    changed = replace(FULL, name="Berta", relation=None).changes(FULL)
    assert {event["name"]: event["value"] for event in changed} == {"booking_name": "Berta", "booking_relation": None}
    emptied = replace(FULL, offered={}).changes(FULL)
    assert emptied == [{"event": "slot", "timestamp": None, "name": "booking_offered", "value": None}]


def test_cleared_forgets_everything() -> None:
    assert {event["name"]: event["value"] for event in Booking.cleared()} == {
        PREFIX + e.name: None for e in fields(Booking)
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_next_question_is_the_first_thing_not_known(question: str) -> None:
    assert replace(FULL, **{question: None}).question == question  # type: ignore[arg-type]


def test_the_order_of_the_questions() -> None:
    assert FULL.question is None
    assert Booking().question == "consent"
    assert replace(FULL, name=None, specialty=None).question == "specialty"
    assert replace(FULL, confirmed=False).question is None, "False is an answer"


def test_without_its_slot() -> None:
    bare = FULL.without_slot()
    assert (bare.slot, bare.appointment, bare.offered, bare.confirmed) == (None, None, {}, None)
    assert (bare.when, bare.name, bare.practitioner) == (FULL.when, "Anna", "anna-weber")
    assert bare.offered_keys == ()
    assert FULL.offered_keys == ("a", "b")


@pytest.mark.parametrize(
    ("booking", "words"),
    [
        (Booking(), ""),
        (Booking(consent=True, name="Anna"), ""),
        (Booking(specialty="dermatology", practitioner="any"), "booking: dermatology"),
        (
            Booking(specialty="dermatology", practitioner="anna-weber", when={"words": "tomorrow"}),
            "booking: dermatology, anna-weber, tomorrow",
        ),
        (FULL, "booking: dermatology, anna-weber, Tuesday, 24 November, 9:00 AM"),  # the staff's language
    ],
)
def test_for_the_staff(booking: Booking, words: str) -> None:
    assert booking.in_words() == words
