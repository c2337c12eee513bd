"""What an interactive message may look like.

Source: Meta's guides "Interactive reply buttons messages", "Interactive list messages", "Interactive call-to-action URL
button messages", "Location request messages" and "Request contact information".
"""

from __future__ import annotations

from simulator import limits
from simulator.checks import (
    Json,
    array,
    identifier,
    invalid,
    missing,
    need_obj,
    obj,
    one_of,
    only_keys,
    text,
    unique,
    web_address,
)
from simulator.media_messages import MediaLookup, check_media

#: These have a body and a button, and nothing else.
PLAIN = {"location_request_message": "a location request", "contact_request": "a contact request"}
HEADER_MEDIA = ("image", "video", "document")


def check_interactive(message: Json, media: MediaLookup) -> None:
    content = need_obj(message, "interactive", "interactive", keys={"type", "header", "body", "footer", "action"})
    kind = one_of(content, "type", "interactive.type", CHECKS)
    assert kind is not None
    body = need_obj(content, "body", "interactive.body", keys={"text"})
    text(body, "text", "interactive.body.text", maximum=limits.INTERACTIVE_BODY)
    _header(content, kind, media)
    footer = obj(content, "footer", "interactive.footer", keys={"text"}, required=False)
    if footer is not None:
        if kind in PLAIN:
            raise invalid("interactive.footer", f"is not allowed in {PLAIN[kind]}")
        text(footer, "text", "interactive.footer.text", maximum=limits.INTERACTIVE_FOOTER)
    CHECKS[kind](need_obj(content, "action", "interactive.action"))


def _header(content: Json, kind: str, media: MediaLookup) -> None:
    header = obj(content, "header", "interactive.header", required=False)
    if header is None:
        return
    if kind in PLAIN:
        raise invalid("interactive.header", f"is not allowed in {PLAIN[kind]}")
    allowed = ("text",) if kind == "list" else ("text", *HEADER_MEDIA)
    header_type = one_of(header, "type", "interactive.header.type", allowed)
    assert header_type is not None
    only_keys(header, "interactive.header", {"type", header_type})
    if header_type == "text":
        text(header, "text", "interactive.header.text", maximum=limits.INTERACTIVE_HEADER)
    else:
        check_media(header, header_type, f"interactive.header.{header_type}", media, caption=False)


def _buttons(action: Json) -> None:
    only_keys(action, "interactive.action", {"buttons"})
    path = "interactive.action.buttons"
    buttons = array(action, "buttons", path, minimum=1, maximum=limits.BUTTONS)
    titles, ids = [], []
    for index, button in enumerate(buttons):
        here = f"{path}[{index}]"
        only_keys(button, here, {"type", "reply"})
        one_of(button, "type", f"{here}.type", {"reply"})
        reply = need_obj(button, "reply", f"{here}.reply", keys={"id", "title"})
        ids.append(identifier(reply, "id", f"{here}.reply.id", maximum=limits.BUTTON_ID))
        titles.append(text(reply, "title", f"{here}.reply.title", maximum=limits.BUTTON_TITLE))
    unique(ids, f"{path}[].reply.id")
    unique(titles, f"{path}[].reply.title")


def _list(action: Json) -> None:
    only_keys(action, "interactive.action", {"button", "sections"})
    text(action, "button", "interactive.action.button", maximum=limits.LIST_BUTTON)
    path = "interactive.action.sections"
    sections = array(action, "sections", path, minimum=1, maximum=limits.LIST_SECTIONS)
    ids: list[str] = []
    for index, section in enumerate(sections):
        here = f"{path}[{index}]"
        only_keys(section, here, {"title", "rows"})
        if len(sections) > 1 and section.get("title") is None:
            raise missing(f"{here}.title (when there is more than one section)")
        text(section, "title", f"{here}.title", maximum=limits.SECTION_TITLE, required=False)
        rows = array(section, "rows", f"{here}.rows", minimum=1, maximum=limits.LIST_ROWS)
        ids.extend(_row(row, f"{here}.rows[{number}]") for number, row in enumerate(rows))
    if len(ids) > limits.LIST_ROWS:
        raise invalid(path, f"rows are over the total limit: {len(ids)}. Max: {limits.LIST_ROWS} over all sections")
    unique(ids, f"{path}[].rows[].id")


def _row(row: Json, path: str) -> str:
    only_keys(row, path, {"id", "title", "description"})
    text(row, "title", f"{path}.title", maximum=limits.ROW_TITLE)
    text(row, "description", f"{path}.description", maximum=limits.ROW_DESCRIPTION, required=False)
    return identifier(row, "id", f"{path}.id", maximum=limits.ROW_ID)


def _cta_url(action: Json) -> None:
    only_keys(action, "interactive.action", {"name", "parameters"})
    one_of(action, "name", "interactive.action.name", {"cta_url"})
    path = "interactive.action.parameters"
    parameters = need_obj(action, "parameters", path, keys={"display_text", "url"})
    text(parameters, "display_text", f"{path}.display_text", maximum=limits.CTA_DISPLAY_TEXT)
    web_address(parameters, "url", f"{path}.url")


def _location_request(action: Json) -> None:
    only_keys(action, "interactive.action", {"name"})
    one_of(action, "name", "interactive.action.name", {"send_location"})


def _contact_request(action: Json) -> None:
    only_keys(action, "interactive.action", {"name"})
    one_of(action, "name", "interactive.action.name", {"request_contact_info"})


CHECKS = {
    "button": _buttons,
    "list": _list,
    "cta_url": _cta_url,
    "location_request_message": _location_request,
    "contact_request": _contact_request,
}
