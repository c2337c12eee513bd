"""The look back on the day after self-care advice: promised once, sent once, within WhatsApp's 24 hours."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy.orm import Session

from clinic import clock, messaging, tasks
from clinic.messaging import Message
from clinic.texts import text
from clinic.triage import intakes, texts
from clinic.triage.protocols import protocols

KIND = "check_back"
# After 24 hours without a message of the patient only a template may be sent.
AFTER = timedelta(hours=22)
# An intake older than this is not asked after.
STILL_FRESH = timedelta(hours=6)
BETTER, SAME, WORSE = "check_better", "check_same", "check_worse"
ANSWERS = (BETTER, SAME, WORSE)


def promise(session: Session, contact_id: int, language: str) -> bool:
    """Ask tomorrow; False when there is no recent intake to ask after."""
    newest = next(iter(intakes.of_contact(session, contact_id)), None)
    if newest is None or clock.now() - newest.created_at > STILL_FRESH:
        return False
    payload = {"complaint": newest.complaint, "language": language}
    tasks.schedule(session, contact_id, KIND, clock.now() + AFTER, payload)
    return True


def last_complaint(session: Session, contact_id: int) -> str | None:
    """The protocol of the contact's newest intake."""
    newest = next(iter(intakes.of_contact(session, contact_id)), None)
    return newest.complaint if newest else None


def ask(session: Session, contact_id: int, complaint: str, language: str) -> None:
    """Write "how is it today?" into the outbox."""
    named = texts.complaint(complaint, language) if complaint in protocols() else complaint
    titles = zip(ANSWERS, ("utter_check_better_title", "utter_check_same_title", "utter_check_worse_title"), strict=True)
    message: Message = {
        "text": text("utter_check_back", language, complaint=named),
        "choices": [
            {"id": "/report_symptom" + json.dumps({"answer": answer}), "title": text(key, language)}
            for answer, key in titles
        ],
        # Late, it goes out as a template that names no complaint, with the same three answers.
        "fallback": {"name": KIND},
    }
    messaging.enqueue(session, contact_id, message, tag=KIND)
