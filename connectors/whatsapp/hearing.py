"""A voice note waits for its words, for a while; nobody waits for words that will not come."""

from __future__ import annotations

import time

from sqlalchemy.orm import Session

from clinic import encryption, media, messaging, transcription
from clinic.models import Inbox, Medium
from clinic.settings import SettingsError

LONGEST_SECONDS = 60.0
# Where the patient has written something since: that has to be read, it may be urgent.
LONGEST_WHEN_WRITING = 10.0
LOOK_AGAIN_SECONDS = 1.0
# Since when which message waits, on the machine's own clock. A restart begins anew.
_since: dict[int, float] = {}


def waits(session: Session, row: Inbox) -> bool:
    """Are the words of this message still on their way?"""
    if row.kind != "audio" or not transcription.wanted():
        return False
    medium = media.of_message(session, row.id)
    if medium is None or medium.transcript is not None or medium.status not in ("waiting", "stored"):
        _since.pop(row.id, None)
        return False
    longest = LONGEST_WHEN_WRITING if messaging.is_superseded(session, row) else LONGEST_SECONDS
    if time.monotonic() - _since.setdefault(row.id, time.monotonic()) < longest:
        return True
    _since.pop(row.id, None)
    return False


def heard(session: Session, row: Inbox) -> str | None:
    """What is said in the message; None where nobody has listened, or it cannot be read."""
    medium: Medium | None = media.of_message(session, row.id) if row.kind == "audio" else None
    try:
        return media.transcript_of(medium) if medium is not None else None
    except (encryption.Unreadable, SettingsError):
        return None
