"""More choices than one list takes are turned over like pages; the tap that turns them never reaches the assistant.

The outbox keeps the whole message with its `page`; only what is sent is cut (`shown`). So a choice of any page can be
typed, and the answer to a tap on the last row is the same message with another page (`turned`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from clinic.messaging import Choice, Message

_ID = re.compile(r"page:([1-9][0-9]{0,3})")
# No words: understood in every language and alphabet, from either side.
_TITLE = "⋯ {page}/{pages}"


def asked(tap_id: str) -> int | None:
    """The page that a tap asks for; None when the tap is an ordinary answer."""
    match = _ID.fullmatch(tap_id)
    return int(match[1]) if match else None


def count(message: Message, rows: int) -> int:
    """How many pages of `rows` the message's choices take, of which the last row turns the page."""
    choices = len(message.get("choices") or [])
    return 1 if choices <= rows else -(-choices // (rows - 1))


def shown(message: Message, rows: int) -> Message:
    """What fits on one list of `rows`: all, or the choices of the message's page and a row that turns it over.

    After the last page comes the first again.
    """
    choices = message.get("choices") or []
    shown_now = message.copy()
    number = shown_now.pop("page", 1)
    if len(choices) <= rows:
        return shown_now
    # A section must not begin on one page and go on after others.
    sections: dict[str, list[Choice]] = {}
    for choice in choices:
        sections.setdefault(choice.get("section") or "", []).append(choice)
    ordered = [choice for section in sections.values() for choice in section]
    each, pages = rows - 1, count(message, rows)
    number = (number - 1) % pages + 1
    part = ordered[(number - 1) * each : number * each]
    following = number % pages + 1
    turn = Choice(id=f"page:{following}", title=_TITLE.format(page=following, pages=pages))
    if part[-1].get("section"):
        turn["section"] = part[-1]["section"]
    shown_now["choices"] = [*part, turn]
    return shown_now


def turned(message: Mapping[str, Any], page: int) -> Message:
    """The same message again, open at `page`; it answers the tap, not what the first one answered."""
    return cast(Message, {**{key: value for key, value in message.items() if key != "reply_to"}, "page": page})
