"""Fetching what a patient sent: the id's address, then the content, both with the token.

Meta's address lives for five minutes, the id for seven days. The token goes to the Graph API and to the hosts of
`WHATSAPP_MEDIA_HOSTS`, nowhere else: the address is somebody's answer, and no answer decides who gets our token.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from clinic.sealed import PIECE
from connectors.whatsapp.graph import Graph, GraphError, Trouble
from connectors.whatsapp.settings import MediaSettings

MB = 1024 * 1024
# What we may send is less (an image 5 MB); what a patient's phone sends is what it is. Meta hands on up to 100 MB.
LIMITS: Mapping[str, int] = {"image": 16 * MB, "audio": 16 * MB, "video": 100 * MB, "document": 100 * MB, "sticker": MB}
TYPES: Mapping[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png", "image/webp"),
    "audio": ("audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr"),
    "video": ("video/mp4", "video/3gpp"),
    "sticker": ("image/webp",),
    # Letters, findings, insurance cards. No archives, no programs, nothing that a browser would run.
    "document": (
        *("application/pdf", "text/plain", "text/csv", "application/rtf", "application/dicom"),
        *("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "image/tiff"),
        *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        *("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"),
    ),
}
# Shorter than a claim holds (clinic.media.LEASE).
LONGEST_SECONDS = 180.0
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_EXPIRED = (401, 403, 404, 410)


class Refused(Exception):
    """The clinic does not take this: too large, or not of a kind it wants. The words are for the staff."""


class Gone(Exception):
    """WhatsApp does not have it any more."""


class Damaged(Exception):
    """What arrived is not what was announced: cut off, or with another fingerprint."""


@dataclass
class Download:
    """One medium on its way. `mime_type`, `size` and `sha256` are right once `pieces` has ended."""

    kind: str
    mime_type: str
    announced: str | None
    response: requests.Response
    stopping: Event = field(default_factory=Event)
    seconds: float = LONGEST_SECONDS
    size: int = 0
    _fingerprint: Any = field(default_factory=sha256)

    @property
    def sha256(self) -> str:
        """Hexadecimal, of what has arrived."""
        return str(self._fingerprint.hexdigest())

    def pieces(self) -> Iterator[bytes]:
        """The content. Refused when it is more than was said, Damaged when it is not what was said; GraphError."""
        deadline = time.monotonic() + self.seconds
        try:
            for piece in self.response.iter_content(PIECE):
                self.size += len(piece)
                if self.size > LIMITS[self.kind]:
                    raise Refused(_too_large(self.kind, self.size))
                if self.stopping.is_set():
                    raise GraphError(Trouble.RETRY, "stopped", "the worker is told to stop")
                if time.monotonic() > deadline:
                    raise GraphError(Trouble.RETRY, "slow", "the download took too long")
                self._fingerprint.update(piece)
                yield piece
        except requests.RequestException as error:
            raise GraphError(Trouble.RETRY, "network", f"the download broke off ({type(error).__name__})") from None
        finally:
            self.response.close()
        if self.size == 0 or (self.announced is not None and self.sha256 != self.announced):
            raise Damaged("the content does not have the announced sha256" if self.size else "the content is empty")


class MediaSource:
    """Where media come from. Safe for several threads."""

    def __init__(self, graph: Graph, settings: MediaSettings) -> None:
        self._graph = graph
        self._settings = settings
        self._stopping = Event()

    def stop(self) -> None:
        """Break off what is being downloaded; it is fetched again later. Safe in a signal handler."""
        self._stopping.set()

    def open(self, kind: str, channel_id: str, announced: str | None = None) -> Download:
        """Ask for the address, then for the content; again when the address has expired. Refused, Gone or GraphError."""
        if kind not in LIMITS:
            raise Refused(f"nobody knows what to do with a medium of kind {kind}")
        for last_try in (False, True):
            found = self._address_of(channel_id)
            _check(kind, found)
            response = self._graph.download(self._allowed(found.get("url")))
            if response.status_code == 200:
                return self._download(kind, found, announced, response)
            response.close()
            if response.status_code not in _EXPIRED or last_try:
                break
        trouble = Trouble.RETRY if response.status_code >= 500 else Trouble.FEW
        raise GraphError(trouble, f"http-{response.status_code}", "the content was not given")

    def _address_of(self, channel_id: str) -> Mapping[str, Any]:
        try:
            # An id is a number; quoting keeps anything else from becoming another path.
            return self._graph.get(quote(channel_id, safe=""))
        except GraphError as error:
            if error.trouble is Trouble.PERMANENT:
                raise Gone(f"WhatsApp does not have it any more (error {error.code})") from None
            raise

    def _allowed(self, url: Any) -> str:
        if not isinstance(url, str) or not self._settings.allows(url):
            host = urlsplit(url).hostname if isinstance(url, str) else None
            # A setting, most likely: the medium waits until somebody has put it right.
            raise GraphError(Trouble.STOP, "host", f"not a host of WHATSAPP_MEDIA_HOSTS: {host or 'none'}")
        return url

    def _download(
        self, kind: str, found: Mapping[str, Any], announced: str | None, response: requests.Response
    ) -> Download:
        mime_type = plain_type(found.get("mime_type")) or plain_type(response.headers.get("Content-Type")) or ""
        download = Download(kind, mime_type, fingerprint(found.get("sha256")) or announced, response, self._stopping)
        try:
            _check(kind, {"mime_type": mime_type, "file_size": response.headers.get("Content-Length")})
        except Refused:
            response.close()
            raise
        return download


def _check(kind: str, said: Mapping[str, Any]) -> None:
    """What is announced may be refused before a byte of it has come."""
    mime_type, size = plain_type(said.get("mime_type")), said.get("file_size")
    if mime_type is not None and mime_type not in TYPES[kind]:
        raise Refused(f"the clinic takes no {kind} of type {mime_type}")
    if isinstance(size, (int, str)) and str(size).isdecimal() and int(size) > LIMITS[kind]:
        raise Refused(_too_large(kind, int(size)))


def _too_large(kind: str, size: int) -> str:
    return f"{kind} of at least {size // MB} MB: at most {LIMITS[kind] // MB} MB are taken"


def plain_type(value: Any) -> str | None:
    """ "audio/ogg; codecs=opus" → "audio/ogg"; None where it is no type."""
    text = str(value or "").partition(";")[0].strip().lower()
    return text if re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", text) else None


def fingerprint(value: Any) -> str | None:
    """Meta's sha256, which is base64 in webhooks and hexadecimal elsewhere, as hexadecimal; None where it is neither."""
    text = value.strip() if isinstance(value, str) else ""
    if _HEX.fullmatch(text):
        return text.lower()
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 32 else None
