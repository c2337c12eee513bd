"""Words about health. Salama never says what it is or what to take: it shows the way to somebody who can."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions import check_back
from actions.base import ClinicAction, Events, Speaker
from actions.intake import after
from actions.intake.entry import begins, instead_of_booking
from actions.intake.offer import accepted, with_offer
from actions.intake.state import Intake
from actions.people import leave_form
from actions.turn import Turn
from clinic.settings import settings

BOOKING = "booking_form"


class _TowardsADoctor(ClinicAction):
    """A text with the emergency number; outside a form a yes to it books."""

    text = ""

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Without buttons inside a form, which goes on; who tells of it again instead of booking is asked about it."""
        instead = instead_of_booking(turn) if turn.form == BOOKING else None
        if instead is not None:
            return [*leave_form(turn), *instead]
        speak.tell(self.text)
        return [] if turn.in_form else with_offer(turn, speak, [SlotSet("offer", "booking")])


class ReportSymptom(_TowardsADoctor):
    """Somebody feels unwell: outside a form the intake begins; inside one it goes on, unless the questions are wanted."""

    action_name = "action_report_symptom"
    text = "utter_symptom"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Where the clinic takes no symptoms by chat: the way to a doctor."""
        looked_back = check_back.answered(turn, speak)
        if looked_back is not None:
            return looked_back
        if turn.form == BOOKING and accepted(turn):
            return [*leave_form(turn), FollowupAction(Intake.FORM)]
        if turn.in_form or not settings().intake:
            return super().answer(turn, speak)
        return [*Intake.cleared(), FollowupAction(Intake.FORM)]


class MedicalAdvice(_TowardsADoctor):
    """Somebody wants a medical judgement: there is none here, not even a guess. The way forward is the intake."""

    action_name = "action_ask_medical_advice"
    text = "utter_no_medical_advice"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Where a complaint is named, the questions about it; else the way to a doctor."""
        promised = check_back.promise(turn, speak) if check_back.accepted(turn) else []
        events = None if check_back.accepted(turn) else begins(turn)
        if events is None:
            return promised if after.answered(turn, speak) else [*promised, *super().answer(turn, speak)]
        speak.say_text("utter_no_judgement")
        return events


class LogVital(ClinicAction):
    """A measured value: it cannot be kept here, and is not judged."""

    action_name = "action_log_vital"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Says so, with the way forward."""
        speak.tell("utter_no_vitals")
        return with_offer(turn, speak, [])


class MedicationReminder(ClinicAction):
    """A reminder to take a medicine: not possible yet."""

    action_name = "action_set_medication_reminder"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Says so, with the way forward."""
        speak.tell("utter_no_medication_reminder")
        return with_offer(turn, speak, [])
