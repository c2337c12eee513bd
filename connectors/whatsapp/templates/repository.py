"""The repository's own templates: one YAML file each in `texts/`, named like the template.

`category`; `buttons`: what each does, in every language (`{quick_reply: /list_appointments}`); `announces: true` when
the template only says that something waits, which is sent when the patient writes; `texts` by the channel's locale
(pt_BR, not pt): `body`, `header`, `footer`, `examples` (a value for each parameter), `buttons` (what is written on them).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from clinic import yamlfile
from connectors.whatsapp.templates.model import Button, Template, Wording, problems

FOLDER = Path(__file__).parent / "texts"
_KEYS = {"category", "announces", "buttons", "texts"}
_TEXT_KEYS = {"header", "body", "footer", "buttons", "examples"}


class TemplateError(Exception):
    """A template's file is wrong; the message says which one and how."""


def read(path: Path) -> Template:
    """One file; TemplateError when it has another shape or Meta would refuse it."""
    try:
        written = yamlfile.load(path)
        _only(written, _KEYS)
        template = Template(
            name=path.stem,
            category=str(written.get("category", "UTILITY")),
            buttons=tuple(Button(kind, str(value)) for each in written.get("buttons", ()) for kind, value in each.items()),
            announces=written.get("announces") is True,
            wordings={str(locale): _wording(text) for locale, text in written["texts"].items()},
        )
    except (KeyError, TypeError, AttributeError, ValueError, yaml.YAMLError) as error:
        raise TemplateError(f"{path.name}: {error!r} where a template was expected") from None
    found = problems(template)
    if found:
        raise TemplateError("\n".join(found))
    return template


def _wording(text: Mapping[str, Any]) -> Wording:
    _only(text, _TEXT_KEYS)
    return Wording(
        body=str(text["body"]).strip(),
        header=text.get("header"),
        footer=text.get("footer"),
        labels=tuple(str(label) for label in text.get("buttons", ())),
        examples={str(name): str(value) for name, value in (text.get("examples") or {}).items()},
    )


def _only(found: Mapping[str, Any], known: set[str]) -> None:
    unknown = set(found) - known
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(map(str, unknown)))}")


@lru_cache(maxsize=4)
def templates(folder: Path = FOLDER) -> Mapping[str, Template]:
    """All of them by name; TemplateError names everything that is wrong in any."""
    found, wrong = {}, []
    for path in sorted(folder.glob("*.yml")):
        try:
            found[path.stem] = read(path)
        except TemplateError as error:
            wrong.append(str(error))
    if wrong:
        raise TemplateError("\n".join(wrong))
    return found
