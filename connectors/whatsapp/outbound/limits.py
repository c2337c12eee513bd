"""WhatsApp's limits, and the error that names the one which is broken.

Meta, Cloud API reference, "Messages" and "Media", September 2026. The list's body may hold 4096 by the docs and 1024 by
the OpenAPI file: 1024 is what both accept. Lengths are counted in characters (Unicode code points), sizes in bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

TEXT = 4096
CAPTION = 1024
# Around reply buttons, lists, links and requests alike.
BODY_WITH_CHOICES = 1024
HEADER = 60
FOOTER = 60
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
ROWS = 10
SECTIONS = 10
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72
SECTION_TITLE = 24
LIST_LABEL = 20
LINK_TITLE = 20
OPAQUE = 512
PEOPLE = 257
TEMPLATE_NAME = 512
TEMPLATE_BODY = 1024
TEMPLATE_HEADER = 60
TEMPLATE_BUTTONS = 10
# A template's quick reply takes as much as a reply button does; nothing says that it takes more.
TEMPLATE_PAYLOAD = 256
# The most that a template's whole address may have; what fills its end cannot be longer.
TEMPLATE_URL = 2000


class LimitError(ValueError):
    """A field is longer than WhatsApp takes, empty, or there is one too many."""

    def __init__(self, name: str, limit: int, length: int, unit: str = "characters") -> None:
        self.field, self.limit, self.length = name, limit, length
        what = f"{length} {unit}, the limit is {limit}" if length else "it is empty"
        super().__init__(f"{name}: {what}")


def fits(name: str, text: str, limit: int) -> str:
    """`text`, when there is some and not more than `limit` characters of it."""
    if not text.strip() or len(text) > limit:
        raise LimitError(name, limit, len(text.strip()) and len(text))
    return text


def count(name: str, number: int, limit: int, unit: str) -> None:
    """At least one, at most `limit`."""
    if not 1 <= number <= limit:
        raise LimitError(name, limit, number, unit)


def unique(where: str, name: str, values: Sequence[str]) -> None:
    """WhatsApp refuses two of the same."""
    twice = [number for number, value in enumerate(values) if value in values[:number]]
    if twice:
        raise ValueError(f"{where}[{twice[0]}].{name}: the same as an earlier one")


def web(name: str, address: str) -> str:
    """`address`, when it is one that a phone or Meta's servers can open."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or any(letter.isspace() for letter in address):
        raise ValueError(f"{name}: {parts.scheme or 'no'} address, it has to begin with https:// or http://")
    return address
