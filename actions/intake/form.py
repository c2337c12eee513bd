"""validate_intake_form: takes in what was told and decides what to ask next.

The form is called with every message while it is open. What is no answer (a question about the clinic, "stop", a
person) it rejects, so that the rules answer; then it asks again. Emergencies never come here: dialogue/emergency.py.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Mapping, Optional, Sequence

from rasa_sdk.events import SlotSet

from actions import which
from actions.base import ClinicAction, Events, Speaker
from actions.booking.form import INTERRUPTING
from actions.fallback import not_understood
from actions.intake import answers
from actions.intake.complaint import heard
from actions.intake.offer import told_before
from actions.intake.state import LONGEST_OPENING, SLOT, Intake
from actions.turn import Turn
from clinic import consent, database
from clinic.triage import findings
from clinic.triage.conditions import Value
from clinic.triage.intakes import PURPOSE
from clinic.triage.protocols import LEVELS, leading, protocols
from clinic.triage.reading import Said

CONSENT, COMPLAINT, ANSWER = "intake_consent", "intake_complaint", "intake_answer"
# What is part of telling one's complaint.
ABOUT_HEALTH = frozenset(("report_symptom", "log_vital", "emergency"))
# What is never swallowed by a question, even where the words hold an answer too.
ALWAYS = frozenset(("human_handoff", "nevermind", "change_language", "opt_out", "delete_data", "export_data", "complain"))
SURE, QUITE_SURE = 0.6, 0.8
# What an answer may sound like ("nothing more from list").
ONLY_SURE = ("nevermind", "opt_out")
# The rank up to which a complaint can be taken back ("it is not my neck").
MAY_BE_WRONG = 70


def interrupts(turn: Turn, answered: bool, counted: bool = False) -> bool:
    """Whether the message is for the rules and not for the form; `answered` when the form can read it, `counted` when it
    has the number that was asked for: "a 4 perhaps, only annoying" is no wish to hear nothing more.
    """
    if which.tapped(turn) is not None:
        return True
    if turn.is_tap:
        return not turn.value("answer") and turn.intent in INTERRUPTING
    if turn.intent in ABOUT_HEALTH or turn.intent not in INTERRUPTING or (turn.intent == "nevermind" and answered):
        return False
    if turn.intent in ONLY_SURE and counted:
        return False
    if turn.intent == "complain" and answered:  # "I told you that nobody has measured it"
        return False
    if turn.intent in ALWAYS:
        return turn.confidence >= (QUITE_SURE if answered or turn.intent in ONLY_SURE else SURE)
    return not answered and turn.confidence >= SURE


class ValidateIntakeForm(ClinicAction):
    """Reads one message into the intake."""

    action_name = "validate_intake_form"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """SlotSet events with `requested_slot` last; no event at all rejects the message."""
        if turn.opens_form:
            return self._open(turn)
        intake = Intake.of(turn.tracker)
        if turn.answered_danger:
            return _asking(intake, turn.asked or ANSWER)
        if turn.asked == CONSENT:
            return self._consent(turn, speak, intake)
        if turn.asked == COMPLAINT:
            return self._complaint(turn, speak, intake)
        return self._answer(turn, speak, intake)

    @staticmethod
    def _open(turn: Turn) -> Events:
        """A new intake: the opening message counts."""
        intake = Intake.of(turn.tracker) if turn.set_now(SLOT) else opened(turn)
        with database.read() as session:
            agreed = consent.granted(session, turn.contact_id, PURPOSE)
        if not agreed:
            return _asking(intake, CONSENT)
        return _asking(intake, ANSWER if intake.protocols else COMPLAINT, same=intake.question is not None)

    @staticmethod
    def _consent(turn: Turn, speak: Speaker, intake: Intake) -> Events:
        if turn.offered == "person" and turn.intent == "deny":  # "no, carry on" after two misunderstandings
            return _asking(intake, CONSENT)
        agrees = answers.agrees(turn)
        if agrees and turn.about in (None, PURPOSE):
            consent.grant(turn.contact_id, PURPOSE)
            told = answers.of_an_answer(answers.told(turn))
            return _asking(answers.added(intake, told), ANSWER if intake.protocols else COMPLAINT)
        if agrees is False and turn.about in (None, PURPOSE):
            consent.refuse(turn.contact_id, PURPOSE)
            speak.say("utter_health_refused")
            return [*Intake.cleared(), SlotSet("requested_slot", None)]
        told = answers.told(turn)
        if interrupts(turn, answered=bool(told.complaints)):
            return []
        if told.complaints or told.known:
            return _asking(_with_complaint(answers.added(intake, told), turn, told), CONSENT)
        return [*_misunderstood(turn, speak, "utter_confirm_not_understood"), *_asking(intake, CONSENT)]

    @staticmethod
    def _complaint(turn: Turn, speak: Speaker, intake: Intake) -> Events:
        told = answers.told(turn)
        fresh = _with_complaint(answers.added(intake, told), turn, told)
        # Who is asked what it is about is told the rows again, not that this is none of our business.
        is_asked = turn.intent == "out_of_scope" and "?" not in turn.text and "؟" not in turn.text
        if interrupts(turn, answered=bool(fresh.protocols) or is_asked):
            return []
        if fresh.protocols or intake.failed:  # whatever it is, the general questions fit
            return _asking(fresh, ANSWER)
        return [SlotSet("misunderstood", True), *_asking(replace(fresh, failed=1), COMPLAINT)]

    @staticmethod
    def _answer(turn: Turn, speak: Speaker, intake: Intake) -> Events:
        result, told = answers.read(intake, turn), answers.told(turn)
        counted = result.understood and intake.question is not None and intake.question.kind == "number"
        if interrupts(turn, result.understood or bool(told.known) or answers.is_an_answer(turn), counted):
            return []
        corrected = _corrected(result.intake, turn, told)
        if corrected is not None:
            return _asking(corrected, ANSWER)
        doubted = answers.doubted(intake, result, turn)
        if doubted is not None:
            return _asking(doubted, ANSWER, same=True)
        if result.understood:
            return _asking(_with_more_complaints(result.intake, told), ANSWER)
        if result.intake.verdict().level == LEVELS[-1]:  # what it told beside the question is enough
            return _asking(result.intake, ANSWER)
        kept = result.intake if turn.is_tap else result.intake.with_remark(turn.said)
        if intake.failed:  # asked twice: not known, which is the safe reading
            return _asking(answers.given_up(kept), ANSWER)
        about_signs = intake.question is not None and intake.question.kind in ("which", "sign")
        speak.say_text("utter_intake_noted" if about_signs else "utter_intake_again")
        return [SlotSet("misunderstood", True), *_asking(replace(kept, failed=1), ANSWER, same=True)]


def opened(turn: Turn) -> Intake:
    """An intake with what the opening message tells: of a yes to the offer (actions/intake/offer.py), the one before."""
    turn = told_before(turn) or turn
    told = answers.told(turn)
    opening = "" if turn.is_tap else turn.said[:LONGEST_OPENING]
    return _with_complaint(answers.added(Intake(opening=opening), told), turn, told)


def _with_complaint(intake: Intake, turn: Turn, told: Said) -> Intake:
    found = heard(turn, told, intake.known, intake.candidates)
    opening = intake.opening or turn.said[:LONGEST_OPENING]
    if not found.protocols:
        return replace(intake, candidates=found.candidates or intake.candidates, opening=opening)
    implied = {name: True for protocol in found.protocols for name in protocol.implies}
    names = tuple(protocol.name for protocol in found.protocols)
    return replace(intake, protocols=names, known={**implied, **_of_the_patient(intake.known, names)}, opening=opening)


def _of_the_patient(known: Mapping[str, Value], names: Sequence[str]) -> Mapping[str, Value]:
    """Without an age at which nobody has this complaint: "my breast is red, the baby is 5 weeks"."""
    somebody_elses = findings.unfit({"age": known.get("age")}, "protocols") & {*names}
    return {name: value for name, value in known.items() if name != "age" or not somebody_elses}


def _corrected(intake: Intake, turn: Turn, told: Said) -> Optional[Intake]:
    """The intake about another complaint than the one the answer denies ("no no, not fever! the stomach burns").

    None where it denies none, or tells of no other; a dangerous complaint may be gone for the moment, and stays.
    """
    asked = intake.question.names if intake.question else ()
    denied = {name for name, value in told.known.items() if value is False and name not in asked}
    wrong = {one.name: one.implies for one in intake.lead if one.rank <= MAY_BE_WRONG and denied & {*one.implies}}
    if not wrong or len(wrong) < len(intake.lead):
        return None
    known = {name: value for name, value in intake.known.items() if name not in {*chain(*wrong.values())}}
    other = _with_complaint(replace(intake, protocols=(), candidates=(), known={**known, **told.known}), turn, told)
    return other if other.protocols and not {*other.protocols} & {*wrong} else None


def _with_more_complaints(intake: Intake, told: Said) -> Intake:
    """A complaint that is told later joins the others; the most dangerous leads from now on.

    What the leading protocol asks for itself is no complaint of its own: "weakness, yes" in the list of a cough.
    """
    asked = {name for protocol in intake.lead for question in protocol.questions for name in question.names}
    fresh = [code for code in told.complaints if code not in asked]
    new = [protocol.name for protocol in leading(fresh, []) if protocol.name not in intake.protocols]
    more_dangerous = [name for name in new if _rank(name) > _rank(intake.lead[0].name)]
    if not intake.protocols or not more_dangerous:
        return intake
    names = sorted([*intake.protocols, *more_dangerous], key=_rank, reverse=True)
    return replace(intake, protocols=tuple(names))


def _rank(name: str) -> int:
    return protocols()[name].rank


def _asking(intake: Intake, slot: str, same: bool = False) -> Events:
    """Events that keep the intake and ask for `slot`; without a question left the form is over.

    The slots before it are filled, so that Rasa, coming back from a question in between, asks for this one again.
    """
    if slot == ANSWER and not same:
        intake = intake.with_next()
    requested: Optional[str] = None if slot == ANSWER and intake.question is None else slot
    return [
        intake.kept(),
        SlotSet(CONSENT, None if slot == CONSENT else True),
        SlotSet(COMPLAINT, intake.lead[0].name if slot == ANSWER else None),
        SlotSet(ANSWER, None),
        SlotSet("requested_slot", requested),
    ]


def _misunderstood(turn: Turn, speak: Speaker, text: str) -> Sequence[dict[str, object]]:
    """After the second misunderstanding in a row a person is offered; the first one is only explained."""
    if turn.failures_before:
        return not_understood(turn, speak, "utter_not_understood")
    speak.say_text(text)
    return [SlotSet("misunderstood", True)]
