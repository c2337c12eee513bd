"""Pictures, sounds, films, files and stickers: by the id of an upload, or by a public address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.whatsapp.outbound.limits import CAPTION, LimitError, fits, web
from connectors.whatsapp.outbound.plain import Content

_MB = 1024 * 1024
_KB = 1024
_AUDIO = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")
# What WhatsApp takes for upload: the bytes by kind and MIME type. A document may be of any type.
FILES: Mapping[str, Mapping[str, int]] = {
    "image": {"image/jpeg": 5 * _MB, "image/png": 5 * _MB},
    "audio": dict.fromkeys(_AUDIO, 16 * _MB),
    "video": {"video/mp4": 16 * _MB, "video/3gpp": 16 * _MB},
    "document": {"*": 100 * _MB},
    "sticker": {"image/webp": 100 * _KB},
}
ANIMATED_STICKER = 500 * _KB


@dataclass(frozen=True)
class File:
    """A medium: the `id` that an upload was given, or a public `link`. One of the two."""

    id: str | None = None
    link: str | None = None

    def reference(self, where: str) -> dict[str, Any]:
        """As JSON; `where` names it in an error."""
        if bool(self.id) == bool(self.link):
            raise ValueError(f"{where}: either an id or a link")
        return {"id": self.id} if self.id else {"link": web(f"{where}.link", str(self.link))}


def image(file: File, caption: str | None = None) -> Content:
    """A picture with words below it."""
    return _medium("image", file, caption)


def video(file: File, caption: str | None = None) -> Content:
    """A film with words below it."""
    return _medium("video", file, caption)


def document(file: File, caption: str | None = None, filename: str | None = None) -> Content:
    """A file; the phone opens it by the ending of `filename`."""
    content = _medium("document", file, caption)
    if filename:
        content["document"]["filename"] = filename
    return content


def audio(file: File) -> Content:
    """A sound."""
    return _medium("audio", file)


def sticker(file: File) -> Content:
    """A sticker."""
    return _medium("sticker", file)


def check_file(kind: str, mime_type: str, size: int, *, animated: bool = False) -> None:
    """Would WhatsApp take this file? LimitError when it is empty or too large, ValueError when of the wrong type."""
    types = FILES[kind]
    # "audio/ogg; codecs=opus" is audio/ogg.
    bare = mime_type.partition(";")[0].strip().lower()
    limit = types.get(bare, types.get("*"))
    if limit is None:
        raise ValueError(f"{kind}: {bare or 'no type'} is none of {', '.join(types)}")
    if kind == "sticker" and animated:
        limit = ANIMATED_STICKER
    if not 0 < size <= limit:
        raise LimitError(kind, limit, size, "bytes")


def _medium(kind: str, file: File, caption: str | None = None) -> Content:
    medium = file.reference(kind)
    if caption:
        medium["caption"] = fits(f"{kind}.caption", caption, CAPTION)
    return {"type": kind, kind: medium}
