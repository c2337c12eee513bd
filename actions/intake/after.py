"""Questions about a verdict, within the hour after it: what to watch for once more, and who can answer the rest.

"And if it gets worse tonight?", "may she go to school?", "can I take something for it?": none of them begins new
questions, and none has an answer here; what the verdict said of when to come back is the part that is known.
"""

from __future__ import annotations

from actions.base import Speaker
from actions.intake.entry import asks_on
from actions.intake.offer import told_lately
from actions.turn import Turn
from clinic.triage import texts
from clinic.triage.protocols import GENERAL, protocols


def answered(turn: Turn, speak: Speaker) -> bool:
    """Say it, where the message is such a question; False where it is none, or in a form."""
    before = None if turn.in_form or turn.is_tap or not asks_on(turn) else told_lately(turn)
    if before is None:
        return False
    age = before.known.get("age")
    protocol = protocols().get(before.verdict.protocol) or protocols()[GENERAL]
    advice = protocol.texts_for(float(age) if isinstance(age, (int, float)) else None)
    watch = speak.text("utter_triage_watch", watch=texts.watch(advice, turn.language))
    speak.say("utter_after_questions", watch=watch.partition("\n")[0])
    return True
