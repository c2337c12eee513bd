"""An emergency that the assistant could not answer: the number is said and the team told without its turn.

So it is when the assistant's turn fails, and when the words of a voice note come after the note was answered.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import database, emergency, messaging
from clinic.language import conversation_language
from clinic.messaging import window
from clinic.models import Contact, Inbox, col
from clinic.texts import text
from clinic.triage import alarms
from clinic.triage.screen import CERTAIN, LIKELY, Screening, screen
from connectors.whatsapp.turn import Danger

# Marks what is said so; the reason of the handoff is called the same.
TAG = alarms.REASON
TURN_FAILED = "said without the assistant, whose turn failed"
HEARD_LATE = "in a voice note, heard after it was answered"


def answer(inbox_id: int, contact_id: int, words: str | None, felt: Danger | None = None) -> bool:
    """Finish a message with the alarm, if its words are of danger: nobody is asked "now?" without the assistant. Blocks.

    `felt` is what the pipeline said of them, where it could be asked: its model sees more than the screen's patterns.
    A tap's command is no words: we wrote it ourselves.
    """
    seen = screen(words) if words and not words.startswith("/") else None
    if seen is None or (felt is None and seen.level not in (CERTAIN, LIKELY)):
        return False
    signs = seen.signs or tuple(felt.signs if felt else ())

    def write() -> None:
        with database.transaction() as session:
            language = _language(session, contact_id, seen)
            message = _message(session, contact_id, signs, language)
            if messaging.finish(session, inbox_id, [message], tag=TAG):
                alarms.raise_alarm(session, contact_id, signs, language, TURN_FAILED)

    database.retrying(write)
    return True


def heard_late(session: Session, inbox_id: int, words: str | None) -> bool:
    """Raise the alarm for the words of a voice note that was finished without them, if they are of danger.

    The row is locked: whoever comes second, these words or the end of its turn, sees the other (`turns.save`).
    """
    row = session.execute(
        select(Inbox).where(col(Inbox.id) == inbox_id).with_for_update(), execution_options={"populate_existing": True}
    ).scalar_one()
    if not words or row.processed_at is None or row.revoked_at is not None:
        return False
    seen = screen(words)
    if seen.level not in (CERTAIN, LIKELY):
        return False
    language = _language(session, row.contact_id, seen)
    messaging.enqueue(session, row.contact_id, _message(session, row.contact_id, seen.signs, language), tag=TAG)
    alarms.raise_alarm(session, row.contact_id, seen.signs, language, HEARD_LATE)
    return True


def _message(session: Session, contact_id: int, signs: Sequence[str], language: str) -> messaging.Message:
    said = alarms.words(signs, language, emergency.country_of(session, contact_id))
    words = "\n\n".join((said, text("utter_emergency_told", language)))
    # Only after a day's outage does this find the window closed.
    return {"text": words, "fallback": {"name": window.INVITATION}}


def _language(session: Session, contact_id: int, seen: Screening) -> str:
    """The contact's own where the danger was seen in it, else the one that it was seen in: perhaps nobody knows theirs."""
    stored = session.get(Contact, contact_id).language
    spoken = [finding.language for finding in seen.findings if finding.discounted is None]
    return conversation_language((), None, stored if stored in spoken or not spoken else spoken[0])
