"""An intake that goes on behind an alarm by mistake: what was written in between counts too.

Behind an alarm nothing is asked, and the assistant sees no message; patients write on all the same: "no blood, but I have
Addison's and cannot keep the tablets down". What would call an ambulance again is asked about first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.intake import answers
from actions.intake.state import Intake
from actions.turn import Turn
from clinic import database, messaging
from clinic.triage import reading
from clinic.triage.protocols import Question


def resumed(turn: Turn, intake: Intake, since: datetime) -> Intake:
    """The intake with what the patient has written since then (aware UTC)."""
    with database.read() as session:
        written = [row.text for row in messaging.of_kinds(session, [turn.contact_id], ["text"], since) if row.text]
    for text in written:
        if text != turn.text:
            told = answers.of_an_answer(reading.read(text, turn.language))
            intake = answers.added(intake, told).with_remark(text)
    implied = {name for protocol in intake.lead for name in protocol.implies}
    raised = [name for name in intake.raised() if name not in implied]
    if not raised:
        return intake
    known = {name: value for name, value in intake.known.items() if name != raised[0]}
    return replace(intake, known=known, question=Question("sign", (raised[0],)))
