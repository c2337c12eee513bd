"""validate_booking_form: takes in what the patient answered and decides what to ask next.

The form is called with every message while it is open. What is not for it (a question about the clinic, "stop",
a person) it rejects, so that the rules answer, and then it asks again. It always says itself which slot comes
next: Rasa's order of `required_slots` is only what a reader of the domain sees.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Mapping, Optional, Sequence

from rasa_sdk.events import SlotSet
from sqlalchemy.orm import Session

from actions import cancelling, moving, which
from actions.base import ClinicAction, Events, Speaker
from actions.booking import answers, move, names, reading, understand
from actions.booking.answers import Answer
from actions.booking.state import PREFIX, Booking
from actions.fallback import not_understood
from actions.intake.offer import taken_up_in_words, with_offer
from actions.turn import Turn
from clinic import consent, database, vocabulary
from clinic.models import Appointment

INTERRUPTING = frozenset((
    "greet", "goodbye", "thank", "help", "bot_challenge", "faq", "human_handoff", "nevermind",
    "change_language", "list_appointments", "out_of_scope",
    "reschedule_appointment", "cancel_appointment", "find_doctor",
    "report_symptom", "ask_medical_advice", "emergency",
    "refill_prescription", "get_test_results", "set_medication_reminder", "log_vital",
    "complain", "give_feedback", "opt_out", "opt_in", "delete_data", "export_data",
))  # fmt: skip
# What is never swallowed, even by a question that takes any text.
ALWAYS = frozenset((
    "human_handoff", "nevermind", "change_language", "emergency", "cancel_appointment", "complain",
    "opt_out", "delete_data", "export_data",
))  # fmt: skip
# "It has hurt since Friday" is no wish for Friday.
ABOUT_HEALTH = frozenset(("report_symptom", "ask_medical_advice", "log_vital"))
# While these are asked, "can we make it Friday" is about the booking that is being made.
TIME_MAY_CHANGE = ("booking_slot", "booking_patient", "booking_confirmed")
ANSWERED_BY = {
    "booking_specialty": ("specialty", "practitioner"),
    "booking_practitioner": ("practitioner",),
    "booking_slot": ("time", "slot_key", "page"),
    "booking_patient": ("relation", "patient_id"),
    "booking_birth_date": ("time",),
}
# Whole messages that answer a question, whatever the model takes them for ("anyone" is not a wish for a person).
PHRASES_FOR = {
    "booking_specialty": ("skip",),
    "booking_practitioner": ("any_practitioner", "any_one", "any_time", "skip"),
    "booking_slot": ("more", "any_time", "skip"),
    "booking_patient": ("self_words",),
}
# Questions with a list or buttons on the screen: "number 2" is a choice, whatever the model takes it for.
LISTED = ("booking_specialty", "booking_practitioner", "booking_slot", "booking_patient")
YES_OR_NO = ("booking_consent", "booking_confirmed")
SURE, QUITE_SURE = 0.6, 0.8
# Danger is believed before anything else is.
EMERGENCY = 0.5

READERS: Mapping[str, Callable[[Session, Booking, Turn], Answer]] = {
    "booking_consent": answers.consent_given,
    "booking_specialty": answers.specialty,
    "booking_practitioner": answers.practitioner,
    "booking_slot": answers.slot,
    "booking_patient": answers.patient,
    "booking_name": answers.name,
    "booking_birth_date": answers.birth_date,
    "booking_confirmed": answers.confirmed,
}


def interrupts(turn: Turn) -> bool:
    """Whether the message is not an answer to the form's question but something for the rules."""
    if (turn.intent == "emergency" and turn.confidence >= EMERGENCY) or which.tapped(turn) is not None:
        return True
    if turn.offered == "person" and turn.intent in ("affirm", "deny") and not turn.about:
        return True
    if turn.intent == "affirm" and taken_up_in_words(turn):
        return True
    if turn.intent == "delete_data" and turn.asked == "booking_consent":  # "don't keep my data" is the no to it
        return False
    if turn.intent not in INTERRUPTING or (turn.asked in YES_OR_NO and not turn.is_tap and turn.is_yes):
        return False
    if turn.is_tap:
        return True
    if turn.asked in LISTED and turn.intent not in ALWAYS and reading.picks_by_number(turn.text):
        return False
    if any(vocabulary.matches(section, turn.text) for section in PHRASES_FOR.get(turn.asked or "", ())):
        return False
    if turn.intent == "reschedule_appointment" and turn.asked in TIME_MAY_CHANGE and turn.entities("time"):
        return False
    if turn.asked == "booking_name":
        return turn.confidence >= names.enough_against(turn, QUITE_SURE) and turn.intent != "greet"
    if any(turn.entities(entity) for entity in ANSWERED_BY.get(turn.asked or "", ())):
        return _interrupts_though_it_answers(turn)
    return True


def _interrupts_though_it_answers(turn: Turn) -> bool:
    """Whether a message that names what was asked for ("Friday", "Dr Keller") is a question or a way out all the same."""
    if turn.intent == "faq":
        return turn.confidence >= QUITE_SURE and ("?" in turn.text or "؟" in turn.text)
    if turn.intent == "report_symptom" and turn.asked == "booking_specialty":
        return False  # a toothache says which doctor
    if turn.intent in ABOUT_HEALTH:
        return turn.confidence >= QUITE_SURE
    if turn.intent == "human_handoff" and turn.entities("practitioner"):
        return turn.asked != "booking_practitioner"
    return turn.intent in ALWAYS and turn.confidence >= SURE


class ValidateBookingForm(ClinicAction):
    """Reads one message into the booking."""

    action_name = "validate_booking_form"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """SlotSet events with `requested_slot` last; no event at all rejects the message."""
        if turn.opens_form:
            return self._open(turn, speak)
        if turn.answered_danger or interrupts(turn):
            return []
        before = Booking.of(turn.tracker)
        with database.read() as session:
            given = understand.add(session, before, turn)
            result = self._read(session, given, turn, changed=given != before)
            done = understand.complete(session, result.booking, turn.contact_id)
        return self._proceed(turn, speak, before, replace(result, booking=done))

    @staticmethod
    def _open(turn: Turn, speak: Speaker) -> Events:
        """A new booking: nothing is left of an earlier one, and the opening message counts."""
        purpose = which.answers(turn)
        coming = which.coming(turn) if purpose or turn.set_now("booking_moves") else []
        moved = _moved(turn, coming, purpose)
        if purpose and not moved:  # "the one on Tuesday": no booking, and over at once
            ask = cancelling.ask if purpose == which.CANCEL else moving.ask
            return [*Booking.cleared(), *ask(turn, speak, coming), SlotSet("requested_slot", None)]
        if purpose and moved:
            moving.say_which(turn, speak, moved)
        with database.read() as session:
            agreed = consent.granted(session, turn.contact_id) or None
            if moved:
                booking = move.opening(session, turn, agreed, moved)
            elif turn.set_now("intake_id") or turn.set_now("booking_specialty"):  # the last message answered the intake
                booking = Booking(consent=agreed, specialty=Booking.of(turn.tracker).specialty)
            else:
                booking = understand.add(session, Booking(consent=agreed), turn)
            key = turn.value("slot_key")
            if key and agreed:
                held = answers.hold(session, understand.of_key(session, booking, key), turn, key)
                booking = held.booking
                if held.says:
                    speak.say_text(held.says)
            booking = understand.complete(session, booking, turn.contact_id)
        events: Events = [*booking.changes(None), SlotSet("requested_slot", _slot_of(booking.question))]
        return events if moved else with_offer(turn, speak, events)

    @staticmethod
    def _read(session: Session, booking: Booking, turn: Turn, changed: bool) -> Answer:
        """What the answer to the question adds; data that was named anywhere counts as understood."""
        key, patient_id = turn.value("slot_key"), turn.value("patient_id")
        if turn.is_tap and key:
            return answers.hold(session, booking, turn, key)
        if turn.is_tap and patient_id:
            return answers.patient(session, booking, turn)
        reader = READERS.get(turn.asked or "")
        if reader is None:
            return Answer(booking)
        if changed and turn.asked not in ("booking_slot", "booking_confirmed", "booking_patient"):
            return Answer(booking)
        result = reader(session, booking, turn)
        return Answer(result.booking) if changed and not result.understood else result

    @staticmethod
    def _proceed(turn: Turn, speak: Speaker, before: Booking, result: Answer) -> Events:
        booking = result.booking
        events: Events = [*booking.changes(before), SlotSet("misunderstood", not result.understood)]
        if result.says:
            speak.say(result.says, None, **result.values) if result.ends else speak.say_text(result.says, **result.values)
        if result.asks:
            speak.say(result.asks, None, **result.values)
        if result.ends:
            return [*Booking.cleared(), *result.events, SlotSet("requested_slot", None)]
        if not result.understood:
            events += _failure(turn, speak, said=bool(result.says))
        # Setting the question's own slot to None says "asked again" where nothing else has changed.
        question = _slot_of(booking.question)
        again = [SlotSet(question, None)] if question else []
        return [*events, *again, *result.events, SlotSet("requested_slot", question)]


def _moved(turn: Turn, coming: Sequence[Appointment], purpose: Optional[str]) -> Optional[Appointment]:
    """The appointment that this booking takes the place of: chosen by an action before, or by this very answer."""
    if turn.set_now("booking_moves"):
        chosen = Booking.of(turn.tracker).moves
        return next((one for one in coming if one.id == chosen), None)
    if purpose != which.MOVE:
        return None
    offered = which.offered(turn)
    return next((one for one in coming if one.id == offered), None) if offered else which.one(turn, coming)


def _failure(turn: Turn, speak: Speaker, said: bool) -> Events:
    """After the second misunderstanding in a row a person is offered; the first one is only explained."""
    if turn.failures_before or not said:
        return not_understood(turn, speak, "utter_not_understood")
    return []


def _slot_of(question: Optional[str]) -> Optional[str]:
    return PREFIX + question if question else None
