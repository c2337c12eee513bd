"""What the clinic sends on its own: stopped and started by the patient."""

from __future__ import annotations

from actions.base import ClinicAction, Events, Speaker
from actions.people import NeverMind
from actions.turn import Turn
from clinic import consent, vocabulary

PURPOSE = "reminders"


class OptOut(ClinicAction):
    """No more messages that the patient did not ask for. Answers go on."""

    action_name = "action_opt_out"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Inside a form the bare word leaves the form."""
        if turn.in_form and not turn.is_tap and vocabulary.is_one_of("bare_stop", turn.text):
            return NeverMind().answer(turn, speak)
        consent.refuse(turn.contact_id, PURPOSE)
        speak.tell("utter_opted_out")
        return []


class OptIn(ClinicAction):
    """The reverse."""

    action_name = "action_opt_in"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Promises nothing that is not sent yet."""
        consent.grant(turn.contact_id, PURPOSE)
        speak.tell("utter_opted_in")
        return []
