"""Does what is due: the alarm after two minutes of silence, the look back on the next day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from clinic import consent, database, emergency, handoffs, messaging, tasks
from clinic.messaging import window
from clinic.models import Task
from clinic.texts import text
from clinic.triage import alarms, followups

logger = logging.getLogger(__name__)

# So long waits what could not be done; an alarm must not wait for long.
PUT_OFF = timedelta(minutes=1)
ALARM_PUT_OFF = timedelta(seconds=5)


def _silence(session: Session, task: Task) -> None:
    """Nobody answered "is this happening now?": it counts as a yes."""
    signs, language = [str(sign) for sign in task.payload["signs"]], str(task.payload["language"])
    words = alarms.words(signs, language, emergency.country_of(session, task.contact_id))
    said = [text("utter_emergency_silence", language), words, text("utter_emergency_told", language)]
    # Only after a day's outage does this find the window closed. No template names a danger: it says that news wait.
    message: messaging.Message = {"text": "\n\n".join(said), "fallback": {"name": window.INVITATION}}
    messaging.enqueue(session, task.contact_id, message, tag=alarms.SILENCE, priority=messaging.URGENT)
    alarms.raise_alarm(session, task.contact_id, signs, language, "no answer to “is this happening now?”")


def _check_back(session: Session, task: Task) -> None:
    """Unless a person has the chat by now, or the contact wants nothing unasked any more."""
    if handoffs.current(session, task.contact_id) or consent.opted_out(session, task.contact_id):
        return
    followups.ask(session, task.contact_id, str(task.payload["complaint"]), str(task.payload["language"]))


DOERS: Mapping[str, Callable[[Session, Task], None]] = {alarms.SILENCE: _silence, followups.KIND: _check_back}


def do_due() -> int:
    """Do everything that is due, each in a transaction of its own; how many were done. Never raises."""
    try:
        with database.read() as session:
            waiting = [(task.id, task.kind) for task in tasks.due(session, first=(alarms.SILENCE,))]
    except Exception as error:
        logger.error("what is due cannot be read (%s); trying again", type(error).__name__)
        return 0
    return sum(_do(task_id, kind) for task_id, kind in waiting)


def _do(task_id: int, kind: str) -> bool:
    try:
        with database.transaction() as session:
            task = session.get(Task, task_id)
            if task is None or not tasks.take(session, task_id):
                return False
            DOERS[task.kind](session, task)
            return True
    except Exception as error:
        logger.error("task %d could not be done (%s); trying again", task_id, type(error).__name__)
    _put_off(task_id, ALARM_PUT_OFF if kind == alarms.SILENCE else PUT_OFF)
    return False


def _put_off(task_id: int, delay: timedelta) -> None:
    try:
        with database.transaction() as session:
            tasks.put_off(session, task_id, delay)
    except Exception as error:
        logger.error("task %d could not be put off (%s); it stays due", task_id, type(error).__name__)
