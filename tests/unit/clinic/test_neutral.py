"""The neutral form: which keys go together, what an error says, and what a person reads of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from clinic import messaging

YES = {"id": "/affirm", "title": "Yes"}
REMINDER = {"name": "appointment_reminder", "parameters": {"body": ["Amal", "Monday"]}}

LEGAL: Mapping[str, tuple[dict[str, Any], str]] = {
    "text": ({"text": "Hello", "preview": True, "reply_to": "wamid.1", "fallback": REMINDER}, "Hello"),
    "choices": (
        {"text": "Sure?", "choices": [YES], "header": "Your visit", "footer": "f", "page": 2},
        "Your visit\nSure?\n[Yes]",
    ),
    "picture above": (
        {"text": "Sure?", "choices": [YES], "header": {"kind": "image", "link": "https://x.example/a.png"}},
        "[🖼 https://x.example/a.png]\nSure?\n[Yes]",
    ),
    "link": (
        {"text": "Results", "link": {"url": "https://x.example", "title": "Open"}},
        "Results\n[Open: https://x.example]",
    ),
    "ask": ({"text": "Where are you?", "ask": "location"}, "Where are you?\n[📍]"),
    "ask who": ({"text": "Your number?", "ask": "contact"}, "Your number?\n[👤]"),
    "place": ({"location": {"latitude": 1, "longitude": 2, "name": "Salama", "address": "Street 1"}}, "Salama, Street 1"),
    "bare place": ({"location": {"latitude": 1, "longitude": 2}}, "📍"),
    "file": (
        {"media": {"kind": "document", "id": "7", "filename": "plan.pdf", "caption": "Your plan"}},
        "[📄 plan.pdf]\nYour plan",
    ),
    "picture": ({"media": {"kind": "image", "id": "7"}}, "[🖼 image]"),
    "people": ({"people": [{"name": "Front desk", "phones": ["+4955501"]}]}, "👤 Front desk, +4955501"),
    "reaction": ({"reaction": {"message_id": "wamid.1", "emoji": "👍"}}, "👍"),
    "reaction gone": ({"reaction": {"message_id": "wamid.1", "emoji": None}}, "∅"),
    "template": ({"template": {**REMINDER, "language": "ar"}}, "[appointment_reminder]\nAmal, Monday"),
    "named": (
        {
            "template": {
                "name": "n",
                "language": "de",
                "parameters": {
                    "header": {"media": {"kind": "image", "id": "7"}},
                    "body": {
                        "who": {"text": "Amal"},
                        "price": {"currency": {"fallback": "1 €", "code": "EUR", "amount_1000": 1000}},
                    },
                    "buttons": [None, {"payload": "/affirm"}, {"url": "a/b"}],
                },
            }
        },
        "[n]\n[media], Amal, 1 €",
    ),
}


@pytest.mark.parametrize("name", LEGAL)
def test_every_kind_is_taken_and_read(name: str) -> None:
    message, words = LEGAL[name]
    messaging.check(message)
    assert messaging.text_of(message) == words


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({}, "a message needs one of text, media"),
        ({"texts": "a"}, "a message has no texts"),
        ({"text": " "}, "text is missing"),
        ({"text": "a", "location": {"latitude": 1, "longitude": 2}}, "text and location: each is a message of its own"),
        ({"location": {"latitude": 1, "longitude": 2}, "choices": [YES]}, "choices: goes with a text, not with location"),
        ({"location": {"latitude": "1", "longitude": 2}}, "location.latitude is not a number"),
        ({"text": "a", "choices": [YES, {"id": "/deny"}]}, r"choices\[1\]\.title is missing"),
        ({"text": "a", "choices": [YES], "ask": "location"}, "one of them in a message"),
        ({"text": "a", "header": "h"}, "header: a text alone has none"),
        ({"text": "a", "choices": [YES], "header": {"kind": "image"}}, "header.id or header.link: one of the two"),
        ({"text": "a", "link": {"url": "https://x.example", "title": ""}}, "link.title is missing"),
        ({"text": "a", "ask": "money"}, "ask: 'money' is none of location, contact"),
        ({"text": "a", "choices": [YES], "page": 0}, "page: pages are counted from 1"),
        ({"media": {"kind": "film", "id": "1"}}, "media.kind: 'film' is none of image"),
        ({"media": {"kind": "image", "id": "1", "link": "https://x.example"}}, "media.id or media.link: one of the two"),
        ({"people": []}, "people: there is nobody"),
        ({"people": [{"phones": []}]}, r"people\[0\]\.name is missing"),
        ({"reaction": {"message_id": "w"}}, "reaction.emoji: say None"),
        ({"reaction": {"message_id": "w", "emoji": "x"}, "reply_to": "w"}, "reply_to: a reaction names its message"),
        ({"text": "a", "reply_to": ""}, "reply_to is missing"),
        ({"template": {"name": "n"}}, "template.language is missing"),
        ({"text": "a", "fallback": {"name": ""}}, "fallback.name is missing"),
        ({"text": "a", "fallback": {"name": "n", "parameters": {"who": "Amal"}}}, "fallback.parameters has no who"),
        ({"text": "a", "fallback": {"name": "n", "parameters": {"body": "Amal"}}}, "neither a list nor by name"),
        ({"text": "a", "fallback": {"name": "n", "parameters": {"body": {"who": ""}}}}, r"body\[who\] is empty"),
        (
            {"text": "a", "fallback": {"name": "n", "parameters": {"body": [{"date_time": {}}]}}},
            "date_time has no fallback",
        ),
        ({"text": "a", "fallback": {"name": "n", "parameters": {"body": [{"colour": "red"}]}}}, "one of text, currency"),
        ({"text": "a", "fallback": {"name": "n", "parameters": {"buttons": [{"id": "x"}]}}}, "payload or url"),
    ],
)
def test_an_error_says_what_is_wrong(message: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        messaging.check(message)
