"""What is not understood, and what is not ours. First the likely meanings are offered, the second time a person."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions import meanings
from actions.base import ClinicAction, Events, Speaker
from actions.intake.offer import with_offer
from actions.turn import Turn

FAILURES_BEFORE_OFFER = 1


def not_understood(turn: Turn, speak: Speaker, key: str) -> Events:
    """Say so with `key`'s text (without its buttons inside a form); the second time in a row offer a person."""
    if turn.failures_before >= FAILURES_BEFORE_OFFER:
        speak.say("utter_offer_person")
        return [SlotSet("misunderstood", True), SlotSet("offer", "person")]
    speak.tell(key)
    return [SlotSet("misunderstood", True)]


def ask_rephrase(speak: Speaker) -> Events:
    """None of the offered meanings was meant: other words, or a person."""
    speak.say("utter_ask_rephrase")
    return [SlotSet("misunderstood", True)]


class Fallback(ClinicAction):
    """The model was not sure enough."""

    action_name = "action_fallback"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """A doctor or a specialty: a booking. A complaint: the intake. Else "do you mean …?", then a person."""
        if not turn.in_form and (turn.entities("specialty") or turn.entities("practitioner")):
            return [FollowupAction("booking_form")]
        from actions import check_back
        from actions.intake import after
        from actions.intake.entry import asks_on, begins  # which need this module

        unwell = begins(turn)
        if unwell is not None:
            return unwell
        if not turn.in_form and not turn.failures_before and asks_on(turn):
            promised = check_back.promise(turn, speak) if check_back.accepted(turn) else []
            after.answered(turn, speak)
            return [*promised, SlotSet("misunderstood", True)]
        choices = [] if turn.in_form or turn.failures_before >= FAILURES_BEFORE_OFFER else meanings.likely(turn, speak)
        if not choices:
            return not_understood(turn, speak, "utter_not_understood")
        none_of_them = {"title": speak.text("utter_something_else"), "payload": '/deny{"about": "meaning"}'}
        speak.say("utter_ask_meaning", [*choices, none_of_them])
        return [SlotSet("misunderstood", True), SlotSet("offer", "meaning")]


class AskAffirmation(Fallback):
    """Rasa's own action of this name speaks English only; whoever calls it gets ours."""

    action_name = "action_default_ask_affirmation"


class AskRephrase(Fallback):
    """The same for the question after it."""

    action_name = "action_default_ask_rephrase"


class OutOfScope(ClinicAction):
    """Understood, but nothing a clinic does."""

    action_name = "action_out_of_scope"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Say what Salama is for, then offer a person."""
        return with_offer(turn, speak, not_understood(turn, speak, "utter_out_of_scope"))
