"""What may be said after the 24 hours: the template that stands for a message, if the account has it approved."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic.models import Template as Row
from connectors.whatsapp.templates import components
from connectors.whatsapp.templates.locales import locale_of
from connectors.whatsapp.templates.model import BODY, GIVEN, PARAMETER, QUICK_REPLY, Template
from connectors.whatsapp.templates.repository import templates

logger = logging.getLogger(__name__)

ANSWER_WAITING = "answer_waiting"
APPROVED = "APPROVED"
# Meta may turn a utility template into a marketing one. For that the clinic has nobody's consent.
CATEGORY = "UTILITY"


def mapped(session: Session, message: Mapping[str, Any], language: str | None) -> Mapping[str, Any] | None:
    """The neutral template message to send instead of `message`; None when the account has none approved.

    Its own `fallback` in the contact's language, else in the clinic's default one; else the generic template that
    says that an answer waits. Where `announces` is true of it, the message itself is still to be sent later.
    """
    wanted: list[Mapping[str, Any]] = [message["fallback"]] if message.get("fallback") else []
    for fallback in [*wanted, {"name": ANSWER_WAITING}]:
        name, parameters = str(fallback["name"]), fallback.get("parameters") or {}
        for row in _rows(session, name, language):
            filled = _filled(row, parameters)
            if filled is not None:
                return {"template": {"name": name, "language": row.language, **filled}}
    return None


def announces(message: Mapping[str, Any]) -> bool:
    """Does this template only say that something waits, so that the message it stands for must still be sent?"""
    own = templates().get(str((message.get("template") or {}).get("name")))
    return own is not None and own.announces


def _rows(session: Session, name: str, language: str | None) -> Iterator[Row]:
    """What the account has approved under this name: the contact's language first, the default one next."""
    found = session.execute(select(Row).where(Row.name == name)).scalars()
    by_locale = {row.language: row for row in found}
    for locale in dict.fromkeys((locale_of(language), locale_of(None))):
        row = by_locale.get(locale)
        if row is None or row.status.upper() != APPROVED:
            continue
        if row.category.upper() != CATEGORY:
            logger.error("template %s (%s) is in category %s: not used", name, locale, row.category)
            continue
        yield row


def _filled(row: Row, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """`parameters` made to fit the template, under that key; None when they do not."""
    body = components.text_of(row.components, "BODY") or _own_body(row)
    values = _values(parameters.get("body") or {})
    if body is not None and not _fits(body, values):
        logger.error("template %s (%s) is not used: its parameters are not those of the message", row.name, row.language)
        return None
    buttons = _payloads(templates().get(row.name), parameters.get("buttons"))
    if buttons is None:
        logger.error("template %s (%s) is not used: a button has no payload", row.name, row.language)
        return None
    filled: dict[str, Any] = {key: value for key, value in parameters.items() if key not in ("body", "buttons")}
    if values:
        filled["body"] = values
    if any(buttons):
        filled["buttons"] = buttons
    return {"parameters": filled} if filled else {}


def _own_body(row: Row) -> str | None:
    """For a row that only a webhook made: it brings no words."""
    own = templates().get(row.name)
    wording = own.wordings.get(row.language) if own else None
    return wording.body if wording else None


def _values(body: Any) -> Any:
    if isinstance(body, Mapping):
        return {name: _one_line(value) for name, value in body.items()}
    return [_one_line(value) for value in body]


def _one_line(value: Any) -> Any:
    """Meta refuses line breaks, tabs and runs of spaces in a parameter."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _fits(body: str, values: Any) -> bool:
    names = list(dict.fromkeys(PARAMETER.findall(body)))
    if not isinstance(values, Mapping):
        values = {str(number): value for number, value in enumerate(values, 1)}
    if set(names) != set(values) or not all(values.values()):
        return False
    said = PARAMETER.sub(lambda match: str(values[match[1]]), body)
    return len(said) <= BODY


def _payloads(own: Template | None, given: Sequence[Any] | None) -> Sequence[Any] | None:
    """One entry for each button: what this message gives, else the repository's command; None when neither has one."""
    if own is None or not own.buttons:
        return given or []
    found: list[Any] = list(given or [])
    found += [None] * (len(own.buttons) - len(found))
    for place, button in enumerate(own.buttons):
        if found[place] is None and button.kind == QUICK_REPLY:
            if button.value == GIVEN:
                return None
            found[place] = {"payload": button.value}
    return found
