"""The end of the booking form: the appointment stands in the database, and the patient is told."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.booking import summary
from actions.booking.state import Booking
from actions.turn import Turn
from clinic import directory


class SubmitBooking(ClinicAction):
    """Confirms with a summary, how to move or cancel, and a pin on the map. Says nothing when the form ended early."""

    action_name = "action_submit_booking"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Forgets the booking's slots afterwards."""
        booking = Booking.of(turn.tracker)
        if not booking.confirmed:
            return []
        said = "utter_moved" if booking.moves else "utter_booked"
        speak.say(said, summary=summary.text_of(booking, turn, speak))
        place = summary.held(booking).location
        name, address = (directory.in_language(texts, turn.language) for texts in (place.names, place.address))
        speak.location(place.latitude, place.longitude, name, address)
        return [*Booking.cleared(), SlotSet("intake_id", None)]
