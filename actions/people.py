"""Giving the chat to a person, and taking it back."""

from __future__ import annotations

from typing import Optional

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions import which
from actions.base import ClinicAction, Events, Speaker
from actions.booking.state import Booking
from actions.intake.resumed import resumed
from actions.intake.state import Intake
from actions.turn import Turn
from clinic import database, handoffs, hours
from clinic.settings import settings


def summary_for_staff(turn: Turn) -> str:
    """What the staff should know at a glance: the patient's words, where the booking stands, what the intake knows."""
    parts = (handoffs.quote(turn.said), Booking.of(turn.tracker).in_words(), Intake.of(turn.tracker).in_words())
    return " · ".join(part for part in parts if part)


def _forgotten() -> Events:
    return [ActiveLoop(None), SlotSet("requested_slot", None), *Booking.cleared(), *Intake.cleared()]


def leave_form(turn: Turn) -> Events:
    """Leave the booking form; a slot that was held for it is free again."""
    Booking.of(turn.tracker).release(turn.contact_id)
    return _forgotten()


def hand_over(turn: Turn, reason: str, priority: str = "normal") -> Events:
    """Open a handoff (or add to the open one) and leave the form; the hold on a slot stays. Says nothing."""
    handoffs.open_handoff(turn.contact_id, reason, turn.language, summary_for_staff(turn), priority)
    return _forgotten()


def open_handoff(turn: Turn, speak: Speaker, reason: str, first: Optional[str] = None) -> Events:
    """`hand_over` and say so, with the next opening while the clinic is closed; `first` is a text to say before it."""
    events = hand_over(turn, reason)
    if first:
        speak.say_text(first)
    with database.read() as session:
        opening = hours.next_opening(session)
    later = speak.text("utter_handoff_hours", opening=hours.in_words(opening, turn.language)) if opening else ""
    speak.say("utter_handoff_opened", hours=later)
    return events


class OpenHandoff(ClinicAction):
    """The patient wants a person."""

    action_name = "action_open_handoff"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Always possible, in any moment."""
        return open_handoff(turn, speak, reason="asked")


class NeverMind(ClinicAction):
    """Leaves what is going on: a waiting handoff, or a booking whose hold is released."""

    action_name = "action_nevermind"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Says which of the two it was. An old button that answers something else is told so."""
        if self._is_stale(turn):
            speak.say_text("utter_choice_over")
            return []
        if not turn.in_form and which.offered(turn) is not None:  # "no wait, leave it in" after "shall I cancel it?"
            which.kept(turn, speak)
            return []
        try:
            withdrawn = handoffs.withdraw(turn.contact_id)
        except handoffs.AlreadyClaimed:
            return []
        intake = Intake.of(turn.tracker)
        if withdrawn and intake.opening and settings().intake:
            speak.say_text("utter_handoff_back")
            return [*leave_form(turn), resumed(turn, intake, withdrawn.opened_at).kept(), FollowupAction(Intake.FORM)]
        if withdrawn:
            speak.say("utter_handoff_withdrawn")
        elif turn.in_form and Booking.of(turn.tracker).moves:
            speak.say("utter_not_moved")
        elif turn.form == Intake.FORM:
            speak.say("utter_intake_stopped")
        else:
            speak.say("utter_nevermind" if turn.in_form else "utter_nothing_to_stop")
        return leave_form(turn)

    @staticmethod
    def _is_stale(turn: Turn) -> bool:
        """Whether the tapped button belongs to a handoff or a hold that is over."""
        if turn.about == "handoff":
            with database.read() as session:
                return handoffs.current(session, turn.contact_id) is None
        return bool(turn.about) and turn.about != Booking.of(turn.tracker).about
