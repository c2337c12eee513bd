"""A template message against its template: parameters counted, checked and put in (Meta's guide "Template messages")."""

from __future__ import annotations

import re
from typing import Any

from simulator import limits
from simulator.checks import Json, invalid, only_keys
from simulator.graph_errors import GraphError
from simulator.template_rules import PLACEHOLDER, placeholders
from simulator.templates import Template, Templates

#: What stands for one parameter of a text.
IN_TEXT = ("text", "currency", "date_time")
#: Newlines, tabs and more than four spaces are refused inside a parameter.
UNFIT = re.compile(r"[\n\t]| {5,}")
REFUSED = {"PAUSED": (132015, "is paused"), "DISABLED": (132016, "is disabled")}


def sendable(templates: Templates, message: Json) -> Template:
    """The approved template of that name and language, or the refusal that says why there is none."""
    name, code = message["name"], message["language"]["code"]
    template = templates.find(name, code)
    if template is not None and template.status in REFUSED:
        error, why = REFUSED[template.status]
        raise GraphError(error, f"template name ({name}) in {code} {why}")
    if template is None or template.status != "APPROVED":
        raise GraphError(132001, f"template name ({name}) does not exist in {code}")
    return template


def fill(template: Template, message: Json) -> Json:
    """What the patient sees: header, body, footer and buttons with the parameters in their places."""
    given = _components(message)
    shown: Json = {"buttons": _buttons(template, given)}
    for kind in ("HEADER", "BODY", "FOOTER"):
        component = template.component(kind)
        parameters = given.get(kind.lower(), [])
        if component is None or "text" not in component:
            _other_header(component, parameters, kind, shown)
            continue
        shown[kind.lower()] = _filled(component["text"], parameters, kind.lower(), template.parameter_format)
    return shown


def _components(message: Json) -> dict[str, Any]:
    """Parameters by component; those of buttons by their index."""
    found: dict[str, Any] = {}
    components = message.get("components", [])
    if not isinstance(components, list) or not all(isinstance(each, dict) for each in components):
        raise invalid("template.components", "must be an array of objects")
    for component in components:
        only_keys(component, "template.components[]", {"type", "parameters", "sub_type", "index"})
        kind = str(component.get("type", "")).lower()
        if kind not in ("header", "body", "button"):
            raise invalid("template.components[].type", f"must be one of {{header, body, button}}, not {kind!r}")
        key = f"button {component.get('index')} {component.get('sub_type')}" if kind == "button" else kind
        if key in found:
            raise invalid("template.components", f"has {key} more than once")
        parameters = component.get("parameters", [])
        if not isinstance(parameters, list) or not all(isinstance(each, dict) for each in parameters):
            raise invalid("template.components[].parameters", "must be an array of objects")
        found[key] = parameters
    return found


def _mismatch(where: str, given: int, expected: int) -> GraphError:
    details = f"{where}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
    return GraphError(132000, details, field=where)


def _filled(text: str, parameters: list[Json], where: str, parameter_format: str) -> str:
    names = placeholders(text)
    if len(parameters) != len(names):
        raise _mismatch(where, len(parameters), len(names))
    values = [_value(parameter, where) for parameter in parameters]
    if parameter_format == "NAMED":
        named = {str(parameter.get("parameter_name")): value for parameter, value in zip(parameters, values, strict=True)}
        for name in names:
            if name not in named:
                raise GraphError(132000, f"{where}: the parameter {name} is missing", field=where)
    else:
        if any("parameter_name" in parameter for parameter in parameters):
            raise GraphError(132018, f"{where}: this template's parameters have no names", field=where)
        named = dict(zip(names, values, strict=True))
    result = PLACEHOLDER.sub(lambda match: named[match.group(1)], text)
    most = {"header": limits.TEMPLATE_HEADER, "body": limits.TEMPLATE_BODY}.get(where)
    if most is not None and len(result) > most:
        raise GraphError(132005, f"{where}: length {len(result)} with its parameters. Max length: {most}", field=where)
    return result


def _value(parameter: Json, where: str) -> str:
    kind = parameter.get("type")
    if kind not in IN_TEXT:
        raise GraphError(132012, f"{where}: a parameter of type {kind!r} where text is expected", field=where)
    value = parameter.get("text") if kind == "text" else (parameter.get(kind) or {}).get("fallback_value")
    if not isinstance(value, str) or not value.strip():
        raise GraphError(131008, f"{where}: a parameter of type {kind} is missing its text", field=where)
    if UNFIT.search(value):
        details = f"{where}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        raise GraphError(132018, details, field=where)
    return value


def _other_header(component: Json | None, parameters: list[Json], kind: str, shown: Json) -> None:
    """A header that is a picture, a file or a place; or none, which takes no parameters."""
    expected = str(component.get("format", "")).lower() if component is not None and kind == "HEADER" else ""
    if not expected:
        if parameters and not (component is not None and kind == "BODY"):
            raise _mismatch(kind.lower(), len(parameters), 0)
        return
    if len(parameters) != 1:
        raise _mismatch("header", len(parameters), 1)
    if parameters[0].get("type") != expected or not isinstance(parameters[0].get(expected), dict):
        raise GraphError(132012, f"header: Format mismatch, expected {expected.upper()}", field="header")
    shown["header_" + expected] = parameters[0][expected]


def _buttons(template: Template, given: dict[str, Any]) -> list[Json]:
    buttons = template.buttons()
    for key in given:
        if key.startswith("button "):
            _button_exists(key, buttons)
    shown: list[Json] = []
    for index, button in enumerate(buttons):
        kind = str(button["type"])
        parameters = given.get(f"button {index} {kind.lower()}", [])
        line: Json = {"type": kind, "text": button.get("text", "")}
        if kind == "QUICK_REPLY":
            line["payload"] = parameters[0].get("payload", line["text"]) if parameters else line["text"]
        elif kind == "URL":
            line["url"] = _filled(button["url"], parameters, f"button at index {index}", "POSITIONAL")
        elif kind == "PHONE_NUMBER":
            line["phone_number"] = button["phone_number"]
        shown.append(line)
    return shown


def _button_exists(key: str, buttons: list[Json]) -> None:
    _, index, kind = key.split(" ", maxsplit=2)
    if not index.isdigit() or int(index) >= len(buttons):
        raise GraphError(132018, f"button: there is no button with index {index}", field="button")
    expected = str(buttons[int(index)]["type"]).lower()
    if kind != expected and expected not in ("otp", "copy_code"):
        raise GraphError(132018, f"button at index {index}: sub_type must be {expected}, not {kind}", field="button")
