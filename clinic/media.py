"""Photos, voice notes and files that patients sent: one row each, the content encrypted in a file (`clinic.sealed`).

A row is `waiting` until the worker has fetched it. Nobody waits for it longer than the channel keeps it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import literal_column, select, update
from sqlalchemy.orm import Session

from clinic import clock, encryption, sealed
from clinic.messaging import timers
from clinic.models import Inbox, Medium, col
from clinic.settings import SettingsError, environment

logger = logging.getLogger(__name__)

KINDS = ("image", "audio", "video", "document", "sticker")
# How long the channel keeps what a patient sent.
KEPT_FOR = timedelta(days=7)
# Longer than fetching one may take: after that somebody else tries.
LEASE = timedelta(seconds=300)
DAYS = "CLINIC_MEDIA_DAYS"
_STANDARD_DAYS = 90
_LONGEST_ERROR = 255
_LONGEST_TYPE = 127


@dataclass(frozen=True)
class Job:
    """A medium to fetch, as much as that needs of it."""

    id: int
    inbox_id: int
    contact_id: int
    kind: str
    channel_id: str
    mime_type: str | None
    sha256: str | None
    name: str
    attempts: int
    created_at: datetime


def register(
    session: Session,
    wamid: str,
    kind: str,
    channel_id: str | None,
    *,
    mime_type: str | None = None,
    sha256_hex: str | None = None,
    original_name: str | None = None,
) -> Medium | None:
    """Note that a message which the inbox just took brought a medium; None where nothing can be fetched.

    In the transaction that stores the message, so that neither is ever without the other. A repeat is harmless.
    """
    row = session.execute(select(Inbox).where(Inbox.wamid == wamid)).scalar_one_or_none()
    if row is None or row.contact_id is None or not channel_id or kind not in KINDS:
        return None
    known = of_message(session, row.id)
    if known is not None:
        return known
    medium = Medium(
        inbox_id=row.id,
        contact_id=row.contact_id,
        kind=kind,
        channel_id=channel_id[:255],
        mime_type=mime_type[:_LONGEST_TYPE] if mime_type else None,
        sha256=sha256_hex,
        # Without a key nothing will be kept, its name neither.
        original_name=encryption.encrypt(original_name) if original_name and encryption.available() else None,
        status="waiting",
    )
    session.add(medium)
    session.flush()
    return medium


def of_message(session: Session, inbox_id: int) -> Medium | None:
    """The medium of one message."""
    found: Medium | None = session.execute(select(Medium).where(Medium.inbox_id == inbox_id)).scalar_one_or_none()
    return found


def of_contact(session: Session, contact_id: int, since: datetime, limit: int = 20) -> list[Medium]:
    """What a contact sent since then and nobody erased, the oldest first; at most the newest `limit`."""
    statement = (
        select(Medium)
        .where(Medium.contact_id == contact_id, Medium.created_at >= since, Medium.status != "erased")
        .order_by(col(Medium.id).desc())
        .limit(limit)
    )
    return list(session.execute(statement).scalars())[::-1]


def due(session: Session, limit: int = 10) -> list[int]:
    """The ids of those to fetch now, who waits longest first."""
    statement = select(Medium.id).where(*_due()).order_by(Medium.created_at, Medium.id).limit(limit)
    return list(session.execute(statement).scalars())


def claim(session: Session, medium_id: int) -> Job | None:
    """Take one to fetch it; None when somebody else has it. It comes due again if nobody settles it."""
    mine = update(Medium).where(Medium.id == medium_id, *_due())
    values = {"attempts": col(Medium.attempts) + 1, "next_attempt_at": timers.machine_now() + LEASE}
    if session.execute(mine.values(**values), execution_options={"synchronize_session": False}).rowcount != 1:
        return None
    row: Any = session.get(Medium, medium_id, populate_existing=True)
    # The name stands here before there is a file: a killed worker leaves no file that nobody knows of.
    row.name = row.name or sealed.new_name()
    given = ("inbox_id", "contact_id", "kind", "channel_id", "mime_type", "sha256", "name", "attempts", "created_at")
    return Job(medium_id, **{name: getattr(row, name) for name in given})


def _due() -> tuple[Any, ...]:
    # The status is written out, not a parameter: only so SQLite sees that the index of waiting rows will do.
    return col(Medium.status) == literal_column("'waiting'"), timers.over(col(Medium.next_attempt_at))


def stored(session: Session, medium_id: int, *, mime_type: str, sha256_hex: str, size: int) -> bool:
    """Its file is on the disk. False when it was erased meanwhile: the file goes with the next `sweep`."""
    values = {"mime_type": mime_type[:_LONGEST_TYPE], "sha256": sha256_hex, "size": size, "stored_at": clock.now()}
    return _settle(session, medium_id, status="stored", error=None, **values)


def refused(session: Session, medium_id: int, why: str) -> bool:
    """The clinic does not take it: too large, or of a kind it does not want."""
    return _settle(session, medium_id, status="refused", error=why[:_LONGEST_ERROR])


def failed(session: Session, medium_id: int, why: str) -> bool:
    """It can never be fetched any more."""
    return _settle(session, medium_id, status="failed", error=why[:_LONGEST_ERROR])


def try_later(session: Session, medium_id: int, why: str, delay: float) -> bool:
    """It stays waiting, for `delay` seconds at least."""
    again = timers.later(delay)
    return _settle(session, medium_id, status="waiting", error=why[:_LONGEST_ERROR], next_attempt_at=again)


def _settle(session: Session, medium_id: int, **values: Any) -> bool:
    values.setdefault("next_attempt_at", None)
    statement = update(Medium).where(Medium.id == medium_id, Medium.status == "waiting").values(**values)
    return bool(session.execute(statement, execution_options={"synchronize_session": False}).rowcount == 1)


def keep_transcript(session: Session, medium_id: int, words: str) -> None:
    """What is said in a voice note; "" where nothing could be understood."""
    statement = update(Medium).where(Medium.id == medium_id, Medium.status == "stored")
    session.execute(
        statement.values(transcript=encryption.encrypt(words)), execution_options={"synchronize_session": False}
    )


def transcript_of(medium: Medium) -> str | None:
    """What is said in it; "": not understood; None: nobody has listened yet."""
    return str(encryption.decrypt(medium.transcript)) if medium.transcript is not None else None


def heard(session: Session, inbox_id: int) -> str | None:
    """What is said in one message; None where nobody has listened, or it cannot be read."""
    medium = of_message(session, inbox_id)
    try:
        return transcript_of(medium) if medium is not None else None
    except (encryption.Unreadable, SettingsError):
        return None


def original_name(medium: Medium) -> str:
    """The file's name on the patient's phone, "" where there is none or it cannot be read."""
    try:
        return str(encryption.decrypt(medium.original_name)) if medium.original_name else ""
    except (encryption.Unreadable, SettingsError):
        return ""


def content(medium: Medium) -> Iterator[bytes]:
    """The decrypted content, piece by piece. FileNotFoundError, SettingsError, or `encryption.Unreadable`.

    The last also when it is not what was stored: then the pieces so far have been given already.
    """
    if medium.status != "stored" or medium.name is None:
        raise FileNotFoundError(f"medium {medium.id} is {medium.status}")
    fingerprint = sha256()
    for piece in sealed.read(medium.name):
        fingerprint.update(piece)
        yield piece
    if fingerprint.hexdigest() != medium.sha256:
        raise encryption.Unreadable(f"the file of medium {medium.id} is not what was stored")


def erase(session: Session, medium: Medium) -> None:
    """Forget it. The file itself is removed by `sweep`, in whichever process has the folder."""
    medium.status = "erased"
    medium.transcript = medium.original_name = medium.error = medium.next_attempt_at = None


def erase_message(session: Session, wamid: str) -> bool:
    """Forget what a message brought, for a message that was taken back; False where it brought nothing."""
    statement = select(Medium).join(Inbox, Inbox.id == Medium.inbox_id).where(Inbox.wamid == wamid)
    medium = session.execute(statement).scalar_one_or_none()
    if medium is None:
        return False
    erase(session, medium)
    return True


def days_kept(env: Mapping[str, str] | None = None) -> int:
    """`CLINIC_MEDIA_DAYS`: for how long the clinic keeps what patients send; 0: until somebody erases it."""
    text = (environment() if env is None else env).get(DAYS, "").strip()
    if text and not text.isdecimal():
        raise SettingsError(f"{DAYS}={text!r}: write a whole number of days, 0 to keep everything")
    return int(text) if text else _STANDARD_DAYS


def expire(session: Session, days: int) -> int:
    """Forget what was sent more than so many days ago; how many. The files go with the next `sweep`."""
    old = update(Medium).where(col(Medium.created_at) < clock.now() - timedelta(days=days), Medium.status != "erased")
    nothing = dict.fromkeys(("transcript", "original_name", "error", "next_attempt_at"))
    done = session.execute(old.values(status="erased", **nothing), execution_options={"synchronize_session": False})
    return int(done.rowcount)


# Written out as the index has it.
_SWEPT = [literal_column(f"'{status}'") for status in ("erased", "refused", "failed")]
_TO_SWEEP = (col(Medium.status).in_(_SWEPT), col(Medium.name).is_not(None))


def has_to_sweep(session: Session) -> bool:
    """Is there anything for `sweep`?"""
    return session.execute(select(Medium.id).where(*_TO_SWEEP).limit(1)).first() is not None


def sweep(session: Session, limit: int = 50) -> int:
    """Remove the files of what was erased, refused or has failed; how many rows were cleaned."""
    found = list(session.execute(select(Medium).where(*_TO_SWEEP).limit(limit)).scalars())
    for medium in found:
        sealed.remove(medium.name)
        medium.name = None
    return len(found)
