"""A message as plain lines, for logs, tests and whoever prints a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Payload = dict[str, Any]


def render(kind: str, payload: Payload) -> str:
    content = payload.get(kind) or {}
    if kind == "text":
        return str(content.get("body", ""))
    if kind == "interactive":
        return "\n".join(_interactive(content))
    if kind == "template":
        return "\n".join(_template(content))
    if kind == "location":
        place = f"{content.get('latitude')}, {content.get('longitude')}"
        return "\n".join(["📍 " + place, *(str(content[key]) for key in ("name", "address") if content.get(key))])
    if kind == "reaction":
        return str(content.get("emoji", ""))
    if kind == "button":
        return str(content.get("text", ""))
    if kind == "contacts":
        names = [entry.get("name", {}).get("formatted_name", "") for entry in content or []]
        return "[contacts] " + ", ".join(names)
    caption = content.get("caption") or content.get("filename") if isinstance(content, dict) else None
    return f"[{kind}]" + (f" {caption}" if caption else "")


def _template(content: Payload) -> Iterator[str]:
    shown = content.get("shown") or {}
    yield from (str(shown[part]) for part in ("header", "body", "footer") if shown.get(part))
    for button in shown.get("buttons", []):
        yield f"[{button['text']}]"


def _interactive(content: Payload) -> Iterator[str]:
    for reply in ("button_reply", "list_reply"):
        if reply in content:
            yield str(content[reply].get("title", ""))
    header = content.get("header", {})
    if header.get("text"):
        yield str(header["text"])
    if content.get("body"):
        yield str(content["body"].get("text", ""))
    if content.get("footer"):
        yield str(content["footer"].get("text", ""))
    for offer in offers(content):
        yield f"[{offer['title']}]" + (f" {offer['description']}" if offer.get("description") else "")


def offers(content: Payload) -> list[Payload]:
    """What can be tapped in an interactive message: kind, id, title and, in lists, the description."""
    if "shown" in content:
        quick = [button for button in content["shown"].get("buttons", []) if button["type"] == "QUICK_REPLY"]
        return [{"kind": "button", "id": button["payload"], "title": button["text"]} for button in quick]
    action = content.get("action", {})
    if content.get("type") == "button":
        return [{"kind": "button_reply", **button["reply"]} for button in action.get("buttons", [])]
    if content.get("type") == "list":
        rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
        return [{"kind": "list_reply", **row} for row in rows]
    return []
