"""The patient's own appointments."""

from __future__ import annotations

from actions.base import ClinicAction, Events, Speaker
from actions.turn import Turn
from clinic import database, directory, formats
from clinic.scheduling import booking


class ListAppointments(ClinicAction):
    """Shows what is booked from this phone."""

    action_name = "action_list_appointments"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """The next appointments, soonest first."""
        with database.read() as session:
            found = booking.upcoming(session, turn.contact_id)
            lines = [
                speak.text(
                    "utter_appointment_line",
                    day=formats.day(appointment.starts_at, turn.language),
                    time=formats.clock_time(appointment.starts_at, turn.language),
                    practitioner=formats.isolate(
                        directory.practitioner_name(appointment.practitioner, turn.language), turn.language
                    ),
                    location=directory.location_name(appointment.location, turn.language),
                    name=formats.isolate(appointment.patient.name, turn.language),
                )
                for appointment in found
            ]
        if lines:
            speak.say("utter_appointments", appointments="\n".join(lines))
        elif turn.in_form:
            speak.say_text("utter_no_appointments")
        else:
            speak.say("utter_no_appointments")
        return []
