"""What an image, a document, an audio, a video or a sticker may look like in a message (Meta's guide "Media")."""

from __future__ import annotations

from collections.abc import Callable

from simulator import limits
from simulator.checks import Json, boolean, invalid, missing, need_obj, text, web_address
from simulator.graph_errors import GraphError

#: Finds the mime type of an uploaded medium, or None when there is no such id.
MediaLookup = Callable[[str], str | None]

EXTRA_KEYS = {
    "image": {"caption"},
    "video": {"caption"},
    "document": {"caption", "filename"},
    "audio": {"voice"},
}


def check_media(parent: Json, kind: str, path: str, lookup: MediaLookup, *, caption: bool = True) -> None:
    extra = set(EXTRA_KEYS.get(kind, set()))
    if not caption:
        extra.discard("caption")
    medium = need_obj(parent, kind, path, keys={"id", "link"} | extra)
    text(medium, "caption", f"{path}.caption", maximum=limits.CAPTION, required=False)
    text(medium, "filename", f"{path}.filename", maximum=240, required=False)
    boolean(medium, "voice", f"{path}.voice")
    if ("id" in medium) == ("link" in medium):
        if "id" in medium:
            raise invalid(path, "must have either an id or a link, not both")
        raise missing(f"{path}.id or {path}.link")
    if "link" in medium:
        web_address(medium, "link", f"{path}.link")
        return
    identifier = text(medium, "id", f"{path}.id", maximum=100)
    mime_type = lookup(identifier)
    if mime_type is None:
        raise invalid(f"{path}.id", f"{identifier} is not the id of an uploaded medium")
    if mime_type not in limits.MEDIA[kind].mime_types:
        raise GraphError(131053, f"{path}.id: a medium of type {mime_type} cannot be sent as {kind}")
