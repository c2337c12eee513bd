"""The neutral form of a message: what actions, staff and reminders write, whatever the channel.

`{"text": …}`, `{"text": …, "choices": [{"id", "title", "description"?, "section"?}, …],
"choices_label"?, "footer"?}` or `{"location": {"latitude", "longitude", "name"?, "address"?}}`.
A channel's own limits are the channel's business; here only the shape is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict


class Choice(TypedDict, total=False):
    """One thing to tap. `id` comes back when it is tapped; `section` groups long lists."""

    id: str
    title: str
    description: str
    section: str


class Place(TypedDict, total=False):
    """A pin on the map."""

    latitude: float
    longitude: float
    name: str
    address: str


class Message(TypedDict, total=False):
    """One bubble: a text, a text with choices, or a place."""

    text: str
    choices: list[Choice]
    choices_label: str
    footer: str
    location: Place


def check(message: Mapping[str, Any]) -> None:
    """ValueError that names what is missing or wrong when `message` is not of the neutral form."""
    unknown = set(message) - set(Message.__annotations__)
    if unknown:
        raise ValueError(f"a message has no {', '.join(sorted(unknown))}")
    if "location" in message:
        _check_place(message)
        return
    if not str(message.get("text") or "").strip():
        raise ValueError("a message needs a text or a location")
    for number, choice in enumerate(message.get("choices") or []):
        for key in ("id", "title"):
            if not str(choice.get(key) or "").strip():
                raise ValueError(f"choices[{number}] has no {key}")


def _check_place(message: Mapping[str, Any]) -> None:
    if "text" in message or "choices" in message:
        raise ValueError("a location stands alone: its text is a message of its own")
    for key in ("latitude", "longitude"):
        if not isinstance(message["location"].get(key), (int, float)):
            raise ValueError(f"location.{key} is not a number")


def text_of(message: Mapping[str, Any]) -> str:
    """What a person reads of `message`, in one string: for staff and for transcripts."""
    if "location" in message:
        place = message["location"]
        return ", ".join(str(place[key]) for key in ("name", "address") if place.get(key)) or "📍"
    lines = [str(message.get("text") or "")]
    lines += [f"[{choice['title']}]" for choice in message.get("choices") or []]
    return "\n".join(line for line in lines if line)
