"""Hello, help, yes and no: turns that need no more than an answer."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions import cancelling, check_back, which
from actions.base import ClinicAction, Events, Speaker
from actions.fallback import ask_rephrase
from actions.health import ReportSymptom
from actions.intake import offer
from actions.people import open_handoff
from actions.turn import Turn
from clinic import consent, database


class Greet(ClinicAction):
    """Answers a greeting; asks for consent while it was never answered. (The introduction is the channel's.)"""

    action_name = "action_greet"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Inside a form the form's question, which follows, is answer enough."""
        if turn.in_form:
            return []
        if any(turn.entities(entity) for entity in ("specialty", "practitioner")):
            # "hi, dentist please": the request counts
            return [FollowupAction("booking_form")]
        with database.read() as session:
            asked = consent.answered(session, turn.contact_id) is not None
        if asked:
            speak.say("utter_greet_again")
            return []
        speak.say("utter_ask_consent")
        return [SlotSet("offer", "consent")]


class Help(ClinicAction):
    """Says what can be done here."""

    action_name = "action_help"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """With buttons, or without them inside a form."""
        speak.tell("utter_help")
        return []


class BotChallenge(ClinicAction):
    """Never pretends to be human, and offers one."""

    action_name = "action_bot_challenge"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """The offer may be answered with yes or no."""
        speak.tell("utter_bot_challenge")
        return [SlotSet("offer", "person")]


class Affirm(ClinicAction):
    """Yes to what the last message offered."""

    action_name = "action_affirm"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """An appointment to cancel, a person, a booking, the consent, or nothing in particular."""
        if turn.about == "consent" or (turn.offered == "consent" and not turn.about and turn.is_yes):
            consent.grant(turn.contact_id)
            speak.say("utter_consent_thanks")
            return []
        if turn.about == check_back.OFFER or (turn.offered == check_back.OFFER and not turn.about and turn.is_yes):
            return check_back.promise(turn, speak)
        about_appointment = cancelling.confirmed(turn, speak)
        if about_appointment is not None:
            return about_appointment
        if turn.about:
            speak.say_text("utter_choice_over")
            return []
        if turn.offered == "person":
            return open_handoff(turn, speak, reason="offered")
        if offer.accepted(turn):
            return ReportSymptom().answer(turn, speak)
        if turn.offered == "booking" and not turn.in_form:
            return [FollowupAction("booking_form")]
        if turn.offered == "meaning":
            return ask_rephrase(speak)
        if turn.offered == "consent":
            speak.say("utter_ask_consent_again")
            return [SlotSet("offer", "consent")]
        if not turn.in_form:
            speak.say("utter_all_right")
        return []


class Thank(ClinicAction):
    """Thanks; "yes please, thank you" behind an offer is a yes to it."""

    action_name = "action_thank"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """The promise to ask tomorrow, or "you are welcome"."""
        if check_back.accepted(turn):
            return check_back.promise(turn, speak)
        speak.say_text("utter_you_are_welcome")
        return []


class Deny(ClinicAction):
    """No to what the last message offered."""

    action_name = "action_deny"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """A refused consent is recorded; an appointment stays; everything else just goes on."""
        if which.kept(turn, speak):
            return []
        if turn.about == "meaning" or (turn.offered == "meaning" and not turn.about):
            return ask_rephrase(speak)
        if turn.about == "consent" or (turn.offered == "consent" and not turn.about):
            consent.refuse(turn.contact_id)
            speak.say("utter_consent_refused")
            return [SlotSet("offer", "consent")]
        if not turn.in_form:
            speak.say("utter_all_right")
        return []
