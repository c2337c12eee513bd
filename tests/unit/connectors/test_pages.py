"""More choices than a list takes: each is offered once, and the last row leads on and at last back."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.messaging import Choice, Message, check
from connectors.whatsapp import inbound, pages
from connectors.whatsapp.outbound import content


def doctors(number: int, sections: int = 0) -> Message:
    choices = [Choice(id=f"/inform{n}", title=f"Doctor {n}") for n in range(number)]
    for at, choice in enumerate(choices):
        if sections:
            choice["section"] = f"Ward {at % sections}"
    return Message(text="Which?", choices=choices, choices_label="Doctors")


def test_ten_need_no_pages() -> None:
    assert pages.shown(doctors(10), 10) == doctors(10)
    assert pages.count(doctors(10), 10) == pages.count(Message(text="a"), 10) == 1


def test_eleven_are_two_pages() -> None:
    first = pages.shown(doctors(11), 10)
    assert [choice["id"] for choice in first["choices"]] == [*(f"/inform{n}" for n in range(9)), "page:2"]
    assert first["choices"][-1]["title"] == "⋯ 2/2"
    second = pages.shown(pages.turned(doctors(11), 2), 10)
    assert [choice["id"] for choice in second["choices"]] == ["/inform9", "/inform10", "page:1"]
    assert second["choices_label"] == "Doctors"


def test_two_left_over_stay_a_list() -> None:
    """The last page keeps the look of the others, also where its rows would be few enough for buttons."""
    assert content(pages.turned(doctors(11), 2))["interactive"]["type"] == "list"


def test_a_page_that_is_not_there_is_another() -> None:
    assert pages.shown(pages.turned(doctors(11), 3), 10) == pages.shown(doctors(11), 10)


def test_turning_answers_the_tap() -> None:
    turned = pages.turned({**doctors(11), "reply_to": "wamid.1"}, 2)
    check(turned)
    assert "reply_to" not in turned
    assert turned["page"] == 2


@pytest.mark.parametrize(
    ("tap", "page"), [("page:2", 2), ("page:10", 10), ("page:0", None), ("page:", None), ("pages", None), ("page:2 ", None)]
)
def test_a_tap_that_turns_the_page(tap: str, page: int | None) -> None:
    assert pages.asked(tap) == page
    # Should the connector not know it, it must not become a command of the assistant.
    assert not inbound.is_command(tap)


@given(st.integers(min_value=1, max_value=200), st.integers(min_value=0, max_value=12))
def test_every_choice_is_on_one_page(number: int, sections: int) -> None:
    message = doctors(number, sections)
    offered: list[str] = []
    page = 1
    for _ in range(pages.count(message, 10)):
        shown = pages.shown(pages.turned(message, page), 10)
        content(pages.turned(message, page))
        offered += [choice["id"] for choice in shown["choices"] if pages.asked(choice["id"]) is None]
        last = pages.asked(shown["choices"][-1]["id"])
        assert len(shown["choices"]) <= 10
        page = last or 1
    assert page == 1
    assert Counter(offered) == Counter(choice["id"] for choice in message["choices"])
