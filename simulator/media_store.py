"""Uploaded media, and the addresses under which they can be fetched for five minutes (Meta's guide "Media")."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from simulator import limits
from simulator.database import Database


@dataclass(frozen=True)
class Medium:
    id: str
    mime_type: str
    sha256: str
    content: bytes
    filename: str | None
    #: When the id stops working; None: never.
    ends: datetime | None = None


class MediaStore:
    def __init__(self, database: Database, secret: str) -> None:
        self._database = database
        self._secret = secret.encode()

    def add(self, content: bytes, mime_type: str, filename: str | None = None, ends: datetime | None = None) -> Medium:
        medium = Medium(
            id=str(secrets.randbelow(9 * 10**15) + 10**15),
            mime_type=mime_type,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            filename=filename,
            ends=ends,
        )
        self._database.run(
            "INSERT INTO media (id, mime_type, sha256, content, filename, ends) VALUES (?, ?, ?, ?, ?, ?)",
            *(medium.id, medium.mime_type, medium.sha256, medium.content, medium.filename),
            ends.isoformat() if ends else None,
        )
        return medium

    def get(self, identifier: str) -> Medium | None:
        row = self._database.one("SELECT * FROM media WHERE id=?", identifier)
        return _medium(row) if row else None

    def living(self, identifier: str, now: datetime) -> Medium | None:
        """The medium, unless its id is too old: received ones live a week, uploaded ones a month."""
        medium = self.get(identifier)
        return None if medium is None or (medium.ends is not None and medium.ends < now) else medium

    def mime_type(self, identifier: str) -> str | None:
        row = self._database.one("SELECT mime_type FROM media WHERE id=?", identifier)
        return row["mime_type"].split(";")[0] if row else None

    def delete(self, identifier: str) -> bool:
        found = self.get(identifier) is not None
        self._database.run("DELETE FROM media WHERE id=?", identifier)
        return found

    def ticket(self, identifier: str, now: datetime) -> str:
        """The query of a download address; it carries its own end and cannot be made up."""
        expires = int((now + limits.MEDIA_URL).timestamp())
        return f"mid={identifier}&ext={expires}&hash={self._hash(identifier, expires)}"

    def ticket_holds(self, identifier: str, expires: str, given: str, now: datetime) -> bool:
        if not expires.isdigit() or int(expires) < now.timestamp():
            return False
        return hmac.compare_digest(given.encode(), self._hash(identifier, int(expires)).encode())

    def _hash(self, identifier: str, expires: int) -> str:
        return hmac.new(self._secret, f"{identifier}:{expires}".encode(), hashlib.sha256).hexdigest()[:32]


def _medium(row: sqlite3.Row) -> Medium:
    values = dict(row)
    return Medium(**{**values, "ends": datetime.fromisoformat(values["ends"]) if values["ends"] else None})
