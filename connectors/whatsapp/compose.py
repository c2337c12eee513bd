"""What the bot says in one turn becomes as few messages as possible: every bubble is billed.

Texts that follow each other are joined, and a text with what stands below it (choices, a link, a picture's caption),
while the limits allow. Nothing is ever cut off: `legal` splits what is too long and writes out what would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clinic.messaging import Message
from connectors.whatsapp.legal import legal
from connectors.whatsapp.outbound import BODY_WITH_CHOICES, CAPTION, TEXT
from connectors.whatsapp.responses import JOINT, meta, neutral

_INTERACTIVE = ("choices", "link", "ask")
_CAPTIONED = ("image", "video", "document")


def compose(responses: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Rasa's raw responses of one turn, in order, as messages that WhatsApp accepts."""
    said = [message for response in responses for message in neutral(response)]
    return [right for message in _merge(said) for right in legal(message)]


def introduction_of(responses: Iterable[Mapping[str, Any]]) -> Any:
    """What the turn's responses say about the introduction: False (it is one), "later", or None."""
    marks = [meta(response, "introduction") for response in responses]
    return next((mark for mark in marks if mark is not None), None)


def _merge(messages: Sequence[Message]) -> list[Message]:
    merged: list[Message] = []
    for message in messages:
        joined = _joined(merged[-1], message) if merged else None
        if joined is not None:
            merged[-1] = joined
        else:
            merged.append(message)
    return merged


def _joined(first: Message, second: Message) -> Message | None:
    """Both in one, or None: only a plain text takes something after it."""
    if not set(first) <= {"text", "preview", "fallback"} or ("fallback" in first and "fallback" in second):
        return None
    if "media" in second:
        return _captioned(first, second)
    # A header would come to stand above words that were said before it.
    if "text" not in second or "header" in second:
        return None
    text = first["text"] + JOINT + second["text"]
    if len(text) > (BODY_WITH_CHOICES if any(second.get(name) for name in _INTERACTIVE) else TEXT):
        return None
    joined = second.copy()
    joined["text"] = text
    return _with_extras(joined, first)


def _captioned(first: Message, second: Message) -> Message | None:
    medium = second["media"]
    if medium["kind"] not in _CAPTIONED or medium.get("caption") or len(first["text"]) > CAPTION or "preview" in first:
        return None
    joined = second.copy()
    joined["media"] = medium.copy()
    joined["media"]["caption"] = first["text"]
    return _with_extras(joined, first)


def _with_extras(joined: Message, first: Message) -> Message:
    if first.get("preview"):
        joined["preview"] = True
    if "fallback" in first:
        joined["fallback"] = first["fallback"]
    return joined
