"""From what a hand on a phone does (or a test orders) to the message object that Meta's webhook would carry.

Source: Meta's "messages webhook reference", one page for each type.
"""

from __future__ import annotations

import base64
from typing import Any

from simulator import limits
from simulator.chat import OUTBOUND, Chat, Message
from simulator.clock import Clock
from simulator.graph_errors import status_error
from simulator.media_store import MediaStore
from simulator.phones import Phone
from simulator.rendering import offers

Json = dict[str, Any]

#: The smallest of its kind: a picture of one pixel, a breath of silence.
SAMPLES: dict[str, tuple[str, bytes]] = {
    "image": (
        "image/png",
        base64.b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        ),
    ),
    "audio": ("audio/ogg; codecs=opus", b"OggS" + bytes(60)),
    "video": ("video/mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(52)),
    "document": ("application/pdf", b"%PDF-1.4\n%%EOF\n"),
    "sticker": ("image/webp", b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(18)),
}


class OrderError(Exception):
    """The phone cannot do that; `offered` lists what could be tapped instead."""

    def __init__(self, message: str, offered: list[Json] | None = None) -> None:
        super().__init__(message)
        self.offered = offered


class PatientMessages:
    def __init__(self, chat: Chat, media: MediaStore, clock: Clock) -> None:
        self._chat = chat
        self._media = media
        self._clock = clock

    def build(self, phone: Phone, order: Json) -> Json:
        """The message object without sender, id and time."""
        if "tap" in order:
            return self._tap(phone, str(order["tap"]), order.get("message"))
        if "text" in order and isinstance(order["text"], str):
            return {"type": "text", "text": {"body": _not_blank(order["text"])}, **self._context(order)}
        if "location" in order and order.get("type", "location") == "location":
            return self._location(phone, order)
        kind = order.get("type")
        if not isinstance(kind, str) or not kind:
            raise OrderError('say what to send: {"text": …}, {"tap": …}, {"location": {…}} or {"type": …}')
        context = self._answering(phone, order, "contact_request") if kind == "contacts" else self._context(order)
        return {"type": kind, **self._content(phone, kind, order), **context}

    def newest(self, phone: Phone) -> int:
        """Up to where the chat goes now."""
        messages = self._chat.after(phone.wa_id, 0)
        return messages[-1].seq if messages else 0

    def _tap(self, phone: Phone, wanted: str, wamid: str | None) -> Json:
        """The newest message that offers it; an id wins over a title. Old buttons stay tappable, as on a phone."""
        offered: list[Json] = []
        for message in self._chat.newest_first(phone.wa_id, OUTBOUND):
            if message.type not in ("interactive", "template") or (wamid is not None and message.wamid != wamid):
                continue
            here = offers(message.payload[message.type])
            for key in ("id", "title"):
                for offer in here:
                    if offer[key] == wanted:
                        return _reply(message, offer)
            offered.extend(here)
        raise OrderError(f"nothing that was sent to this phone offers {wanted!r}", offered)

    def _location(self, phone: Phone, order: Json) -> Json:
        place = order["location"]
        if not isinstance(place, dict) or not {"latitude", "longitude"} <= set(place):
            raise OrderError("a location needs latitude and longitude")
        try:
            point = {"latitude": float(place["latitude"]), "longitude": float(place["longitude"])}
        except (TypeError, ValueError) as error:
            raise OrderError("latitude and longitude are numbers") from error
        content = {**point, **{key: place[key] for key in ("name", "address", "url") if place.get(key)}}
        return {"type": "location", "location": content, **self._answering(phone, order, "location_request_message")}

    def _answering(self, phone: Phone, order: Json, request: str) -> Json:
        """The context of what answers a request for it, when that was the clinic's newest message."""
        newest = next(iter(self._chat.newest_first(phone.wa_id, OUTBOUND)), None)
        if "reply_to" not in order and newest is not None and _asks(newest, request):
            return {"context": {"id": newest.wamid}}
        return self._context(order)

    def _context(self, order: Json) -> Json:
        reply_to = order.get("reply_to")
        return {"context": {"id": str(reply_to)}} if reply_to else {}

    def _content(self, phone: Phone, kind: str, order: Json) -> Json:
        given = order.get(kind)
        if kind in SAMPLES and order.get("too_large"):
            return {"errors": [status_error(131052, "Media file size too big. Max file size we currently support: 100MB.")]}
        if kind in SAMPLES:
            return {kind: self._medium(kind, given if isinstance(given, dict) else {}, order)}
        if kind == "reaction":
            return {"reaction": self._reaction(phone, given if isinstance(given, dict) else {})}
        if given is not None:
            return {kind: given}
        if kind == "contacts" and order.get("own"):
            return {"contacts": [_own_contact(phone)]}
        return _default_content(kind)

    def _medium(self, kind: str, given: Json, order: Json) -> Json:
        mime_type, sample = SAMPLES[kind]
        content = base64.b64decode(given["content"]) if "content" in given else sample
        ends = self._clock.now() + limits.RECEIVED_MEDIA
        medium = self._media.add(content, given.get("mime_type", mime_type), given.get("filename"), ends)
        result: Json = {
            "mime_type": medium.mime_type,
            "sha256": base64.b64encode(bytes.fromhex(medium.sha256)).decode(),
            "id": medium.id,
        }
        caption = given.get("caption") or order.get("caption")
        if caption and kind in ("image", "video", "document"):
            result["caption"] = caption
        if kind == "document":
            result["filename"] = given.get("filename", "document.pdf")
        if kind == "audio":
            result["voice"] = bool(given.get("voice", True))
        if kind == "sticker":
            result["animated"] = False
        return result

    def _reaction(self, phone: Phone, given: Json) -> Json:
        target = given.get("message_id")
        if target is None:
            newest = next(iter(self._chat.newest_first(phone.wa_id, OUTBOUND)), None)
            if newest is None:
                raise OrderError("there is no message to react to")
            target = newest.wamid
        return {"message_id": target, "emoji": given.get("emoji", "👍")}


def _own_contact(phone: Phone) -> Json:
    """What somebody shares who is asked for their number."""
    name = {"formatted_name": phone.name, "first_name": phone.name}
    return {"name": name, "phones": [{"phone": f"+{phone.wa_id}", "type": "CELL", "wa_id": phone.wa_id}]}


def _default_content(kind: str) -> Json:
    if kind == "contacts":
        name = {"formatted_name": "Amal Example", "first_name": "Amal", "last_name": "Example"}
        return {"contacts": [{"name": name, "phones": [{"phone": "+1 555-555-0100", "type": "CELL"}]}]}
    if kind == "button":
        return {"button": {"payload": "payload", "text": "Button"}}
    if kind in ("unsupported", "unknown"):
        error = {
            "code": 131051,
            "title": "Message type unknown",
            "message": "Message type unknown",
            "error_data": {"details": "Message type is currently not supported."},
        }
        return {"errors": [error]}
    return {kind: {}}


def _asks(message: Message, request: str) -> bool:
    interactive = message.payload.get("interactive") or {}
    return bool(interactive.get("type") == request)


def _reply(message: Message, offer: Json) -> Json:
    kind = offer["kind"]
    if kind == "button":
        button = {"payload": offer["id"], "text": offer["title"]}
        return {"type": "button", "button": button, "context": {"id": message.wamid}}
    reply = {key: offer[key] for key in ("id", "title", "description") if offer.get(key)}
    return {
        "type": "interactive",
        "interactive": {"type": kind, kind: reply},
        "context": {"id": message.wamid},
    }


def _not_blank(text: str) -> str:
    if not text.strip():
        raise OrderError("a phone does not send an empty text")
    return text
