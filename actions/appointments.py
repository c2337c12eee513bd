"""The patient's own appointments."""

from __future__ import annotations

from actions import which
from actions.base import ClinicAction, Events, Speaker
from actions.turn import Turn


class ListAppointments(ClinicAction):
    """Shows what is booked from this phone."""

    action_name = "action_list_appointments"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """The next appointments, soonest first."""
        lines = [which.line(appointment, turn, speak) for appointment in which.coming(turn)]
        if lines:
            speak.say("utter_appointments", appointments="\n".join(lines))
        else:
            speak.tell("utter_no_appointments")
        return []
