"""Cancelling an appointment: which one, really?, done."""

from __future__ import annotations

from typing import List, Optional

from rasa_sdk.events import SlotSet

from actions import which
from actions.base import ClinicAction, Events, Speaker
from actions.people import NeverMind, leave_form
from actions.turn import Turn
from clinic import vocabulary
from clinic.models import Appointment
from clinic.scheduling import booking


class CancelAppointment(ClinicAction):
    """Asks whether the appointment that is meant shall be cancelled. Nothing is cancelled without a clear yes."""

    action_name = "action_cancel_appointment"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Inside the booking form the bare word, or having no appointment, means the booking that is being made."""
        if turn.in_form and not turn.is_tap and vocabulary.is_one_of("bare_cancel", turn.text):
            return NeverMind().answer(turn, speak)
        coming = which.coming(turn)
        agreed = which.offered(turn)
        if agreed is not None and _says_yes(turn):
            return cancel(turn, speak, agreed)
        if which.tapped(turn) and which.one(turn, coming) is None:
            speak.say_text("utter_choice_over")
            return []
        if turn.in_form and not coming:
            return NeverMind().answer(turn, speak)
        return [*(leave_form(turn) if turn.in_form else []), *ask(turn, speak, coming)]


def _says_yes(turn: Turn) -> bool:
    """ "yes, cancel it" after "shall I cancel it?": the model takes it for the wish, but it is the answer."""
    if turn.is_tap or which.is_named(turn) or "?" in turn.text or "؟" in turn.text:
        return False
    agrees = vocabulary.is_one_of("bare_cancel", turn.text) or vocabulary.mentions("yes", turn.text)
    return agrees and not vocabulary.mentions("doubt", turn.text)


def ask(turn: Turn, speak: Speaker, coming: List[Appointment]) -> Events:
    """Ask about the one that is meant, or which one it is."""
    if not coming:
        speak.say("utter_no_appointments")
        return []
    chosen = which.one(turn, coming)
    if chosen is None:
        return which.ask(turn, speak, coming, which.CANCEL)
    name = which.about(which.CANCEL, chosen)
    speak.say("utter_ask_cancel", appointment=which.line(chosen, turn, speak), about=name)
    return [SlotSet("offer", name)]


def cancel(turn: Turn, speak: Speaker, appointment_id: int) -> Events:
    """Cancel it and say so. An old button of one that is over is told so."""
    try:
        cancelled = booking.cancel(appointment_id, turn.contact_id)
    except booking.NotBookable:
        speak.say_text("utter_choice_over")
        return []
    speak.tell("utter_cancelled", appointment=which.line(cancelled, turn, speak))
    return []


def confirmed(turn: Turn, speak: Speaker) -> Optional[Events]:
    """The answer to a yes that is about an appointment; None when it is about something else."""
    tapped, offered = which.tapped(turn), which.offered(turn)
    if tapped is not None:
        return cancel(turn, speak, tapped)
    if offered is None:
        return None
    if turn.is_yes:
        return cancel(turn, speak, offered)
    speak.say_text("utter_confirm_not_understood")
    coming = which.coming(turn)
    return ask(turn, speak, [one for one in coming if one.id == offered])
