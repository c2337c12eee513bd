"""A template of the repository: its words in each of the channel's locales, and what they leave open.

The limits are Meta's ("Message templates", "Template components", 2026). What breaks one is refused with days of delay
by a reviewer, so `problems` finds it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

NAME = 512
BODY = 1024
HEADER = 60
HEADER_PARAMETERS = 1
FOOTER = 60
BUTTONS = 10
BUTTON_LABEL = 25
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
# What a button does. A quick reply's value comes back when it is tapped; "given" means that every sending names it.
QUICK_REPLY, URL, PHONE = "quick_reply", "url", "phone_number"
KINDS = (QUICK_REPLY, URL, PHONE)
GIVEN = "given"

PARAMETER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]+")
_NAMED = re.compile(r"[a-z_][a-z0-9_]*")
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")
_AT_START, _AT_END = re.compile(r"^\W*\{\{"), re.compile(r"\}\}\W*$")
_ADJACENT = re.compile(r"\}\}[^\S\n]*\{\{")


@dataclass(frozen=True)
class Button:
    """What a button does, in every language: its kind, and the command, address or number."""

    kind: str
    value: str


@dataclass(frozen=True)
class Wording:
    """A template in one locale; `examples` holds a value for each parameter, for Meta's reviewers."""

    body: str
    header: str | None = None
    footer: str | None = None
    labels: Sequence[str] = ()
    examples: Mapping[str, str] | None = None

    def parameters(self, part: str | None) -> list[str]:
        """The names (or numbers) that a part leaves open, in the order of their first use."""
        return list(dict.fromkeys(PARAMETER.findall(part or "")))


@dataclass(frozen=True)
class Template:
    """A template: `wordings` by the channel's locale ("pt_BR").

    `announces`: it only says that something waits; the message that it stands for is still to be sent.
    """

    name: str
    category: str
    buttons: Sequence[Button]
    wordings: Mapping[str, Wording]
    announces: bool = False


def is_positional(wording: Wording) -> bool:
    """{{1}}, {{2}} … instead of names."""
    found = wording.parameters(wording.body) + wording.parameters(wording.header)
    return any(name.isdecimal() for name in found)


def problems(template: Template) -> list[str]:
    """What Meta would refuse, one sentence each; empty when there is nothing."""
    found = []
    if not _NAME.fullmatch(template.name) or len(template.name) > NAME:
        found.append(f"{template.name}: a name has at most {NAME} of a-z, 0-9 and _")
    if template.category not in CATEGORIES:
        found.append(f"{template.name}: category {template.category!r} is none of {', '.join(CATEGORIES)}")
    if not template.wordings:
        found.append(f"{template.name}: no texts")
    if len(template.buttons) > BUTTONS:
        found.append(f"{template.name}: {len(template.buttons)} buttons, the limit is {BUTTONS}")
    found += [f"{template.name}: a button is one of {', '.join(KINDS)}" for b in template.buttons if b.kind not in KINDS]
    found += [f"{template.name}: an address with parameters" for b in template.buttons if PARAMETER.search(b.value)]
    open_in_first: set[str] | None = None
    for locale, wording in template.wordings.items():
        where = f"{template.name} {locale}"
        if not _LOCALE.fullmatch(locale):
            found.append(f"{where}: no locale of Meta's, such as en or pt_BR")
        found += [f"{where}: {problem}" for problem in _of_wording(template, wording)]
        left_open = set(wording.parameters(wording.body))
        if open_in_first is not None and left_open != open_in_first:
            found.append(f"{where}: other parameters than in the first language: {', '.join(sorted(left_open)) or 'none'}")
        open_in_first = left_open if open_in_first is None else open_in_first
    return found


def _of_wording(template: Template, wording: Wording) -> Iterator[str]:
    yield from _of_text("body", wording.body, BODY)
    if wording.header is not None:
        yield from _of_text("header", wording.header, HEADER)
        if len(wording.parameters(wording.header)) > HEADER_PARAMETERS:
            yield f"header: more than {HEADER_PARAMETERS} parameter"
        if "\n" in wording.header:
            yield "header: one line only"
    if wording.footer is not None:
        yield from _of_text("footer", wording.footer, FOOTER)
        if wording.parameters(wording.footer):
            yield "footer: takes no parameters"
    yield from _of_labels(template, wording)
    yield from _of_parameters(wording)


def _of_text(part: str, text: str, limit: int) -> Iterator[str]:
    if not text.strip():
        yield f"{part}: it is empty"
    if len(text) > limit:
        yield f"{part}: {len(text)} characters, the limit is {limit}"
    if part == "body" and (_AT_START.search(text) or _AT_END.search(text)):
        yield "body: begins or ends with a parameter"
    if _ADJACENT.search(text):
        yield f"{part}: two parameters with nothing between them"
    if "\n\n\n" in text:
        yield f"{part}: more than two line breaks in a row"
    if text.count("{{") != len(PARAMETER.findall(text)) or text.count("}}") != text.count("{{"):
        yield f"{part}: braces that are no parameter"


def _of_labels(template: Template, wording: Wording) -> Iterator[str]:
    if len(wording.labels) != len(template.buttons):
        yield f"{len(template.buttons)} buttons, {len(wording.labels)} labels"
    for label in wording.labels:
        if not label.strip() or len(label) > BUTTON_LABEL:
            yield f"button {label!r}: {len(label)} characters, the limit is {BUTTON_LABEL}"
        if PARAMETER.search(label):
            yield f"button {label!r}: takes no parameters"
    if len(set(wording.labels)) != len(wording.labels):
        yield "two buttons with the same label"


def _of_parameters(wording: Wording) -> Iterator[str]:
    names = wording.parameters(wording.body) + wording.parameters(wording.header)
    examples = wording.examples or {}
    in_body = wording.parameters(wording.body)
    if is_positional(wording):
        if sorted(in_body) != sorted(str(number + 1) for number in range(len(in_body))):
            yield "body: numbered parameters run 1, 2, 3 … without a gap and are not mixed with names"
    else:
        yield from (f"parameter {name!r}: a-z, 0-9 and _" for name in names if not _NAMED.fullmatch(name))
    yield from (f"parameter {name}: no example" for name in dict.fromkeys(names) if not examples.get(name, "").strip())
    yield from (f"example {name}: no parameter of that name" for name in examples if name not in names)
    filled = PARAMETER.sub(lambda match: examples.get(match[1], match[0]), wording.body)
    if len(wording.body) <= BODY < len(filled):
        yield f"body with its examples: {len(filled)} characters, the limit is {BODY}"
