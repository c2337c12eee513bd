"""Neutral messages become WhatsApp's JSON; what breaks a limit is refused here, before it is sent.

Limits: Meta, Cloud API reference, "Messages" (text body, interactive objects), September 2026. The list's
body may hold 4096 by the docs and 1024 by the OpenAPI file: 1024 is what both accept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from clinic.messaging import Choice, Message

TEXT = 4096
BODY_WITH_CHOICES = 1024
FOOTER = 60
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
ROWS = 10
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72
SECTION_TITLE = 24
LIST_LABEL = 20
OPAQUE = 512
# Understood everywhere, for a list that came without a label.
DEFAULT_LABEL = "☰"

# Where a text may be cut, best first.
_CUTS = (("\n\n",), ("\n",), (". ", "! ", "? ", "؟ ", "。", "… "), ("; ", ": ", "، ", ", "), (" ",))


class LimitError(ValueError):
    """A field is longer than WhatsApp takes, empty, or there is one too many."""

    def __init__(self, name: str, limit: int, length: int, unit: str = "characters") -> None:
        self.field, self.limit, self.length = name, limit, length
        what = f"{length} {unit}, the limit is {limit}" if length else "it is empty"
        super().__init__(f"{name}: {what}")


def build(message: Message, *, to: Mapping[str, str | None], opaque: str | None = None) -> dict[str, Any]:
    """The whole request body. `to` is an address of `clinic.contacts`: a phone, or else a user id."""
    body: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    if to.get("phone"):
        body["to"] = "+" + str(to["phone"]).lstrip("+")
    elif to.get("user_id"):
        body["recipient"] = str(to["user_id"])
    else:
        raise ValueError("the contact has neither phone nor user id")
    body.update(content(message))
    if opaque is not None:
        body["biz_opaque_callback_data"] = _fits("biz_opaque_callback_data", opaque, OPAQUE)
    return body


def content(message: Message) -> dict[str, Any]:
    """`type` and its object; LimitError names the field that does not fit."""
    if "location" in message:
        return _location(message)
    choices = message.get("choices") or []
    if not choices:
        text = _fits("text.body", message.get("text", ""), TEXT)
        return {"type": "text", "text": {"body": text, "preview_url": False}}
    interactive: dict[str, Any] = {
        "type": "button" if fits_buttons(choices) else "list",
        "body": {"text": _fits("interactive.body.text", message.get("text", ""), BODY_WITH_CHOICES)},
    }
    if message.get("footer"):
        interactive["footer"] = {"text": _fits("interactive.footer.text", message["footer"], FOOTER)}
    if interactive["type"] == "button":
        interactive["action"] = _buttons(choices)
    else:
        interactive["action"] = _list(choices, message.get("choices_label") or DEFAULT_LABEL)
    return {"type": "interactive", "interactive": interactive}


def fits_buttons(choices: Sequence[Choice]) -> bool:
    """Can these be reply buttons with nothing left out? Otherwise they become a list."""
    return len(choices) <= BUTTONS and all(
        len(choice["title"]) <= BUTTON_TITLE and not choice.get("description") and not choice.get("section")
        for choice in choices
    )


def _buttons(choices: Sequence[Choice]) -> dict[str, Any]:
    where = "interactive.action.buttons"
    _unique(where, "reply.id", [choice["id"] for choice in choices])
    _unique(where, "reply.title", [choice["title"] for choice in choices])
    return {
        "buttons": [
            {
                "type": "reply",
                "reply": {
                    "id": _fits(f"{where}[{number}].reply.id", choice["id"], BUTTON_ID),
                    "title": _fits(f"{where}[{number}].reply.title", choice["title"], BUTTON_TITLE),
                },
            }
            for number, choice in enumerate(choices)
        ]
    }


def _list(choices: Sequence[Choice], label: str) -> dict[str, Any]:
    if len(choices) > ROWS:
        raise LimitError("interactive.action.sections.rows", ROWS, len(choices), "rows")
    _unique("interactive.action.sections.rows", "id", [choice["id"] for choice in choices])
    grouped: dict[str, list[dict[str, Any]]] = {}
    for number, choice in enumerate(choices):
        grouped.setdefault(choice.get("section") or "", []).append(_row(number, choice))
    sections: list[dict[str, Any]] = []
    for number, (title, rows) in enumerate(grouped.items()):
        section: dict[str, Any] = {"rows": rows}
        # Required as soon as there are two.
        if title or len(grouped) > 1:
            name = f"interactive.action.sections[{number}].title"
            section = {"title": _fits(name, title, SECTION_TITLE), **section}
        sections.append(section)
    return {"button": _fits("interactive.action.button", label, LIST_LABEL), "sections": sections}


def _row(number: int, choice: Choice) -> dict[str, Any]:
    where = f"interactive.action.sections.rows[{number}]"
    row = {
        "id": _fits(f"{where}.id", choice["id"], ROW_ID),
        "title": _fits(f"{where}.title", choice["title"], ROW_TITLE),
    }
    if choice.get("description"):
        row["description"] = _fits(f"{where}.description", choice["description"], ROW_DESCRIPTION)
    return row


def _location(message: Message) -> dict[str, Any]:
    place = message["location"]
    pin: dict[str, Any] = {"latitude": place["latitude"], "longitude": place["longitude"]}
    pin.update({key: value for key in ("name", "address") if (value := place.get(key))})
    return {"type": "location", "location": pin}


def _fits(name: str, text: str, limit: int) -> str:
    if not text.strip() or len(text) > limit:
        raise LimitError(name, limit, len(text.strip()) and len(text))
    return text


def _unique(where: str, name: str, values: Sequence[str]) -> None:
    twice = [number for number, value in enumerate(values) if value in values[:number]]
    if twice:
        raise ValueError(f"{where}[{twice[0]}].{name}: the same as an earlier one")


def split_text(text: str, limit: int = TEXT) -> list[str]:
    """`text` in parts of at most `limit`, cut after a paragraph, a line, a sentence, else between words."""
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in [*parts, rest] if part]


def _cut(text: str, limit: int) -> int:
    window = text[:limit]
    for marks in _CUTS:
        # Not in the first third: a part should be worth a bubble.
        ends = [at + len(mark) for mark in marks if (at := window.rfind(mark)) > limit // 3]
        if ends:
            return max(ends)
    cut = limit
    # No letter loses its accents, no emoji its colour.
    while cut > 1 and (unicodedata.combining(text[cut]) or text[cut] in "\u200d\ufe0f" or text[cut - 1] == "\u200d"):
        cut -= 1
    return cut
