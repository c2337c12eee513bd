"""What WhatsApp would refuse becomes what it takes: nothing is cut off, it is split or written out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import cast

from clinic.messaging import Choice, Message, text_of
from connectors.whatsapp import pages
from connectors.whatsapp.outbound import BODY_WITH_CHOICES, CAPTION, ROWS, TEXT, content, fits_buttons, split_text

logger = logging.getLogger(__name__)

_INTERACTIVE = ("choices", "link", "ask")


def legal(message: Message) -> list[Message]:
    """The message itself, or what it has to become so that WhatsApp takes it."""
    if "text" not in message:
        return _whole(message)
    if not any(message.get(name) for name in _INTERACTIVE):
        first, *others = _texts(message["text"], bool(message.get("preview"))) or [message]
        # Only one of them answers, and only one is said by a template when the others cannot be.
        extras = {key: value for key, value in message.items() if key in ("reply_to", "fallback")}
        return [cast(Message, {**first, **extras}), *others]
    header = message.get("header")
    if isinstance(header, Mapping) and message.get("choices") and not fits_buttons(message["choices"]):
        # A list has no picture above it.
        without = message.copy()
        del without["header"]
        return [Message(media=header), *legal(without)]
    if len(message["text"]) > BODY_WITH_CHOICES:
        *head, tail = split_text(message["text"], BODY_WITH_CHOICES)
        rest = message["text"].rstrip()[: -len(tail)] if head else ""
        last = message.copy()
        last["text"] = tail
        return [*_texts(rest), *legal(last)]
    try:
        for page in range(1, pages.count(message, ROWS) + 1):
            content(pages.turned(message, page))
    except ValueError as error:
        # The patient can still type the answer; the tests over locales/ are there to prevent this.
        logger.error("choices do not fit WhatsApp (%s); they are sent as text", error)
        return _written_out(message)
    return [message]


def _texts(text: str, preview: bool = False) -> list[Message]:
    messages = [Message(text=part) for part in split_text(text, TEXT)]
    for message in messages if preview else ():
        message["preview"] = True
    return messages


def _whole(message: Message) -> list[Message]:
    """A place, a medium, a card …: itself, or what can be said of it in words."""
    caption = message["media"].get("caption", "") if "media" in message else ""
    captions = "media" in message and message["media"]["kind"] in ("image", "video", "document")
    if caption and (len(caption) > CAPTION or not captions):
        bare = message.copy()
        bare["media"] = message["media"].copy()
        del bare["media"]["caption"]
        return [*_whole(bare), *_texts(caption)]
    try:
        content(message)
    except ValueError as error:
        logger.error("a message does not fit WhatsApp (%s); it is sent as text", error)
        return _texts(text_of(message))
    return [message]


def _written_out(message: Message) -> list[Message]:
    lines = [message["text"], *("• " + _line(choice) for choice in message.get("choices") or [])]
    if isinstance(message.get("header"), str):
        lines.insert(0, str(message["header"]))
    if message.get("link"):
        lines.append(f"{message['link']['title']}: {message['link']['url']}")
    if message.get("footer"):
        lines.append(message["footer"])
    header = message.get("header")
    above = [Message(media=header)] if isinstance(header, Mapping) else []
    return [*above, *_texts("\n".join(lines))]


def _line(choice: Choice) -> str:
    return f"{choice['title']}: {choice['description']}" if choice.get("description") else choice["title"]
