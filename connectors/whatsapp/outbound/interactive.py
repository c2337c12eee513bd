"""Messages with something to tap: reply buttons, lists, a link, and the requests for a place or a phone number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

from connectors.whatsapp.outbound import limits
from connectors.whatsapp.outbound.limits import count, fits, unique, web
from connectors.whatsapp.outbound.media import File
from connectors.whatsapp.outbound.plain import Content

_HEADER_KINDS = ("image", "video", "document")


@dataclass(frozen=True)
class Picture:
    """A header that is no text: an image, a video or a document."""

    kind: str
    file: File
    filename: str | None = None


Header = Union[str, Picture]


@dataclass(frozen=True)
class Button:
    """A reply button. `id` comes back."""

    id: str
    title: str


@dataclass(frozen=True)
class Row:
    """A line of a list. `id` comes back."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True)
class Section:
    """Rows that belong together; the title is needed as soon as there are two sections."""

    rows: Sequence[Row]
    title: str | None = None


def reply_buttons(
    body: str, buttons: Sequence[Button], *, header: Header | None = None, footer: str | None = None
) -> Content:
    """Up to three answers to tap."""
    where = "interactive.action.buttons"
    count(where, len(buttons), limits.BUTTONS, "buttons")
    unique(where, "reply.id", [button.id for button in buttons])
    unique(where, "reply.title", [button.title for button in buttons])
    replies = []
    for number, button in enumerate(buttons):
        name = f"{where}[{number}].reply"
        reply = {
            "id": fits(f"{name}.id", button.id, limits.BUTTON_ID),
            "title": fits(f"{name}.title", button.title, limits.BUTTON_TITLE),
        }
        replies.append({"type": "reply", "reply": reply})
    return _interactive("button", body, {"buttons": replies}, header, footer)


def list_of(
    body: str, label: str, sections: Sequence[Section], *, header: str | None = None, footer: str | None = None
) -> Content:
    """A list that opens when `label` is tapped; up to ten rows over all sections."""
    where = "interactive.action.sections"
    count(where, len(sections), limits.SECTIONS, "sections")
    rows = [row for section in sections for row in section.rows]
    count(f"{where}.rows", len(rows), limits.ROWS, "rows")
    unique(f"{where}.rows", "id", [row.id for row in rows])
    built: list[dict[str, Any]] = []
    first = 0
    for number, section in enumerate(sections):
        count(f"{where}[{number}].rows", len(section.rows), limits.ROWS, "rows")
        # An error counts rows over the whole list, as the limit does.
        part: dict[str, Any] = {"rows": [_row(first + at, row) for at, row in enumerate(section.rows)]}
        first += len(section.rows)
        if section.title or len(sections) > 1:
            part["title"] = fits(f"{where}[{number}].title", section.title or "", limits.SECTION_TITLE)
        built.append(part)
    action = {"button": fits("interactive.action.button", label, limits.LIST_LABEL), "sections": built}
    return _interactive("list", body, action, header, footer)


def cta_url(body: str, title: str, url: str, *, header: Header | None = None, footer: str | None = None) -> Content:
    """One button that opens a page."""
    where = "interactive.action.parameters"
    parameters = {
        "display_text": fits(f"{where}.display_text", title, limits.LINK_TITLE),
        "url": web(f"{where}.url", url),
    }
    return _interactive("cta_url", body, {"name": "cta_url", "parameters": parameters}, header, footer)


def location_request(body: str) -> Content:
    """A button that sends where the phone is; the answer is a location message."""
    return _interactive("location_request_message", body, {"name": "send_location"})


def contact_request(body: str) -> Content:
    """A button that shares the phone number of somebody whom we know by user id only."""
    return _interactive("contact_request", body, {"name": "request_contact_info"})


def _row(number: int, row: Row) -> dict[str, str]:
    where = f"interactive.action.sections.rows[{number}]"
    built = {
        "id": fits(f"{where}.id", row.id, limits.ROW_ID),
        "title": fits(f"{where}.title", row.title, limits.ROW_TITLE),
    }
    if row.description:
        built["description"] = fits(f"{where}.description", row.description, limits.ROW_DESCRIPTION)
    return built


def _interactive(
    kind: str, body: str, action: dict[str, Any], header: Header | None = None, footer: str | None = None
) -> Content:
    interactive: dict[str, Any] = {"type": kind}
    if header:
        interactive["header"] = _header(header)
    interactive["body"] = {"text": fits("interactive.body.text", body, limits.BODY_WITH_CHOICES)}
    if footer:
        interactive["footer"] = {"text": fits("interactive.footer.text", footer, limits.FOOTER)}
    interactive["action"] = action
    return {"type": "interactive", "interactive": interactive}


def _header(header: Header) -> dict[str, Any]:
    if isinstance(header, str):
        return {"type": "text", "text": fits("interactive.header.text", header, limits.HEADER)}
    if header.kind not in _HEADER_KINDS:
        raise ValueError(f"interactive.header: {header.kind} is none of {', '.join(_HEADER_KINDS)}")
    reference = header.file.reference(f"interactive.header.{header.kind}")
    if header.filename and header.kind == "document":
        reference["filename"] = header.filename
    return {"type": header.kind, header.kind: reference}
