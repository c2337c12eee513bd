"""Moving an appointment: which one; then the booking form asks for the new time (actions/booking/move.py)."""

from __future__ import annotations

from typing import List

from rasa_sdk.events import FollowupAction, SlotSet

from actions import which
from actions.base import ClinicAction, Events, Speaker
from actions.people import leave_form
from actions.turn import Turn
from clinic import clock
from clinic.models import Appointment
from clinic.settings import settings


class RescheduleAppointment(ClinicAction):
    """Opens the booking form for the appointment that is meant. The old one stands until the new one is confirmed."""

    action_name = "action_reschedule_appointment"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Inside the booking form with nothing booked the form's question, which follows, is the way to another time."""
        coming = which.coming(turn)
        chosen = which.one(turn, coming)
        if which.tapped(turn) and chosen is None:
            speak.say_text("utter_choice_over")
            return []
        leaving = leave_form(turn) if turn.in_form and coming else []
        if chosen is None:
            return [*leaving, *ask(turn, speak, coming)]
        say_which(turn, speak, chosen)
        return [*leaving, SlotSet("booking_moves", chosen.id), FollowupAction("booking_form")]


def ask(turn: Turn, speak: Speaker, coming: List[Appointment]) -> Events:
    """Ask which one, if there is any."""
    if coming:
        return which.ask(turn, speak, coming, which.MOVE)
    speak.tell("utter_nothing_to_move")
    return []


def say_which(turn: Turn, speak: Speaker, appointment: Appointment) -> None:
    """Say which one is moved; on its very day somebody may only be late."""
    speak.say_text("utter_moving", appointment=which.line(appointment, turn, speak))
    zone = settings().time_zone
    if appointment.starts_at.astimezone(zone).date() == clock.now().astimezone(zone).date():
        speak.say_text("utter_running_late")
