"""Intakes in conversations with the actions."""

from __future__ import annotations

from actions import health
from actions.intake.state import Intake
from tests.support.conversations import Conversation


def intake(chat: Conversation) -> Intake:
    """What the intake of a conversation has found out so far."""
    return Intake.of(chat.tracker)


def begin(chat: Conversation, text: str, **message: object) -> Conversation:
    """The conversation after an opening that tells of a complaint."""
    chat.hears(text, "report_symptom", **message)  # type: ignore[arg-type]
    chat.run(health.ReportSymptom())
    return chat.enters("intake_form")
