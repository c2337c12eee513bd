"""The questions of the intake. Each shows its choices; typing the answer works as well."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Dict, List, Mapping, Optional

from actions.base import Choice, ClinicAction, Events, Speaker
from actions.intake.state import Intake
from actions.turn import Turn
from clinic.triage import codes, texts
from clinic.triage.codes import COMPLAINT
from clinic.triage.protocols import GENERAL, Question

# Rows of a WhatsApp list.
ROWS = 10
# Buttons that spare typing where most answers are one of three; "I don't know" is one of them or typed.
NUMBERS: Mapping[str, Mapping[str, float]] = {
    "severity": {"utter_intake_mild": 2, "utter_intake_medium": 5, "utter_intake_severe": 8},
    "days": {"utter_intake_today": 0.5, "utter_intake_few_days": 3, "utter_intake_longer": 10},
}
UNKNOWN_TITLES = {"temperature": "utter_intake_not_measured"}


def _choice(title: str, answer: str, description: Optional[str] = None) -> Choice:
    choice: Dict[str, str] = {"title": title, "payload": "/inform" + json.dumps({"answer": answer})}
    return {**choice, "description": description} if description else choice


def choices_of(question: Question, speak: Speaker, language: str) -> List[Choice]:
    """The buttons or rows of a question."""
    unknown = _choice(speak.text("utter_intake_unknown"), codes.UNKNOWN)
    name = question.names[0]
    if question.kind == "which":
        rows = [_sign_row(one, language) for one in question.names]
        rows.append(_choice(speak.text("utter_intake_none"), codes.NONE))
        return [*rows, unknown] if len(rows) < ROWS else rows
    if question.kind == "sign":
        yes, no = speak.text("utter_intake_yes"), speak.text("utter_intake_no")
        return [_choice(yes, codes.YES), _choice(no, codes.NO), unknown]
    if question.kind == "choice":
        options = texts.of_finding(name, language)["options"]
        return [_choice(title, codes.CODE + code) for code, title in options.items()]
    if name in NUMBERS:
        return [_choice(speak.text(key), f"{codes.NUMBER}{value:g}") for key, value in NUMBERS[name].items()]
    if name == "age":
        return []
    return [_choice(speak.text(UNKNOWN_TITLES.get(name, "utter_intake_unknown")), codes.UNKNOWN)]


def _sign_row(name: str, language: str) -> Choice:
    entry = texts.of_finding(name, language)
    return _choice(str(entry["title"]), codes.SIGN + name, entry.get("more"))


class _Ask(ClinicAction):
    """A question of the form; silent when this turn has already offered something else (a person)."""

    slot = ""

    def name(self) -> str:
        """action_ask_<form>_<slot>, where Rasa looks for it."""
        return f"action_ask_intake_form_{self.slot}"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Ask."""
        if not turn.offers_now:
            self.ask(turn, speak, Intake.of(turn.tracker))
        return []

    @abstractmethod
    def ask(self, turn: Turn, speak: Speaker, intake: Intake) -> None:
        """Say the question."""


class AskIntakeConsent(_Ask):
    """Before any answer about health is kept."""

    slot = "intake_consent"

    def ask(self, turn: Turn, speak: Speaker, intake: Intake) -> None:
        """What is asked for, and that no is fine."""
        speak.say("utter_ask_health_consent")


class AskIntakeComplaint(_Ask):
    """What is the matter."""

    slot = "intake_complaint"

    def ask(self, turn: Turn, speak: Speaker, intake: Intake) -> None:
        """What fits best, where the model has an idea; else in the patient's own words."""
        if not intake.candidates:
            speak.say("utter_ask_complaint")
            return
        rows = [_choice(texts.complaint_title(name, turn.language), COMPLAINT + name) for name in intake.candidates]
        rows.append(_choice(speak.text("utter_intake_other"), COMPLAINT + GENERAL))
        speak.ask(speak.text("utter_ask_which_complaint"), rows, speak.text("utter_intake_choose"))


class AskIntakeAnswer(_Ask):
    """The protocol's next question."""

    slot = "intake_answer"

    def ask(self, turn: Turn, speak: Speaker, intake: Intake) -> None:
        """The first one says what it is about."""
        question = intake.question
        if question is None:
            return
        words = _words(question, intake, speak, turn.language)
        if intake.asked == 0 and intake.protocols:
            about = speak.text("utter_intake_about", complaint=texts.complaint(intake.lead[0].name, turn.language))
            words = f"{about}\n\n{words}"
        label = speak.text("utter_intake_choose")
        speak.ask(words, choices_of(question, speak, turn.language), label)


def _words(question: Question, intake: Intake, speak: Speaker, language: str) -> str:
    if question.kind != "which":
        return str(texts.of_finding(question.names[0], language)["ask"])
    lists = [one.names for one in intake.lead[0].questions if set(question.names) < set(one.names)]
    named = any(intake.known.get(name) is True for names in lists for name in names)
    if named:
        return speak.text("utter_intake_which_else")
    # On a phone the rows of a list stand behind its button: who types "none of these" has to have read them.
    titles = (texts.of_finding(name, language)["title"] for name in question.names)
    rows = "\n".join(f"{place}. {title}" for place, title in enumerate(titles, 1))
    return speak.text("utter_intake_which", rows=rows)
