"""What the bot says in one turn becomes as few messages as possible: every bubble is billed.

Texts that follow each other, and a text with choices after them, are joined while the limits allow.
Nothing is ever cut off: a long text is split, choices that WhatsApp would refuse are written out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clinic.messaging import Choice, Message
from connectors.whatsapp.outbound import BODY_WITH_CHOICES, TEXT, content, split_text

logger = logging.getLogger(__name__)

_JOINT = "\n\n"


def compose(responses: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Rasa's raw responses of one turn, in order, as messages that WhatsApp accepts."""
    said = [message for response in responses for message in neutral(response)]
    return [legal for message in _merge(said) for legal in _legal(message)]


def neutral(response: Mapping[str, Any]) -> list[Message]:
    """One raw response of Rasa (`BotUttered.message()`) in the neutral form; one can be two messages."""
    messages: list[Message] = []
    text = str(response.get("text") or "").strip()
    choices = _choices(response.get("buttons") or response.get("quick_replies") or [])
    links = [str(response[key]) for key in ("image", "attachment") if response.get(key)]
    text = _JOINT.join(part for part in [text, *links] if part)
    if choices:
        # Buttons need words above them; a bare ellipsis is better than a lost question.
        message = Message(text=text or "…", choices=choices)
        for key, name in (("choices_label", "list_button"), ("footer", "footer")):
            value = _meta(response, name)
            if value:
                message[key] = str(value)  # type: ignore[literal-required]
        messages.append(message)
    elif text:
        messages.append(Message(text=text))
    place = (response.get("custom") or {}).get("location") if isinstance(response.get("custom"), Mapping) else None
    if place:
        messages.append(Message(location=place))
    elif response.get("custom"):
        logger.error("a response carries custom JSON that is no location; it is left out")
    return messages


def introduction_of(responses: Iterable[Mapping[str, Any]]) -> Any:
    """What the turn's responses say about the introduction: False (it is one), "later", or None."""
    marks = [_meta(response, "introduction") for response in responses]
    return next((mark for mark in marks if mark is not None), None)


def _meta(response: Mapping[str, Any], name: str) -> Any:
    metadata = response.get("metadata")
    value = metadata.get(name) if isinstance(metadata, Mapping) else None
    return response.get(name) if value is None else value


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
    if "location" in first or "location" in second or first.get("choices"):
        return None
    text = first["text"] + _JOINT + second["text"]
    if len(text) > (BODY_WITH_CHOICES if second.get("choices") else TEXT):
        return None
    joined = second.copy()
    joined["text"] = text
    return joined


def _legal(message: Message) -> list[Message]:
    """The message itself, or what it has to become so that WhatsApp takes it."""
    if "location" in message:
        return [message]
    if not message.get("choices"):
        return [Message(text=part) for part in split_text(message["text"], TEXT)]
    if len(message["text"]) > BODY_WITH_CHOICES:
        tail = split_text(message["text"], BODY_WITH_CHOICES)[-1]
        head = message["text"].rstrip()[: -len(tail)]
        last = message.copy()
        last["text"] = tail
        return [*(Message(text=part) for part in split_text(head, TEXT)), *_legal(last)]
    try:
        content(message)
    except ValueError as error:
        # The patient can still type the answer; the tests over locales/ are there to prevent this.
        logger.error("choices do not fit WhatsApp (%s); they are sent as text", error)
        lines = [message["text"], *("• " + _line(choice) for choice in message["choices"])]
        return [Message(text=part) for part in split_text("\n".join(lines), TEXT)]
    return [message]


def _line(choice: Choice) -> str:
    return f"{choice['title']}: {choice['description']}" if choice.get("description") else choice["title"]
