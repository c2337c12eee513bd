"""Words about health. Salama never says what it is or what to take: it shows the way to somebody who can."""

from __future__ import annotations

import logging

from rasa_sdk.events import SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.people import hand_over
from actions.turn import Turn

logger = logging.getLogger(__name__)


class _TowardsADoctor(ClinicAction):
    """A text with the emergency number; outside a form a yes to it books."""

    text = ""

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Without buttons inside a form, which goes on."""
        speak.tell(self.text)
        return [] if turn.in_form else [SlotSet("offer", "booking")]


class ReportSymptom(_TowardsADoctor):
    """Somebody feels unwell and asks for nothing yet."""

    action_name = "action_report_symptom"
    text = "utter_symptom"


class MedicalAdvice(_TowardsADoctor):
    """Somebody wants a medical judgement: there is none here, not even a guess."""

    action_name = "action_ask_medical_advice"
    text = "utter_no_medical_advice"


class Emergency(ClinicAction):
    """Life or limb in danger: the number first, then the team, at once."""

    action_name = "action_emergency"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Leaves any form; a handoff that is open already becomes urgent. The number is said whatever else fails."""
        speak.say("utter_emergency")
        try:
            events = hand_over(turn, "emergency", priority="urgent")
        except Exception as error:
            logger.error("the team was not told of an emergency: %s", type(error).__name__)
            return []
        speak.say_text("utter_emergency_told")
        return events


class LogVital(ClinicAction):
    """A measured value: it cannot be kept here, and is not judged."""

    action_name = "action_log_vital"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Says so, with the way forward."""
        speak.tell("utter_no_vitals")
        return []


class MedicationReminder(ClinicAction):
    """A reminder to take a medicine: not possible yet."""

    action_name = "action_set_medication_reminder"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Says so, with the way forward."""
        speak.tell("utter_no_medication_reminder")
        return []
