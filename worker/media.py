"""Fetches what patients sent, keeps it encrypted, and lets voice notes become words. Beside the sending, never in its way.

Whatever goes wrong on this side (no key, full disk, no database) leaves the medium waiting; only the channel's own word
(gone, too large, not of a kind we take) and the seven days that it keeps a medium end that.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Lock
from typing import Any, Protocol, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinic import clock, database, encryption, media, sealed, transcription
from clinic.media import Job
from clinic.messaging import timers
from clinic.models import Medium, col
from clinic.settings import SettingsError
from connectors.whatsapp import alarm
from connectors.whatsapp.graph import GraphError, Trouble
from connectors.whatsapp.media import Damaged, Download, Gone, Refused

logger = logging.getLogger(__name__)

PARALLEL = 2
LOOK_SECONDS = 1.0
FIRST_DELAY = 1.0
LONGEST_DELAY = 600.0
STOP_DELAY = 60.0
# The disk or the database: a person has to act.
OWN_DELAY = 30.0
FEW_TRIES = 5
ALERT_SECONDS = 60.0
EXPIRE_SECONDS = 86400.0
# A voice note that is kept and has no words: whoever listened was killed. Again after the lease, a few times.
UNHEARD_SECONDS = 60.0
UNHEARD_FOR = timedelta(days=1)
MOST_LISTENS = 3

Result = TypeVar("Result")


class Source(Protocol):
    """Where media come from: `connectors.whatsapp.media.MediaSource`."""

    def open(self, kind: str, channel_id: str, announced: str | None = None) -> Download:
        """The medium, its content still to come; Refused, Gone or GraphError."""


class Fetcher:
    """Fetches what is due, in threads of its own."""

    def __init__(self, source: Source, *, parallel: int = PARALLEL, days: int = 0) -> None:
        """`days`: for how long media are kept; 0: for ever."""
        self._source = source
        self._parallel = parallel
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="media")
        self._running: set[Future[None]] = set()
        self._look_again_at = 0.0
        self._alerted: float | None = None
        self._days = days
        self._expire_at = 0.0
        self._unheard_at = 0.0

    def look(self) -> None:
        """Begin what is due, as far as there is room. Does not wait, never raises."""
        now = time.monotonic()
        self._running = {future for future in self._running if not future.done()}
        room = self._parallel - len(self._running)
        if now < self._look_again_at or room <= 0:
            return
        self._look_again_at = now + LOOK_SECONDS
        try:
            self._expire(now)
            for job in self._claim(room):
                self._running.add(self._threads.submit(fetch, job, self._source))
            self._hear_again(now)
        except Exception as error:
            logger.error("media cannot be looked for (%s); trying again", type(error).__name__)

    def close(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown(wait=True)

    def _expire(self, now: float) -> None:
        """At the start and once a day: what is too old is forgotten."""
        if not self._days or now < self._expire_at:
            return
        forgotten = _write(partial(media.expire, days=self._days))
        self._expire_at = now + EXPIRE_SECONDS
        if forgotten:
            logger.info("%d media older than %d days are erased", forgotten, self._days)

    def _hear_again(self, now: float) -> None:
        """At the start and each minute: what nobody has listened to the end."""
        room = self._parallel - len(self._running)
        if now < self._unheard_at or room <= 0 or not transcription.wanted():
            return
        self._unheard_at = now + UNHEARD_SECONDS
        with database.read() as session:
            found = unheard(session, room)
        for job in [_write(partial(claim_unheard, medium_id=one)) for one in found]:
            if job is not None:
                self._running.add(self._threads.submit(hear, job))

    def _claim(self, room: int) -> list[Job]:
        with database.read() as session:
            found, erased = media.due(session, room), media.has_to_sweep(session)
        if erased:
            _write(media.sweep)
        if found and not encryption.available():
            self._alert(now=time.monotonic())
            return []
        jobs = [_write(partial(media.claim, medium_id=one)) for one in found]
        return [job for job in jobs if job is not None]

    def _alert(self, now: float) -> None:
        if self._alerted is None or now - self._alerted >= ALERT_SECONDS:
            self._alerted = now
            logger.error(
                "media of patients wait: %s is not set, and nothing is kept unencrypted. `python -m clinic key` prints "
                "one; WhatsApp keeps them for %d days",
                encryption.NAME,
                media.KEPT_FOR.days,
            )


def fetch(job: Job, source: Source) -> None:
    """One claimed medium: fetch, keep, listen. Never raises."""
    try:
        if _fetched(job, source) and job.kind == "audio" and transcription.wanted():
            listen(job)
    except Exception as error:
        # It stays claimed, and comes due again when the claim has run out.
        logger.error("medium %d could not be settled (%s)", job.id, type(error).__name__)


def _fetched(job: Job, source: Source) -> bool:
    """Is it kept now?"""
    if clock.now() - job.created_at > media.KEPT_FOR:
        _write(lambda session: media.failed(session, job.id, "not fetched in the days that WhatsApp keeps it"))
        return False
    try:
        download = source.open(job.kind, job.channel_id, job.sha256)
        sealed.write(job.name, download.pieces())
    except Refused as error:
        why = str(error)
        _write(lambda session: media.refused(session, job.id, why))
    except Gone as error:
        why = str(error)
        _write(lambda session: media.failed(session, job.id, why))
    except Damaged as error:
        _again(job, str(error), backoff(job.attempts), few=True)
    except GraphError as error:
        _again(job, f"{error.code}: {error.detail}", _delay(job, error), few=error.trouble is Trouble.FEW)
    except (OSError, SettingsError) as error:
        logger.error("medium %d cannot be kept (%s); it waits", job.id, _why(error))
        _again(job, _why(error), OWN_DELAY)
    else:
        return _kept(job, download)
    return False


def _kept(job: Job, download: Download) -> bool:
    def keep(session: Session) -> bool:
        told = partial(media.stored, mime_type=download.mime_type, sha256_hex=download.sha256, size=download.size)
        if not told(session, job.id):
            return False
        if job.kind == "audio" and transcription.wanted():
            _listening_begins(session, job.id, attempts=1)
        return True

    if _write(keep):
        logger.info("medium %d: %s of %d bytes is kept", job.id, job.kind, download.size)
        return True
    # Taken back by the patient meanwhile.
    sealed.remove(job.name)
    return False


def _again(job: Job, why: str, delay: float, *, few: bool = False) -> None:
    if few and job.attempts >= FEW_TRIES:
        logger.error("medium %d is given up after %d attempts (%s)", job.id, job.attempts, why)
        _write(lambda session: media.failed(session, job.id, why))
    else:
        logger.info("medium %d: attempt %d failed (%s)", job.id, job.attempts, why)
        _write(lambda session: media.try_later(session, job.id, why, delay))


def _delay(job: Job, error: GraphError) -> float:
    if error.trouble is Trouble.STOP:
        return STOP_DELAY
    return error.retry_after if error.retry_after is not None else backoff(job.attempts)


def backoff(attempts: int) -> float:
    """Seconds to wait after that many attempts: doubling, with jitter, at most ten minutes."""
    return min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY) * random.uniform(0.5, 1.0)


def _unheard() -> tuple[Any, ...]:
    return (
        col(Medium.kind) == "audio",
        col(Medium.status) == "stored",
        col(Medium.transcript).is_(None),
        # Without a time nobody has begun to listen: it came when nobody wanted its words.
        col(Medium.next_attempt_at).is_not(None),
        timers.over(col(Medium.next_attempt_at)),
        col(Medium.attempts) < MOST_LISTENS,
        col(Medium.stored_at) > clock.now() - UNHEARD_FOR,
    )


def unheard(session: Session, limit: int) -> list[int]:
    """The ids of voice notes to which somebody began to listen, and did not come back."""
    return list(session.execute(select(Medium.id).where(*_unheard()).order_by(Medium.id).limit(limit)).scalars())


def claim_unheard(session: Session, medium_id: int) -> Job | None:
    """Take one to listen to it again; None when somebody else has it."""
    if not _listening_begins(session, medium_id, *_unheard(), attempts=col(Medium.attempts) + 1):
        return None
    row: Any = session.get(Medium, medium_id, populate_existing=True)
    given = ("inbox_id", "contact_id", "kind", "channel_id", "mime_type", "sha256", "name", "attempts", "created_at")
    return Job(medium_id, **{name: getattr(row, name) for name in given})


def _listening_begins(session: Session, medium_id: int, *conditions: Any, attempts: Any) -> bool:
    """From here on `attempts` counts how often somebody began to listen."""
    mine = update(Medium).where(col(Medium.id) == medium_id, *conditions)
    values = {"attempts": attempts, "next_attempt_at": timers.machine_now() + media.LEASE}
    return bool(session.execute(mine.values(**values), execution_options={"synchronize_session": False}).rowcount == 1)


def hear(job: Job) -> None:
    """Listen once more. Never raises."""
    try:
        listen(job)
    except Exception as error:
        logger.error("medium %d could not be settled (%s)", job.id, type(error).__name__)


_one_listens = Lock()


def listen(job: Job) -> None:
    """Words out of a voice note that is kept. No words, for whatever reason, is an answer too: somebody waits for it."""
    words = ""
    try:
        transcriber = transcription.transcriber()
        with database.read() as session:
            medium = media.of_message(session, job.inbox_id)
        if transcriber is not None and medium is not None:
            content = b"".join(media.content(medium))
            # One at a time: a speech model takes every core it is given.
            with _one_listens:
                words = transcriber.transcribe(content, medium.mime_type or "")
    except Exception as error:
        why = str(error) if isinstance(error, SettingsError) else type(error).__name__
        logger.error("medium %d: nobody can listen to it (%s)", job.id, why)
    _write(partial(_keep_words, job=job, words=words))


def _keep_words(session: Session, job: Job, words: str) -> None:
    """The words, and what follows where the message was finished without them: they may be of an emergency."""
    medium = media.of_message(session, job.inbox_id)
    if medium is None or medium.status != "stored" or medium.transcript is not None:
        return
    # First the message's row, then the medium's, as everybody locks them.
    if alarm.heard_late(session, job.inbox_id, words):
        logger.warning("medium %d: an emergency is heard in it, late; the alarm is raised", job.id)
    media.keep_transcript(session, job.id, words)


def _why(error: Exception) -> str:
    """Without a path: what is written down is for everybody to read."""
    return f"{error.strerror}" if isinstance(error, OSError) else str(error)


def _write(work: Callable[[Session], Result]) -> Result:
    def write() -> Result:
        with database.transaction() as session:
            return work(session)

    return database.retrying(write)
