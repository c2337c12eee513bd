"""The end of the intake: how soon and where, what to watch for, that this is no diagnosis; and the way there."""

from __future__ import annotations

from typing import Callable, Mapping, Optional

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.emergency import alarm
from actions.intake.state import Intake
from actions.turn import Turn
from clinic import consent, database, directory, handoffs, hours
from clinic.models import Intake as Row
from clinic.settings import environment
from clinic.triage import findings, intakes, screen, texts
from clinic.triage.conditions import Value
from clinic.triage.intakes import PURPOSE, Told

GENERAL_PRACTICE = "general_practice"


def signs_for(known: Mapping[str, Value]) -> list[str]:
    """The screen's signs that stand for the findings that are there: they choose the words and the first aid.

    What is said for children counts first, and for nobody else.
    """
    age = known.get("age")
    years = float(age) if isinstance(age, (int, float)) else None
    told = {name for name, value in known.items() if value is True}
    found = [sign for sign in screen.signs().values() if told & {*sign.findings, *sign.aided}]
    fitting = [sign for sign in found if sign.below is None or (years is not None and years < sign.below)]
    return [sign.name for sign in sorted(fitting, key=lambda sign: sign.below is None)]


class SubmitIntake(ClinicAction):
    """Says the verdict and opens the way: ambulance, a person, a booking, or advice with a look-back tomorrow."""

    action_name = "action_submit_intake"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Silent when the form ended early (consent refused, left)."""
        intake = Intake.of(turn.tracker)
        if not intake.protocols and not intake.known:
            return []
        row = _saved(turn, intake)
        ways: Mapping[str, Callable[[Turn, Speaker, Intake, Optional[int]], Events]] = {
            "emergency": _emergency,
            "urgent": _urgent,
            "routine": _routine,
            "self_care": _self_care,
        }
        level = intake.verdict().level
        events = [*ways[level](turn, speak, intake, row), *Intake.cleared()]
        # Who says that it was a mistake goes on from here (actions/people.py).
        return [*events, intake.doubted().kept()] if level == "emergency" else events


def _saved(turn: Turn, intake: Intake) -> Optional[int]:
    """The id of the intake's row; None without consent."""
    verdict = intake.verdict()
    others = tuple(protocol.name for protocol in intake.lead[1:])
    specialty = None if verdict.level == "emergency" else _specialty(intake)
    with database.transaction() as session:
        if not consent.granted(session, turn.contact_id, PURPOSE):
            return None
        row: Row = intakes.save(
            session, turn.contact_id, Told(intake.known, verdict, intake.opening, others), specialty, turn.language
        )
        return row.id


def _specialty(intake: Intake) -> str:
    """The specialty that sees this, general practice where the clinic has nobody of it."""
    age = intake.known.get("age")
    wanted = intake.lead[0].specialty_for(float(age) if isinstance(age, (int, float)) else None)
    with database.read() as session:
        return wanted if directory.practitioners(session, wanted) else GENERAL_PRACTICE


def _advice(intake: Intake) -> str:
    """Whose texts fit the patient."""
    age = intake.known.get("age")
    return intake.lead[0].texts_for(float(age) if isinstance(age, (int, float)) else None)


def _closing(speak: Speaker, intake: Intake, language: str) -> str:
    watch = speak.text("utter_triage_watch", watch=texts.watch(_advice(intake), language))
    return f"{watch}\n\n{speak.text('utter_triage_no_diagnosis')}"


def _kind_words(speak: Speaker, intake: Intake, language: str) -> None:
    """What somebody should hear who told of it, however soon they are seen."""
    for name, entry in findings.words().items():
        if intake.known.get(name) is True:
            speak.say_words(texts.aid(entry, language) or "", [])


def _emergency(turn: Turn, speak: Speaker, intake: Intake, row: Optional[int]) -> Events:
    events = alarm(turn, speak, signs_for(intake.known))
    _kind_words(speak, intake, turn.language)
    return events


def _urgent(turn: Turn, speak: Speaker, intake: Intake, row: Optional[int]) -> Events:
    """A person now where somebody is there; else where else to go today. The team sees it in both cases."""
    summary = intake.in_words()
    handoffs.open_handoff(turn.contact_id, "triage", turn.language, summary, "urgent")
    with database.read() as session:
        opening = hours.next_opening(session)
    if opening is None:
        said = speak.text("utter_triage_urgent_open")
    else:
        line = environment().get("CLINIC_OUT_OF_HOURS") or ""
        said = speak.text("utter_triage_urgent_closed", opening=hours.in_words(opening, turn.language))
        said += f"\n{speak.text('utter_triage_out_of_hours', number=line)}" if line else ""
    _kind_words(speak, intake, turn.language)
    speak.say_words(f"{said}\n\n{_closing(speak, intake, turn.language)}", [])
    return []


def _routine(turn: Turn, speak: Speaker, intake: Intake, row: Optional[int]) -> Events:
    """Straight into booking, with the right specialty; the summary goes with the appointment."""
    specialty = _specialty(intake)
    speak.say_words(f"{speak.text('utter_triage_routine')}\n\n{_closing(speak, intake, turn.language)}", [])
    return [SlotSet("intake_id", row), SlotSet("booking_specialty", specialty), FollowupAction("booking_form")]


def _self_care(turn: Turn, speak: Speaker, intake: Intake, row: Optional[int]) -> Events:
    """Advice, and the offer to ask tomorrow how it is."""
    advice = texts.self_care(_advice(intake), turn.language)
    said = [speak.text("utter_triage_self_care"), advice or "", _closing(speak, intake, turn.language)]
    speak.say_words("\n\n".join(part for part in said if part), [])
    speak.say("utter_ask_check_back")
    return [SlotSet("offer", "check_back"), SlotSet("intake_id", row)]
