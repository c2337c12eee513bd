"""Is this a person's name, and whose? What is typed when a name was asked for may be anything."""

from __future__ import annotations

import re
from typing import Optional, Sequence

from actions.turn import Turn
from clinic import patients, vocabulary
from clinic.models import Patient

MOST_WORDS = 5
LENGTH_OF_A_NAME = 4
SURE_OF_A_PERSON, PERHAPS_A_PERSON = 0.8, 0.4
# Intents that a name is never taken for, from this confidence on: the model has seen few of the world's names.
NO_NAME = {
    "book_appointment": 0.5,
    "affirm": 0.7,
    "deny": 0.7,
    "greet": 0.7,
    "thank": 0.7,
    "nevermind": 0.5,
    "help": 0.5,
    "faq": 0.5,
    "cancel_appointment": 0.7,
    "reschedule_appointment": 0.7,
    "find_doctor": 0.7,
    "report_symptom": 0.7,
    "ask_medical_advice": 0.7,
    "emergency": 0.5,
    "complain": 0.7,
    "opt_out": 0.7,
    "delete_data": 0.7,
}


def _own_part(turn: Turn) -> str:
    """The text without "my name is", "for my daughter" and the like."""
    person = turn.value("person")
    if person:
        return person
    text = turn.text
    for entity in sorted(turn.entities("relation"), key=lambda entity: -int(entity.get("start") or 0)):
        text = text[: int(entity["start"])] + " " + text[int(entity["end"]) :]
    return vocabulary.without_leading(("name_cues", "weak_name_cues"), text.strip(" ,.:"))


def enough_against(turn: Turn, otherwise: float) -> float:
    """How sure the model must be of its intent for a message not to be the name that was asked for.

    A sentence that wants a person is believed early: no name may swallow it. In a name's length ("منى عبد الرحمن"
    looks like such a wish to the model) it has to be sure; plain wishes for a person are, in all languages.
    """
    if turn.intent != "human_handoff":
        return otherwise
    return SURE_OF_A_PERSON if len(turn.text.split()) <= LENGTH_OF_A_NAME else PERHAPS_A_PERSON


def written(turn: Turn) -> Optional[str]:
    """The name that the message is, tidied; None when it is a tap, a question, a sentence or no name."""
    if turn.is_tap or vocabulary.code_of("ordinals", turn.text) or "?" in turn.text or "\u061f" in turn.text:
        return None
    unlikely = turn.confidence >= enough_against(turn, NO_NAME.get(turn.intent, 1.1))
    if not turn.value("person") and (unlikely or vocabulary.mentions("doubt", turn.text)):
        return None
    try:
        name = patients.clean_name(_own_part(turn))
    except patients.InvalidName:
        return None
    return name if len(name.split()) <= MOST_WORDS else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", vocabulary.normalise(text))


def known_patient(text: str, known: Sequence[Patient]) -> Optional[Patient]:
    """The known patient whom `text` names: whole name, a first name that only one has, or the place in the list."""
    said = _words(text)
    if len(said) == 1 and said[0].isdigit():
        # the list shows the newest nine
        shown = list(known)[-9:]
        return shown[int(said[0]) - 1] if 1 <= int(said[0]) <= len(shown) else None
    whole = [patient for patient in known if set(_words(patient.name)) <= set(said)]
    first = [patient for patient in known if _words(patient.name)[:1] == said[:1] and len(said) == 1]
    for found in (whole, first):
        if len(found) == 1:
            return found[0]
    return None
