"""Rasa's raw responses as neutral messages.

Besides Rasa's own fields a response may carry as `custom` any key of a neutral message that is no text (`location`,
`media`, `people`, `template`, `reaction`, and with a text `link` or `ask`), and as metadata `list_button`, `header`,
`footer`, `preview` and `fallback`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit

from clinic.messaging import Choice, Media, Message, check

logger = logging.getLogger(__name__)

JOINT = "\n\n"
_ALONE = ("location", "media", "people", "template", "reaction")
_BELOW = ("link", "ask")


def neutral(response: Mapping[str, Any]) -> list[Message]:
    """One raw response of Rasa (`BotUttered.message()`) in the neutral form; one can be several messages."""
    files, addresses = _files(response)
    text = JOINT.join(part for part in [str(response.get("text") or "").strip(), *addresses] if part)
    choices = _choices(response.get("buttons") or response.get("quick_replies") or [])
    custom = _custom(response)
    said: dict[str, Any] = {"choices": choices} if choices else {}
    said.update({name: custom[name] for name in _BELOW[: 0 if choices else None] if name in custom})
    messages: list[Mapping[str, Any]] = []
    if said or text:
        # Buttons need words above them; a bare ellipsis is better than a lost question.
        messages.append({"text": text or "…", **said, **_around(response, interactive=bool(said))})
    messages += [{name: custom[name]} for name in _ALONE if name in custom]
    # A picture belongs above what is asked about it; without a question its text becomes the caption.
    messages = [*files, *messages] if said else [*messages, *files]
    left_out = [name for name in custom if name not in (*_ALONE, *said)]
    if left_out:
        logger.error("a response carries custom JSON that is no message (%s); it is left out", ", ".join(left_out))
    return [cast(Message, message) for message in messages if _is_sound(message)]


def meta(response: Mapping[str, Any], name: str) -> Any:
    """A response's metadata, which Rasa hands on under `metadata` or, from a template, beside the text."""
    metadata = response.get("metadata")
    value = metadata.get(name) if isinstance(metadata, Mapping) else None
    return response.get(name) if value is None else value


def _is_sound(message: Mapping[str, Any]) -> bool:
    try:
        check(message)
    except (ValueError, TypeError, AttributeError) as error:
        logger.error("a response is no message (%s); it is left out", error)
        return False
    return True


def _custom(response: Mapping[str, Any]) -> Mapping[str, Any]:
    custom = response.get("custom")
    if isinstance(custom, Mapping):
        return custom
    return {"custom": custom} if custom else {}


def _around(response: Mapping[str, Any], *, interactive: bool) -> dict[str, Any]:
    around: dict[str, Any] = {}
    if interactive:
        names = {"list_button": "choices_label", "footer": "footer"}
        around = {key: str(value) for name, key in names.items() if (value := meta(response, name))}
        if meta(response, "header"):
            around["header"] = meta(response, "header")
    if meta(response, "preview"):
        around["preview"] = True
    if isinstance(meta(response, "fallback"), Mapping):
        around["fallback"] = meta(response, "fallback")
    return around


def _files(response: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Rasa's `image` and `attachment`: as media where they are web addresses, else as words."""
    media: list[Mapping[str, Any]] = []
    words: list[str] = []
    for key, kind in (("image", "image"), ("attachment", "document")):
        value = response.get(key)
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            medium = Media(kind=kind, link=value)
            name = PurePosixPath(urlsplit(value).path).name
            if kind == "document" and name:
                medium["filename"] = name
            media.append({"media": medium})
        elif isinstance(value, str) and value:
            words.append(value)
        elif value:
            logger.error("a response's %s is no address; it is left out", key)
    return media, words


def _choices(buttons: Sequence[Mapping[str, Any]]) -> list[Choice]:
    choices = []
    for button in buttons:
        title = str(button.get("title") or "").strip()
        if not title:
            logger.error("a button without a title is left out")
            continue
        choice = Choice(id=str(button.get("payload") or title), title=title)
        if button.get("description"):
            choice["description"] = str(button["description"])
        if button.get("section"):
            choice["section"] = str(button["section"])
        choices.append(choice)
    return choices
