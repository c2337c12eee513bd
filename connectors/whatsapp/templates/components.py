"""Templates in Meta's JSON: what is submitted, and what an account's template says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.whatsapp.templates.model import PHONE, QUICK_REPLY, URL, Button, Template, Wording, is_positional


def submission(template: Template, locale: str) -> dict[str, Any]:
    """The body of POST /{account}/message_templates for one locale."""
    wording = template.wordings[locale]
    return {
        "name": template.name,
        "language": locale,
        "category": template.category,
        "parameter_format": "POSITIONAL" if is_positional(wording) else "NAMED",
        "components": components(template, wording),
    }


def components(template: Template, wording: Wording) -> list[dict[str, Any]]:
    """Header, body, footer and buttons, each parameter with its example."""
    made: list[dict[str, Any]] = []
    if wording.header is not None:
        header = {"type": "HEADER", "format": "TEXT", "text": wording.header}
        made.append({**header, **_examples(wording, wording.header, "header_text")})
    made.append({"type": "BODY", "text": wording.body, **_examples(wording, wording.body, "body_text")})
    if wording.footer is not None:
        made.append({"type": "FOOTER", "text": wording.footer})
    if template.buttons:
        pairs = zip(template.buttons, wording.labels, strict=True)
        made.append({"type": "BUTTONS", "buttons": [_button(button, label) for button, label in pairs]})
    return made


def _examples(wording: Wording, part: str, key: str) -> dict[str, Any]:
    names, values = wording.parameters(part), wording.examples or {}
    if not names:
        return {}
    if is_positional(wording):
        row = [values[name] for name in sorted(names, key=int)]
        # One example: a header's is a list of values, a body's a list of rows.
        return {"example": {key: row if key == "header_text" else [row]}}
    return {"example": {f"{key}_named_params": [{"param_name": name, "example": values[name]} for name in names]}}


def _button(button: Button, label: str) -> dict[str, Any]:
    if button.kind == URL:
        return {"type": "URL", "text": label, "url": button.value}
    if button.kind == PHONE:
        return {"type": "PHONE_NUMBER", "text": label, "phone_number": button.value}
    assert button.kind == QUICK_REPLY
    return {"type": "QUICK_REPLY", "text": label}


def text_of(found: Any, kind: str) -> str | None:
    """The text of an account's HEADER, BODY or FOOTER; None when it has none or nobody knows."""
    for component in found if isinstance(found, list) else []:
        if isinstance(component, Mapping) and str(component.get("type", "")).upper() == kind:
            text = component.get("text")
            return text if isinstance(text, str) else None
    return None


def buttons_of(found: Any) -> list[tuple[str, str]]:
    """(kind, label) of an account's buttons, in order."""
    for component in found if isinstance(found, list) else []:
        if isinstance(component, Mapping) and str(component.get("type", "")).upper() == "BUTTONS":
            return [(str(b.get("type", "")).upper(), str(b.get("text", ""))) for b in component.get("buttons") or []]
    return []


def differences(template: Template, locale: str, found: Any) -> list[str]:
    """Which parts of the account's template say something else than the repository's."""
    own = components(template, template.wordings[locale])
    parts = [kind.lower() for kind in ("HEADER", "BODY", "FOOTER") if text_of(own, kind) != text_of(found, kind)]
    return parts + (["buttons"] if buttons_of(own) != buttons_of(found) else [])
