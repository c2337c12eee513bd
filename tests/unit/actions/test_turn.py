"""What a turn knows: the message, the form, the turns before."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.turn import Turn


def user(text: str = "hi", language: str | None = None) -> dict[str, Any]:
    parse = {"language": {"code": language}} if language else {}
    return {"event": "user", "text": text, "parse_data": parse}


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def loop(name: str | None) -> dict[str, Any]:
    return {"event": "active_loop", "name": name}


BOT = {"event": "bot", "text": "…"}
LISTEN = {"event": "action", "name": "action_listen"}


def turn(*events: dict[str, Any], latest: dict[str, Any] | None = None, sender: str = "7", **slots: Any) -> Turn:
    active = next((e["name"] for e in reversed(events) if e["event"] == "active_loop"), None)
    return Turn(Tracker(sender, slots, latest or {}, list(events), False, None, {"name": active} if active else {}, ""))


OFFER, FAILED, FINE = slot("offer", "person"), slot("misunderstood", True), slot("misunderstood", False)


@pytest.mark.parametrize(
    ("events", "offered"),
    [
        ((user(), OFFER, BOT, LISTEN, user("yes")), "person"),
        ((user(), slot("offer", "consent"), user("yes")), "consent"),
        ((user(), OFFER, user("what?"), BOT, user("yes")), None),  # an older offer is over
        ((user(), OFFER, slot("offer", None), user("yes")), None),  # taken back in the same turn
        ((user(), user("yes"), OFFER), None),  # made in this turn
        ((OFFER, user("yes")), None),
        ((user("yes"),), None),
        ((), None),
    ],
)
def test_an_offer_is_the_one_of_the_message_before(events: tuple[dict[str, Any], ...], offered: str | None) -> None:
    assert turn(*events).offered == offered


def test_an_offer_of_this_very_turn() -> None:
    assert turn(user(), user(), OFFER).offers_now
    assert not turn(user(), OFFER, user()).offers_now
    assert not turn(user(), slot("offer", None)).offers_now
    assert not turn().offers_now


@pytest.mark.parametrize(
    ("events", "failures"),
    [
        ((user(), FAILED, user()), 1),
        ((user(), FAILED, user(), FAILED, user()), 2),
        ((user(), FAILED, user(), BOT, user()), 0),  # understood in between
        ((user(), FAILED, user(), FINE, user()), 0),
        ((user(), FAILED, user(), FAILED, user(), FINE, user(), FAILED, user()), 1),
        ((user(), user(), FAILED), 0),  # this turn's own does not count
        ((user(),), 0),
        ((), 0),
    ],
)
def test_failures_in_a_row(events: tuple[dict[str, Any], ...], failures: int) -> None:
    assert turn(*events).failures_before == failures


@pytest.mark.parametrize(
    ("events", "opens"),
    [
        ((user(), loop("booking_form")), True),
        ((user(), loop("booking_form"), user()), False),
        ((user(), loop("booking_form"), user(), loop(None)), False),
        ((user(), loop("booking_form"), loop(None), user(), loop("booking_form")), True),
        ((loop("booking_form"), user()), False),
        ((), False),
    ],
)
def test_the_message_that_opens_the_form(events: tuple[dict[str, Any], ...], opens: bool) -> None:
    assert turn(*events).opens_form is opens


def test_what_was_asked_counts_inside_a_form_only() -> None:
    assert turn(user(), loop("booking_form"), requested_slot="booking_name").asked == "booking_name"
    assert turn(user(), requested_slot="booking_name").asked is None


@pytest.mark.parametrize(
    ("events", "latest", "chosen", "language"),
    [
        ((user("", "pt"),), {"language": {"code": "de"}}, None, "de"),
        ((user("", "pt"),), {"language": {"code": "de"}}, "ar", "ar"),
        # "3" is of no language, whatever code stands there for want of a better one
        ((user("", "pt"),), {"language": {"code": "en", "confidence": 0.0}}, None, "pt"),
        ((user("", "pt"), user("/affirm")), {"text": "/affirm"}, None, "pt"),
        ((user("", "pt"), user("", "ru"), user("/affirm")), {"text": "/affirm"}, None, "ru"),
        ((user("/affirm"),), {"metadata": {"language": "ar"}}, None, "ar"),
        ((user("/affirm"),), {"metadata": None}, None, "en"),
        ((), {}, "fr", "en"),
    ],
)
def test_the_language_to_answer_in(
    events: tuple[dict[str, Any], ...], latest: dict[str, Any], chosen: str | None, language: str
) -> None:
    assert turn(*events, latest=latest, language_choice=chosen).language == language


def test_the_message() -> None:
    entities = [{"entity": "time", "value": "1"}, {"entity": "person", "value": "A"}, {"entity": "time", "value": "2"}]
    found = turn(latest={"text": "/affirm", "intent": {"name": "affirm", "confidence": 1}, "entities": entities})
    assert (found.text, found.intent, found.confidence, found.is_tap) == ("/affirm", "affirm", 1.0, True)
    assert [entity["value"] for entity in found.entities("time")] == ["1", "2"]
    assert (found.value("time"), found.value("relation")) == ("1", None)
    empty = turn(latest={"text": None, "intent": {"name": None}, "entities": None})
    assert (empty.text, empty.intent, empty.confidence, empty.is_tap, empty.entities("time")) == ("", "", 0.0, False, [])


def test_a_sender_that_is_no_contact_says_what_to_do() -> None:
    assert turn(sender="12").contact_id == 12
    with pytest.raises(ValueError, match="conversation-id"):
        _ = turn(sender="default").contact_id
