"""What the patients' side saw and sent, message by message; the checker of a fault run reads it."""

from __future__ import annotations

from typing import Any

from simulator.chat import INBOUND, Chat, Message

Json = dict[str, Any]


def transcript(chat: Chat, phone: str | None = None) -> list[Json]:
    """In the order of arrival. Two sends of the same thing are two lines, with the same `callback_data`."""
    return [_line(message) for message in chat.everything(phone)]


def _line(message: Message) -> Json:
    context = message.payload.get("context") or {}
    line = {
        **message.as_json(),
        "phone": f"+{message.phone}",
        "callback_data": message.callback_data,
        "context": context.get("id") or context.get("message_id"),
        "arrived": message.arrived,
        "shown": message.status != "failed",
    }
    if message.direction == INBOUND:
        return {**line, "posts": message.posts, "acknowledged": message.acknowledged}
    return line
