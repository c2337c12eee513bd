"""What only the staff can do: each request is given to them with its own reason, and says what will happen."""

from __future__ import annotations

from actions.base import ClinicAction, Events, Speaker
from actions.intake.offer import with_offer
from actions.people import open_handoff
from actions.social import Deny
from actions.turn import Turn


class _Request(ClinicAction):
    """Opens a handoff, or adds the words to the one that is open."""

    reason, text = "", ""

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """What will happen, then that the team knows."""
        return with_offer(turn, speak, open_handoff(turn, speak, self.reason, first=self.text))


class RefillPrescription(_Request):
    """A prescription: the staff need the medicine and the patient."""

    action_name = "action_refill_prescription"
    reason, text = "refill", "utter_request_refill"


class GetTestResults(_Request):
    """Results never come into the chat."""

    action_name = "action_get_test_results"
    reason, text = "results", "utter_request_results"


class DeleteData(_Request):
    """Erasure (GDPR Art. 17): identity is checked first, the answer comes within a month (Art. 12(3))."""

    action_name = "action_delete_data"
    reason, text = "delete", "utter_request_delete"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """ "Don't keep my data" after the question for consent is the no to it."""
        if turn.offered == "consent" and not turn.is_tap:
            return Deny().answer(turn, speak)
        return super().answer(turn, speak)


class ExportData(_Request):
    """A copy of what is stored (GDPR Art. 15, 20): identity first, within a month."""

    action_name = "action_export_data"
    reason, text = "export", "utter_request_export"


class Complain(_Request):
    """Unhappy with the clinic or with Salama: a person listens."""

    action_name = "action_complain"
    reason, text = "complaint", "utter_request_complaint"


class GiveFeedback(ClinicAction):
    """Praise and suggestions: nothing is passed on unless the patient asks for a person, and the answer says so."""

    action_name = "action_give_feedback"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Thanks, and the way to the team."""
        speak.tell("utter_feedback")
        return []
