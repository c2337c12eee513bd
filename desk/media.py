"""What patients sent, for staff: photos in the page, voice notes and videos on a page of their own, files to save.

The content is a stranger's: it is never sniffed, runs nothing, and is shown only where it can do nothing but be seen.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, Dict, Iterator, List, Optional, Tuple
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from clinic import database, encryption, media
from clinic.models import Medium
from clinic.settings import SettingsError

logger = logging.getLogger(__name__)

# A photo often comes before the question, or the wish for a person, that it belongs to.
BEFORE = timedelta(days=1)
SHOWN = ("image/jpeg", "image/png", "image/webp")
PLAYED = ("audio/ogg", "audio/mp4", "video/mp4")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}
_WORDS = {"image": "photo", "audio": "voice note", "video": "video", "document": "file", "sticker": "sticker"}
# What a database's integer holds.
_LARGEST_ID = 2**31 - 1
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def attached(session: Session, contact_id: int, since: datetime) -> List[Dict[str, Any]]:
    """What the contact sent since a day before, as the page shows it."""
    return [described(medium) for medium in media.of_contact(session, contact_id, since - BEFORE)]


def described(medium: Medium) -> Dict[str, Any]:
    """One medium: what it is, what became of it, and how it is shown ("image", "play", "save" or "")."""
    shown = "image" if medium.mime_type in SHOWN else "play" if medium.mime_type in PLAYED else "save"
    state = {"waiting": "is being fetched", "refused": f"not taken: {medium.error}", "failed": "could not be fetched"}
    return {
        "id": medium.id,
        "what": _WORDS.get(medium.kind, medium.kind),
        "name": media.original_name(medium),
        "shown": shown if medium.status == "stored" else "",
        "state": state.get(medium.status, ""),
        "words": _words(medium),
    }


def _words(medium: Medium) -> str:
    try:
        return media.transcript_of(medium) or ""
    except (encryption.Unreadable, SettingsError):
        return ""


def find(medium_id: int) -> Optional[Medium]:
    """The medium with this id."""
    if medium_id > _LARGEST_ID:
        return None
    with database.read() as session:
        found: Optional[Medium] = session.get(Medium, medium_id)
        return found


def content(request: Request) -> Response:
    """The content of one medium, all of it or the range that a player asks for."""
    medium = find(int(request.path_params["id"]))
    if medium is None:
        return PlainTextResponse("There is no such file.\n", 404, HEADERS)
    try:
        pieces = media.content(medium)
        first = next(pieces, b"")
    except FileNotFoundError:
        return PlainTextResponse("This file is not here (any more).\n", 404, HEADERS)
    except (encryption.Unreadable, SettingsError) as error:
        logger.error("medium %d cannot be read: %s", medium.id, error)
        return PlainTextResponse("This file cannot be read: see CLINIC_ENCRYPTION_KEY.\n", 500, HEADERS)
    inline = medium.mime_type in (*SHOWN, *PLAYED)
    headers = {**HEADERS, "Content-Disposition": "inline" if inline else _to_save(medium)}
    kind = str(medium.mime_type) if inline else "application/octet-stream"
    size = int(medium.size or 0)
    start, end = asked_for(request.headers.get("range", ""), size)
    headers["Content-Length"] = str(end - start)
    if (start, end) != (0, size):
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if "Content-Range" in headers else 200
    return StreamingResponse(_cut(chain([first], pieces), start, end), status, headers, media_type=kind)


def asked_for(header: str, size: int) -> Tuple[int, int]:
    """From where to where (not included) to send; all of it where the header asks for nothing that can be given."""
    matched = _RANGE.fullmatch(header.strip())
    if not matched:
        return 0, size
    start, end = int(matched[1]), min(int(matched[2] or size) + 1, size)
    return (start, end) if start < end else (0, size)


def _cut(pieces: Iterator[bytes], start: int, end: int) -> Iterator[bytes]:
    position = 0
    for piece in pieces:
        part = piece[max(0, start - position) : max(0, end - position)]
        position += len(piece)
        if part:
            yield part


def _to_save(medium: Medium) -> str:
    name = PurePosixPath(media.original_name(medium).replace("\\", "/")).name or f"{medium.kind}-{medium.id}"
    return f"attachment; filename*=UTF-8''{quote(name[:120], safe='')}"
