"""A template message: approved words, and what fills their gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from connectors.whatsapp.outbound import limits
from connectors.whatsapp.outbound.interactive import Picture
from connectors.whatsapp.outbound.limits import LimitError, count, fits
from connectors.whatsapp.outbound.plain import Content, location

_NAME = re.compile(r"[a-z0-9_]+")
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z][A-Za-z]+)?")
# Meta refuses a value with a line break, a tab, or more than four spaces in a row (132018).
_BROKEN = re.compile(r"[\n\r\t]| {5,}")


@dataclass(frozen=True)
class Currency:
    """An amount in thousandths; `fallback_value` is what phones show that cannot write it themselves."""

    fallback_value: str
    code: str
    amount_1000: int


@dataclass(frozen=True)
class DateTime:
    """A point in time. WhatsApp shows `fallback_value`; the parts are for what Meta may do some day."""

    fallback_value: str
    year: int | None = None
    month: int | None = None
    day_of_month: int | None = None
    day_of_week: int | None = None
    hour: int | None = None
    minute: int | None = None
    calendar: str | None = None


@dataclass(frozen=True)
class Place:
    """The map above a template whose header is a location."""

    latitude: float
    longitude: float
    name: str
    address: str


Value = Union[str, Currency, DateTime]
HeaderValue = Union[str, Currency, DateTime, Picture, Place]


@dataclass(frozen=True)
class QuickReply:
    """What comes back when this button is tapped."""

    payload: str


@dataclass(frozen=True)
class UrlEnd:
    """The end of the address that this button opens."""

    text: str


TemplateButton = Union[QuickReply, UrlEnd]


def template(
    name: str,
    language: str,
    *,
    header: HeaderValue | Mapping[str, Value] | None = None,
    body: Sequence[Value] | Mapping[str, Value] = (),
    buttons: Sequence[TemplateButton | None] = (),
    policy: str | None = None,
) -> Content:
    """Values in order or by name, as the template was written; of the buttons None has nothing to fill in.

    A text header with a named gap takes a mapping of one. `policy`: Meta knows "deterministic" only, and takes it for
    granted.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("template.name: small letters, digits and _ only")
    if not _LOCALE.fullmatch(language):
        raise ValueError(f"template.language.code: {language!r} is no locale such as de or pt_BR")
    named: dict[str, Any] = {
        "name": fits("template.name", name, limits.TEMPLATE_NAME),
        "language": {"code": language, **({"policy": policy} if policy else {})},
    }
    components = [*_header(header), *_body(body), *_buttons(buttons)]
    if components:
        named["components"] = components
    return {"type": "template", "template": named}


def _header(header: HeaderValue | Mapping[str, Value] | None) -> list[dict[str, Any]]:
    if header is None:
        return []
    where = "template.header"
    if isinstance(header, Picture):
        if header.kind not in ("image", "video", "document"):
            raise ValueError(f"{where}: {header.kind} is none of image, video, document")
        medium = header.file.reference(f"{where}.{header.kind}")
        if header.filename and header.kind == "document":
            medium["filename"] = header.filename
        parameter: dict[str, Any] = {"type": header.kind, header.kind: medium}
    elif isinstance(header, Place):
        parameter = location(header.latitude, header.longitude, header.name, header.address)
    elif isinstance(header, Mapping):
        count(where, len(header), 1, "parameters")
        name, value = next(iter(header.items()))
        parameter = _named(name, value, where, limits.TEMPLATE_HEADER)
    else:
        parameter = _value(header, where, limits.TEMPLATE_HEADER)
    return [{"type": "header", "parameters": [parameter]}]


def _body(body: Sequence[Value] | Mapping[str, Value]) -> list[dict[str, Any]]:
    where = "template.body"
    if isinstance(body, Mapping):
        parameters = [_named(name, value, where, limits.TEMPLATE_BODY) for name, value in body.items()]
        values: Sequence[Value] = list(body.values())
    else:
        values = body
        parameters = [_value(value, f"{where}[{number}]", limits.TEMPLATE_BODY) for number, value in enumerate(body)]
    # The words around them count too, but only the registry knows those.
    length = sum(len(value if isinstance(value, str) else value.fallback_value) for value in values)
    if length > limits.TEMPLATE_BODY:
        raise LimitError(where, limits.TEMPLATE_BODY, length)
    return [{"type": "body", "parameters": parameters}] if parameters else []


def _named(name: str, value: Value, where: str, limit: int) -> dict[str, Any]:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{where}.{name}: a parameter's name has small letters, digits and _ only")
    return {**_value(value, f"{where}.{name}", limit), "parameter_name": name}


def _value(value: Value, where: str, limit: int) -> dict[str, Any]:
    if isinstance(value, Currency):
        parts = {"fallback_value": value.fallback_value, "code": value.code, "amount_1000": value.amount_1000}
        fits(f"{where}.currency.fallback_value", value.fallback_value, limit)
        if not (len(value.code) == 3 and value.code.isascii() and value.code.isupper()):
            raise ValueError(f"{where}.currency.code: {value.code!r} is no code such as EUR")
        return {"type": "currency", "currency": parts}
    if isinstance(value, DateTime):
        fits(f"{where}.date_time.fallback_value", value.fallback_value, limit)
        return {"type": "date_time", "date_time": {key: part for key, part in vars(value).items() if part is not None}}
    fits(where, value, limit)
    if _BROKEN.search(value):
        raise ValueError(f"{where}: a value has no line break, no tab and at most four spaces in a row")
    return {"type": "text", "text": value}


def _buttons(buttons: Sequence[TemplateButton | None]) -> list[dict[str, Any]]:
    if len(buttons) > limits.TEMPLATE_BUTTONS:
        raise LimitError("template.buttons", limits.TEMPLATE_BUTTONS, len(buttons), "buttons")
    return [_button(number, button) for number, button in enumerate(buttons) if button is not None]


def _button(number: int, button: TemplateButton) -> dict[str, Any]:
    where = f"template.buttons[{number}]"
    if isinstance(button, QuickReply):
        kind = "quick_reply"
        parameter = {"type": "payload", "payload": fits(f"{where}.payload", button.payload, limits.TEMPLATE_PAYLOAD)}
    else:
        kind = "url"
        parameter = {"type": "text", "text": fits(f"{where}.text", button.text, limits.TEMPLATE_URL)}
    return {"type": "button", "sub_type": kind, "index": str(number), "parameters": [parameter]}
