"""How the answer to each kind of triage question is read; everything else that was said along the way is kept too."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Mapping, Optional

from actions.booking import reading as choices
from actions.intake.state import Intake
from actions.turn import Turn
from clinic import vocabulary
from clinic.triage import findings, measured, reading, screen
from clinic.triage.codes import CODE, NO, NONE, NUMBER, SIGN, UNKNOWN, YES
from clinic.triage.conditions import Value
from clinic.triage.protocols import Question
from clinic.triage.reading import Said
from clinic.vocabulary import normalise

SURE_NO = 0.6
_CLAUSE = re.compile(r"[,،.;؛:!\n]|\s[-–—]\s")


@dataclass(frozen=True)
class Answer:
    """The intake after an answer, and whether it answered the question."""

    intake: Intake
    understood: bool


def told(turn: Turn) -> Said:
    """What the message tells by itself: its words, and the values that the model has found in it."""
    if turn.is_tap:
        return Said()
    said = reading.read(turn.text, turn.language)
    return replace(said, known={**said.known, **measured.values(turn.entities("measurement"))})


def added(intake: Intake, said: Said) -> Intake:
    """With what was told unasked; what was answered before stays, but danger that is told now counts."""
    fresh = {name: value for name, value in said.known.items() if name not in intake.known or value is True}
    return replace(intake, known={**intake.known, **fresh})


def read(intake: Intake, turn: Turn) -> Answer:
    """The answer to the open question."""
    question = intake.question
    if question is None:
        return Answer(intake, True)
    said = told(turn)
    values = _tapped(question, turn) if turn.is_tap else _READERS[question.kind](question, turn, said)
    if values is None:
        return Answer(added(intake, said), False)
    known = {**added(intake, said).known, **values}
    return Answer(replace(intake, known=known, asked=intake.asked + 1, failed=0), True)


def given_up(intake: Intake) -> Intake:
    """The question was not answered: it counts as not known, which is the safe reading."""
    names = intake.question.names if intake.question else ()
    return replace(intake, known={**intake.known, **dict.fromkeys(names)}, asked=intake.asked + 1, failed=0)


def _tapped(question: Question, turn: Turn) -> Optional[Dict[str, Value]]:
    tapped = turn.value("answer") or ""
    if tapped == UNKNOWN:
        return dict.fromkeys(question.names)
    if tapped in (NONE, NO):
        return dict.fromkeys(question.names, False)
    if tapped == YES and question.kind == "sign":
        return dict.fromkeys(question.names, True)
    if tapped.startswith(SIGN) and tapped.removeprefix(SIGN) in question.names:
        # One tap names one sign; what else is on the list is asked again, as far as it still matters.
        return {tapped.removeprefix(SIGN): True}
    if tapped.startswith(NUMBER) and question.kind == "number":
        return {question.names[0]: float(tapped.removeprefix(NUMBER))}
    if tapped.startswith(CODE) and tapped.removeprefix(CODE) in findings.choices().get(question.names[0], ()):
        return {question.names[0]: tapped.removeprefix(CODE)}
    return None


def _no(turn: Turn) -> bool:
    """A no by itself, or one that goes on ("no, he eats as always") without taking anything back ("no, only …")."""
    if vocabulary.is_one_of("no", turn.text) or (turn.intent == "deny" and turn.confidence >= SURE_NO):
        return True
    begins, *goes_on = _CLAUSE.split(turn.text, 1)
    taken_back = any(vocabulary.mentions(section, words) for section in ("doubt", "exception") for words in goes_on)
    return vocabulary.is_one_of("no", begins) and not taken_back


def _which(question: Question, turn: Turn, said: Said) -> Optional[Dict[str, Value]]:
    """Signs named in words, by the place in the list, by the danger screen; none of them; not known."""
    there = {name for name in question.names if said.known.get(name) is True}
    there |= {name for name in question.names if name in _screened(turn.text)}
    row = place(turn.text, len(question.names) + 1)
    if not there and row is not None:
        there = set(question.names[row : row + 1])
        return {name: name in there for name in question.names}
    if there:
        return {name: name in there for name in question.names}
    if said.unknown:
        return dict.fromkeys(question.names)
    denied = [name for name in question.names if said.known.get(name) is False]
    if said.none or denied or _no(turn):
        return dict.fromkeys(question.names, False)
    return None


def place(text: str, count: int) -> Optional[int]:
    """Which of `count` rows is meant by a bare number, from 0."""
    if not choices.picks_by_number(text):
        return None
    number = int(re.sub(r"\D", "", normalise(text)))
    return number - 1 if 1 <= number <= count else None


def _screened(text: str) -> set[str]:
    return {
        finding for sign in screen.screen(text).signs if sign in screen.signs() for finding in screen.signs()[sign].findings
    }


def _sign(question: Question, turn: Turn, said: Said) -> Optional[Dict[str, Value]]:
    name = question.names[0]
    if said.unknown:
        return {name: None}
    if turn.is_yes or said.known.get(name) is True:
        return {name: True}
    if _no(turn) or said.none or said.known.get(name) is False:
        return {name: False}
    return None


_NUMBERS: Mapping[str, Callable[[str, str], Optional[float]]] = {
    "age": reading.age,
    "days": reading.days,
    "severity": reading.severity,
}


def _number(question: Question, turn: Turn, said: Said) -> Optional[Dict[str, Value]]:
    name = question.names[0]
    value: Any = said.known.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        value = _NUMBERS[name](turn.text, turn.language) if name in _NUMBERS else measured.bare(name, turn.text)
    if value is not None:
        return {name: float(value)}
    if said.unknown or said.none or _no(turn):
        return {name: None}
    return None


def _choice(question: Question, turn: Turn, said: Said) -> Optional[Dict[str, Value]]:
    name = question.names[0]
    if said.known.get(name) in findings.choices()[name]:
        return {name: said.known[name]}
    return {name: None} if said.unknown else None


_READERS: Mapping[str, Callable[[Question, Turn, Said], Optional[Dict[str, Value]]]] = {
    "which": _which,
    "sign": _sign,
    "number": _number,
    "choice": _choice,
}
