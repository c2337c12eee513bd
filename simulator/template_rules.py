"""What a new template may look like (Meta's guides "Templates" and "Template components")."""

from __future__ import annotations

import re

from simulator import limits
from simulator.checks import Json
from simulator.graph_errors import GraphError
from simulator.templates import CATEGORIES

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")
HEADER_FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION")
BUTTON_TYPES = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "FLOW", "OTP")
EXAMPLES = {
    ("HEADER", "NAMED"): "header_text_named_params",
    ("HEADER", "POSITIONAL"): "header_text",
    ("BODY", "NAMED"): "body_text_named_params",
    ("BODY", "POSITIONAL"): "body_text",
}


def wrong(where: str, why: str, subcode: int | None = None) -> GraphError:
    return GraphError(100, f"{where} {why}", message="(#100) Invalid parameter", field=where, subcode=subcode)


def placeholders(text: str) -> list[str]:
    """The names or numbers between double braces, each once, in order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def check_template(body: Json) -> None:
    """Refuse what Meta would not even look at."""
    name, language = body.get("name"), body.get("language")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_]+", name) or len(name) > limits.TEMPLATE_NAME:
        raise wrong("name", f"must be at most {limits.TEMPLATE_NAME} lowercase letters, digits and underscores")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise wrong("language", "must be a locale such as en_US or de")
    if body.get("category") not in CATEGORIES:
        raise wrong("category", f"must be one of {{{', '.join(CATEGORIES)}}}")
    if body.get("parameter_format", "POSITIONAL") not in ("NAMED", "POSITIONAL"):
        raise wrong("parameter_format", "must be one of {NAMED, POSITIONAL}")
    check_components(body.get("components"), body.get("parameter_format", "POSITIONAL"), body["category"])


def check_components(components: object, parameter_format: str, category: str) -> None:
    if not isinstance(components, list) or not all(isinstance(each, dict) for each in components):
        raise wrong("components", "must be an array of objects")
    kinds = [each.get("type") for each in components]
    if "BODY" not in kinds:
        raise wrong("components", "must have a BODY")
    for kind in kinds:
        if kind not in ("HEADER", "BODY", "FOOTER", "BUTTONS"):
            raise wrong("components[].type", f"must be one of {{HEADER, BODY, FOOTER, BUTTONS}}, not {kind!r}")
        if kinds.count(kind) > 1:
            raise wrong("components", f"has more than one {kind}")
    for component in components:
        _component(component, parameter_format, category)


def _component(component: Json, parameter_format: str, category: str) -> None:
    kind = component["type"]
    if kind == "BUTTONS":
        _buttons(component.get("buttons"))
        return
    if kind == "HEADER":
        if component.get("format") not in HEADER_FORMATS:
            raise wrong("HEADER.format", f"must be one of {{{', '.join(HEADER_FORMATS)}}}")
        if component["format"] != "TEXT":
            return
    if kind in ("BODY", "FOOTER") and category == "AUTHENTICATION" and "text" not in component:
        return  # Meta writes these itself
    _text(kind, component.get("text"))
    _placeholders(component, kind, parameter_format)


def _text(kind: str, text: object) -> None:
    most = {"HEADER": limits.TEMPLATE_HEADER, "BODY": limits.TEMPLATE_BODY, "FOOTER": limits.TEMPLATE_FOOTER}[kind]
    if not isinstance(text, str) or not text.strip():
        raise wrong(f"{kind}.text", "must be a string that is not empty")
    if len(text) > most:
        raise wrong(f"{kind}.text", f"length invalid: {len(text)}. Max length: {most}", 2388040)


def _placeholders(component: Json, kind: str, parameter_format: str) -> None:
    text = component["text"]
    names = placeholders(text)
    if not names:
        return
    if kind == "FOOTER" or (kind == "HEADER" and len(names) > 1):
        raise wrong(f"{kind}.text", "has too many parameters")
    if parameter_format == "POSITIONAL" and names != [str(n) for n in range(1, len(names) + 1)]:
        raise wrong(f"{kind}.text", "needs parameters {{1}}, {{2}} … in order")
    if parameter_format == "NAMED" and not all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names):
        raise wrong(f"{kind}.text", "needs named parameters of lowercase letters, digits and underscores")
    if kind == "BODY" and (text.strip().startswith("{{") or text.strip().endswith("}}")):
        raise wrong("BODY.text", "must not begin or end with a parameter", 2388299)
    if re.search(r"\}\}\s*\{\{", text):
        raise wrong(f"{kind}.text", "has parameters side by side", 2388299)
    given = (component.get("example") or {}).get(EXAMPLES[kind, parameter_format])
    if _examples(given, parameter_format) != (set(names) if parameter_format == "NAMED" else len(names)):
        raise wrong(f"{kind}.example", "must have an example for each parameter", 2388043)


def _examples(given: object, parameter_format: str) -> set[str] | int | None:
    if not isinstance(given, list) or not given:
        return None
    if parameter_format == "NAMED":
        return {str(each.get("param_name")) for each in given if isinstance(each, dict) and each.get("example")}
    row = given[0] if isinstance(given[0], list) else given
    return len([each for each in row if each])


def _buttons(buttons: object) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= limits.TEMPLATE_BUTTONS:
        raise wrong("BUTTONS.buttons", f"must be 1 to {limits.TEMPLATE_BUTTONS} buttons")
    for index, button in enumerate(buttons):
        where = f"BUTTONS.buttons[{index}]"
        if not isinstance(button, dict) or button.get("type") not in BUTTON_TYPES:
            raise wrong(f"{where}.type", f"must be one of {{{', '.join(BUTTON_TYPES)}}}")
        text = button.get("text")
        if button["type"] not in ("OTP", "COPY_CODE") and (not isinstance(text, str) or not text.strip()):
            raise wrong(f"{where}.text", "must be a string that is not empty")
        if isinstance(text, str) and len(text) > limits.TEMPLATE_BUTTON:
            raise wrong(f"{where}.text", f"length invalid: {len(text)}. Max length: {limits.TEMPLATE_BUTTON}")
        if button["type"] == "URL":
            if not str(button.get("url", "")).startswith(("https://", "http://")):
                raise wrong(f"{where}.url", "must be a web address")
            if placeholders(button["url"]) and not button.get("example"):
                raise wrong(f"{where}.example", "must have an example for the parameter", 2388043)
        if button["type"] == "PHONE_NUMBER" and not re.fullmatch(r"\+?\d{5,20}", str(button.get("phone_number", ""))):
            raise wrong(f"{where}.phone_number", "must be a phone number")
