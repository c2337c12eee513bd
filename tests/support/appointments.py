"""Booked appointments for tests of what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.conversations import Conversation, held, time


def booked(
    chat: Conversation, wish: str = "Tuesday at 3pm", name: str = "Maria Schmidt", doctor: str = "anna-weber"
) -> int:
    """Books for a patient who is new; returns the appointment's id."""
    chat.opens("x", practitioner=doctor, entities=time(wish))
    chat.chooses(chat.buttons[0])
    if chat.asked == "booking_patient":
        chat.chooses(chat.buttons[-1])
    chat.answers(name).answers("24.05.1985").answers("yes", "affirm")
    return int(held(chat.contact_id)[-1].id)


def button(chat: Conversation, title: str) -> Mapping[str, str]:
    """The button of the last response with this title."""
    return next(one for one in chat.buttons if one["title"] == title)
