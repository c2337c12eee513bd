"""How the answer to each kind of triage question is read; everything else that was said along the way is kept too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Mapping, Optional

from actions.intake.state import Intake
from actions.turn import Turn
from clinic import vocabulary
from clinic.triage import findings, listed, measured, reading, replies
from clinic.triage.codes import CODE, NO, NONE, NUMBER, SIGN, UNKNOWN, YES
from clinic.triage.conditions import Value
from clinic.triage.protocols import LEVELS, Question
from clinic.triage.reading import Said

SURE_NO = 0.6
FEVER = "fever"
# Words behind a "but" that name no more than where it is.
SHORT_EXCEPTION = 5
# Days: what may be how long it has lasted, where nobody asked for it.
SHORTEST, LONGEST = 1.0, 3650.0


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


def of_an_answer(said: Said) -> Said:
    """Without what only an opening tells.

    A sex that is read from words for somebody (behind the opening they are others': "my husband too"), and times that no
    word says it has lasted: "it hurts in the morning", "my period was last week".
    """
    known = {name: value for name, value in said.known.items() if name not in ("sex", "days")}
    if said.own_sex:
        known["sex"] = said.own_sex
    if said.lasting is not None and SHORTEST <= said.lasting <= LONGEST:
        known["days"] = said.lasting
    return replace(said, known=known)


def added(intake: Intake, said: Said) -> Intake:
    """With what was told unasked; what was answered before stays, but danger that is told now counts."""
    # A sex that an answer says outright is right, whatever was read from the opening.
    again = {name for name, value in said.known.items() if value is True or name == "sex"}
    fresh = {name: value for name, value in said.known.items() if name in again or intake.known.get(name) is None}
    return replace(intake, known={**intake.known, **fresh})


def read(intake: Intake, turn: Turn) -> Answer:
    """The answer to the open question."""
    question = intake.question
    if question is None:
        return Answer(intake, True)
    said = of_an_answer(told(turn))
    if question.kind == "which" and not turn.is_tap and replies.rows(turn.text, turn.language, len(question.names) + 2):
        # "The second" is a row, and a Monday only in Portuguese.
        said = replace(said, known={name: value for name, value in said.known.items() if name not in ("days", "age")})
    values = _tapped(question, turn) if turn.is_tap else _READERS[question.kind](question, turn, said, intake.failed > 0)
    if values is None:
        return Answer(added(intake, said), False)
    known = _possible({**added(intake, said).known, **values})
    return Answer(replace(intake, known=known, asked=intake.asked + 1, failed=0), True)


def _possible(known: Mapping[str, Value]) -> Dict[str, Value]:
    """With a no for what cannot be: "me pregnant? I am a man"."""
    cannot = findings.unfit({"sex": known.get("sex")}, "signs")
    return {name: False if name in cannot and value is True else value for name, value in known.items()}


def doubted(before: Intake, answer: Answer, turn: Turn) -> Optional[Intake]:
    """The intake that asks about a sign by itself, where an answer that denies would call an ambulance with it.

    "No, only a snuffly nose, that is where the noise comes from", "no! what malaria?". None where nothing is doubtful.
    """
    question, said = before.question, replies.reply(turn.text, turn.language)
    if question is None or question.kind != "which" or turn.is_tap or not (said.no or said.nothing):
        return None
    after = answer.intake
    if before.verdict().level == LEVELS[-1] or after.verdict().level != LEVELS[-1]:
        return None
    raised = [name for name in after.raised() if name in question.names and before.known.get(name) is not True]
    known = {name: value for name, value in after.known.items() if name not in raised}
    return replace(after, known=known, question=Question("sign", (raised[0],)), failed=0) if raised else None


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
    """A no by itself, or one that goes on ("no, he eats as always", "no my husband had the snip")."""
    if vocabulary.is_one_of("no", turn.text) or (turn.intent == "deny" and turn.confidence >= SURE_NO):
        return True
    return replies.reply(turn.text, turn.language).no


def _yes(turn: Turn) -> bool:
    return turn.is_yes or replies.reply(turn.text, turn.language).yes


def is_an_answer(turn: Turn) -> bool:
    """Whether it sounds like one to a list, though not all of it was read: "no, I eat and drink as always", "the third"."""
    if turn.is_tap or "?" in turn.text or "؟" in turn.text:
        return False
    said = replies.reply(turn.text, turn.language)
    return said.no or said.yes or said.nothing or said.rest or said.ends_with_no or said.begins_with_only


def agrees(turn: Turn) -> Optional[bool]:
    """The answer to "may I ask, and keep the answers?": True, False, None where it is neither."""
    if turn.is_tap:
        return {"affirm": True, "deny": False, "delete_data": False}.get(turn.intent)
    said = replies.reply(turn.text, turn.language)
    row = replies.rows(turn.text, turn.language, 2)
    if said.agrees or row == (0,) or (turn.is_yes and not said.no):
        return True
    refuses = turn.intent in ("deny", "delete_data") and turn.confidence >= SURE_NO
    return False if said.no or row == (1,) or refuses else None


def _which(question: Question, turn: Turn, said: Said, again: bool) -> Optional[Dict[str, Value]]:
    """Signs named in words, by the place in the list; none of them; not known.

    "No, only the foot drags" is no plain no, where nobody knows these words: it is asked once more.
    """
    found = listed.marked(turn.text, turn.language, question.names, said, again)
    if FEVER in question.names and "temperature" in said.known:  # 37.2 is none, whatever it was called
        found = {**(found or {}), FEVER: findings.completed(said.known)[FEVER]}
    if found is None:
        cannot = findings.unfit(said.known, "signs") & set(question.names)
        found = dict.fromkeys(question.names if _no(turn) else sorted(cannot), False) or None
    return None if found is not None and not any(found.values()) and not again and _takes_back(turn, said) else found


def _takes_back(turn: Turn, said: Said) -> bool:
    """Whether a no is followed by an exception of which no word is known, or in many words no more than a place.

    "No, only my back" is a no; "no pain, only the right hand will not and the foot drags" may be a row in other words.
    """
    known = said.known or said.complaints or said.unknown
    place = said.parts and replies.excepted(turn.text, turn.language) <= SHORT_EXCEPTION
    return replies.reply(turn.text, turn.language).only and not known and not place


def _sign(question: Question, turn: Turn, said: Said, again: bool) -> Optional[Dict[str, Value]]:
    name = question.names[0]
    marked = listed.marked(turn.text, turn.language, (name,), said) or {}
    # "I am a lad! What has birth to do with it?" names it and asks back.
    asks_back = not again and ("?" in turn.text or "؟" in turn.text)
    if name in findings.unfit(said.known, "signs"):
        return {name: False}
    if (marked.get(name) is True and not asks_back) or _yes(turn):
        return {name: True}
    if name in marked and marked[name] is not True:
        return {name: marked[name]}
    if findings.completed(said.known).get(name) is False:
        return {name: False}
    return {name: False} if _no(turn) and (again or not _takes_back(turn, said)) else None


_NUMBERS: Mapping[str, Callable[[str, str], Optional[float]]] = {
    "age": reading.age,
    "days": reading.days,
    "severity": reading.severity,
}


def _number(question: Question, turn: Turn, said: Said, again: bool) -> Optional[Dict[str, Value]]:
    name = question.names[0]
    value: Any = said.known.get(name)
    if name == "severity":
        value = reading.severity(turn.text, turn.language)
    elif not isinstance(value, (int, float)) or isinstance(value, bool):
        value = _NUMBERS[name](turn.text, turn.language) if name in _NUMBERS else measured.bare(name, turn.text)
    if value is not None:
        return {name: float(value)}
    if said.unknown or said.none or _no(turn):
        return {name: None}
    return None


def _choice(question: Question, turn: Turn, said: Said, again: bool) -> Optional[Dict[str, Value]]:
    name = question.names[0]
    if said.known.get(name) in findings.choices()[name]:
        return {name: said.known[name]}
    return {name: None} if said.unknown else None


_READERS: Mapping[str, Callable[[Question, Turn, Said, bool], Optional[Dict[str, Value]]]] = {
    "which": _which,
    "sign": _sign,
    "number": _number,
    "choice": _choice,
}
