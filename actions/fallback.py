"""What is not understood, and what is not ours. Two failures in a row offer a person."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.turn import Turn

FAILURES_BEFORE_OFFER = 1


def not_understood(turn: Turn, speak: Speaker, key: str) -> Events:
    """Say so with `key`'s text (without its buttons inside a form); the second time in a row offer a person."""
    if turn.failures_before >= FAILURES_BEFORE_OFFER:
        speak.say("utter_offer_person")
        return [SlotSet("misunderstood", True), SlotSet("offer", "person")]
    speak.say_text(key) if turn.in_form else speak.say(key)
    return [SlotSet("misunderstood", True)]


class Fallback(ClinicAction):
    """The model was not sure enough."""

    action_name = "action_fallback"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Who names a doctor or a specialty wants to be seen; else ask again, then offer a person."""
        if not turn.in_form and (turn.entities("specialty") or turn.entities("practitioner")):
            return [FollowupAction("booking_form")]
        return not_understood(turn, speak, "utter_not_understood")


class OutOfScope(ClinicAction):
    """Understood, but nothing a clinic does."""

    action_name = "action_out_of_scope"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Say what Salama is for, then offer a person."""
        return not_understood(turn, speak, "utter_out_of_scope")
