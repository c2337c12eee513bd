"""A number alone after "when?": a row of the list where it can be, an hour to look for where it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from actions.booking.reading import is_bare_number
from clinic import clock
from nlu.times import find_times
from tests.support.conversations import Conversation, local


def heard(words: str) -> list[dict[str, Any]]:
    """The time entities of an answer to "when?"."""
    return [
        {"entity": "time", "value": words[t.start : t.end], "resolved": t.resolved(), "dateless": t.dateless}
        for t in find_times(words, "en", clock.now(), asked="booking_slot")
    ]


@pytest.mark.parametrize(("text", "chosen"), [("3", "11-23T08:40"), ("10", "11-23T10:00"), ("٣", "11-23T08:40")])
def test_a_number_of_the_list_chooses_from_it(chat: Conversation, text: str, chosen: str) -> None:
    assert heard(text), "the number is heard as an hour as well"
    chat.weber().answers(text, entities=heard(text))
    assert local(chat.slot("slot")) == chosen
    assert chat.slot("when") is None, "nobody asked for three o'clock"


def test_a_number_beyond_the_list_is_an_hour(chat: Conversation) -> None:
    chat.weber("Tuesday").answers("15", entities=heard("15"))
    assert local(chat.slot("slot")) == "11-24T15:00"


@pytest.mark.parametrize(("words", "bare"), [("3", True), ("١٠", True), ("at 3", False), ("3 pm", False), ("three", False)])
def test_what_a_bare_number_is(words: str, bare: bool) -> None:
    assert is_bare_number(words) is bare
