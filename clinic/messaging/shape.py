"""Whether a message is of the neutral form (`neutral`), and what exactly is wrong when it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

KINDS_OF_MEDIA = ("image", "document", "audio", "video", "sticker")
ASKED = ("location", "contact")
# What the value of a template's placeholder may be besides a plain text, and what each of them needs.
VALUES: Mapping[str, tuple[str, ...]] = {
    "text": (),
    "currency": ("fallback", "code", "amount_1000"),
    "date_time": ("fallback",),
    "media": ("kind",),
    "location": ("latitude", "longitude"),
}
_WHOLE = ("text", "media", "location", "people", "reaction", "template")
_WITH_TEXT = ("choices", "choices_label", "page", "link", "ask", "header", "footer", "preview")
_INTERACTIVE = ("choices", "link", "ask")


def check(message: Mapping[str, Any]) -> None:
    """ValueError that names what is missing or wrong."""
    kinds = [name for name in _WHOLE if name in message]
    if len(kinds) > 1:
        raise ValueError(f"{' and '.join(kinds)}: each is a message of its own")
    if not kinds:
        raise ValueError(f"a message needs one of {', '.join(_WHOLE)}")
    extra = [name for name in _WITH_TEXT if name in message]
    if extra and kinds != ["text"]:
        raise ValueError(f"{', '.join(extra)}: goes with a text, not with {kinds[0]}")
    _CHECKS[kinds[0]](message)
    if "reply_to" in message:
        if kinds == ["reaction"]:
            raise ValueError("reply_to: a reaction names its message itself")
        _words(message, "reply_to")
    if "fallback" in message:
        _template(message["fallback"], "fallback")


def words(value: Any) -> str:
    """What a person reads of the value of a template's placeholder."""
    if not isinstance(value, Mapping):
        return str(value)
    if "text" in value:
        return str(value["text"])
    inner = next((value[name] for name in ("currency", "date_time") if name in value), None)
    return str(inner["fallback"]) if inner else f"[{next(iter(value))}]"


def _text(message: Mapping[str, Any]) -> None:
    _words(message, "text")
    if sum(bool(message.get(name)) for name in _INTERACTIVE) > 1:
        raise ValueError(f"{', '.join(_INTERACTIVE)}: one of them in a message")
    if "header" in message and not any(message.get(name) for name in _INTERACTIVE):
        raise ValueError("header: a text alone has none")
    for number, choice in enumerate(message.get("choices") or []):
        for key in ("id", "title"):
            _words(choice, key, f"choices[{number}].")
    if "link" in message:
        for key in ("url", "title"):
            _words(message["link"], key, "link.")
    if "ask" in message and message["ask"] not in ASKED:
        raise ValueError(f"ask: {message['ask']!r} is none of {', '.join(ASKED)}")
    page = message.get("page", 1)
    if not isinstance(page, int) or page < 1:
        raise ValueError("page: pages are counted from 1")
    if isinstance(message.get("header"), Mapping):
        _medium(message["header"], "header.")


def _medium(medium: Mapping[str, Any], where: str = "media.") -> None:
    if medium.get("kind") not in KINDS_OF_MEDIA:
        raise ValueError(f"{where}kind: {medium.get('kind')!r} is none of {', '.join(KINDS_OF_MEDIA)}")
    if bool(medium.get("id")) == bool(medium.get("link")):
        raise ValueError(f"{where}id or {where}link: one of the two")


def _place(place: Mapping[str, Any], where: str = "location.") -> None:
    for key in ("latitude", "longitude"):
        if not isinstance(place.get(key), (int, float)):
            raise ValueError(f"{where}{key} is not a number")


def _people(message: Mapping[str, Any]) -> None:
    if not message["people"]:
        raise ValueError("people: there is nobody")
    for number, person in enumerate(message["people"]):
        _words(person, "name", f"people[{number}].")


def _reaction(message: Mapping[str, Any]) -> None:
    _words(message["reaction"], "message_id", "reaction.")
    if "emoji" not in message["reaction"]:
        raise ValueError("reaction.emoji: say None to take a reaction away")


def _template(template: Mapping[str, Any], where: str = "template") -> None:
    _words(template, "name", f"{where}.")
    if where == "template":
        _words(template, "language", f"{where}.")
    parameters = template.get("parameters") or {}
    unknown = set(parameters) - {"header", "body", "buttons"}
    if unknown:
        raise ValueError(f"{where}.parameters has no {', '.join(sorted(unknown))}")
    if parameters.get("header") is not None:
        _value(parameters["header"], f"{where}.parameters.header")
    body = parameters.get("body") or []
    if not isinstance(body, Mapping) and (isinstance(body, str) or not isinstance(body, Sequence)):
        raise ValueError(f"{where}.parameters.body: neither a list nor by name")
    for name, value in body.items() if isinstance(body, Mapping) else enumerate(body):
        _value(value, f"{where}.parameters.body[{name}]")
    for number, button in enumerate(parameters.get("buttons") or []):
        if button is not None and (len(button) != 1 or not {"payload", "url"} & set(button)):
            raise ValueError(f"{where}.parameters.buttons[{number}]: payload or url")


def _value(value: Any, where: str) -> None:
    if not isinstance(value, Mapping):
        if value is None or not str(value).strip():
            raise ValueError(f"{where} is empty")
        return
    if len(value) != 1 or next(iter(value)) not in VALUES:
        raise ValueError(f"{where}: one of {', '.join(VALUES)}")
    name, inner = next(iter(value.items()))
    for key in VALUES[name]:
        if key not in inner:
            raise ValueError(f"{where}.{name} has no {key}")
    if name == "media":
        _medium(inner, f"{where}.media.")
    if name == "location":
        _place(inner, f"{where}.location.")


def _words(thing: Mapping[str, Any], key: str, where: str = "") -> None:
    if not str(thing.get(key) or "").strip():
        raise ValueError(f"{where}{key} is missing")


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    "text": _text,
    "media": lambda message: _medium(message["media"]),
    "location": lambda message: _place(message["location"]),
    "people": _people,
    "reaction": _reaction,
    "template": lambda message: _template(message["template"]),
}
