"""Who works here: doctors by specialty, gender and language, with their days and places."""

from __future__ import annotations

import json
from typing import Dict, List, Optional, Sequence

from actions.base import Choice, ClinicAction, Events, Speaker
from actions.intake.offer import with_offer
from actions.turn import Turn
from clinic import database, directory, formats
from clinic.directory import Weeks
from clinic.models import Practitioner

FILTERS = ("practitioner", "specialty", "gender", "language")
# Of more than these, names alone: a long list is not read.
MOST_IN_DETAIL = 6


class FindDoctor(ClinicAction):
    """Lists the doctors that fit what was named; without a wish, who there is in every specialty."""

    action_name = "action_find_doctor"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """A doctor who is named counts alone. Where nobody has everything, those of the specialty are shown."""
        wishes = {name: turn.value(name) or _wished_before(turn, name) for name in FILTERS}
        if wishes["practitioner"]:
            wishes = {"practitioner": wishes["practitioner"]}
        with database.read() as session:
            everybody, weeks = directory.practitioners(session), directory.working_weeks(session)
        found = [person for person in everybody if _fits(person, wishes)]
        if not any(wishes.values()):
            self._say(turn, speak, "utter_doctors_all", _by_specialty(everybody, turn.language), found)
            return with_offer(turn, speak, [])
        key = "utter_doctors"
        if not found:
            key, found = "utter_doctors_none", _nearest(everybody, wishes)
        if len(found) > MOST_IN_DETAIL:
            lines = _by_specialty(found, turn.language)
        else:
            lines = [_line(person, weeks, turn, speak) for person in found]
        self._say(turn, speak, key, lines, found)
        return with_offer(turn, speak, [])

    @staticmethod
    def _say(turn: Turn, speak: Speaker, key: str, lines: Sequence[str], found: Sequence[Practitioner]) -> None:
        people = "\n".join(lines)
        if turn.in_form:
            speak.say_text(key, people=people)
        else:
            speak.say(key, [_book(turn, speak, found), _person(speak)], people=people)


def _wished_before(turn: Turn, name: str) -> Optional[str]:
    """What a search that this message only adds to ("a woman, please") had named."""
    if turn.intent != "inform":
        return None
    named = (turn.before or {}).get("entities") or []
    return next((str(entity["value"]) for entity in named if entity.get("entity") == name), None)


def _fits(person: Practitioner, wishes: Dict[str, Optional[str]]) -> bool:
    has = {
        "practitioner": [person.identifier],
        "specialty": [role.specialty.code for role in person.roles],
        "gender": [person.gender],
        "language": person.languages,
    }
    return all(wish in has[name] for name, wish in wishes.items() if wish)


def _nearest(everybody: Sequence[Practitioner], wishes: Dict[str, Optional[str]]) -> List[Practitioner]:
    """Whom to name where nobody has everything: those of the specialty, or all."""
    return [one for one in everybody if _fits(one, {"specialty": wishes.get("specialty")})] or list(everybody)


def _specialties(person: Practitioner, language: str) -> List[str]:
    names = [directory.specialty_name(role.specialty, language) for role in person.roles]
    return list(dict.fromkeys(names))


def _by_specialty(people: Sequence[Practitioner], language: str) -> List[str]:
    there: Dict[str, List[str]] = {}
    for person in people:
        for name in _specialties(person, language):
            there.setdefault(name, []).append(formats.isolate(directory.practitioner_name(person, language), language))
    return [f"• {name}: {formats.comma(language).join(doctors)}" for name, doctors in there.items()]


def _line(person: Practitioner, weeks: Weeks, turn: Turn, speak: Speaker) -> str:
    language, comma = turn.language, formats.comma(turn.language)
    places = [
        f"{comma.join(formats.weekday(day, language, short=True) for day in days)} "
        f"({directory.location_name(place, language)})"
        for place, days in weeks.get(person.id, ())
    ]
    spoken = comma.join(formats.language_name(code, language) for code in person.languages)
    return speak.text(
        "utter_doctor_line",
        practitioner=formats.isolate(directory.practitioner_name(person, language), language),
        specialty=comma.join(_specialties(person, language)),
        speaks=speak.text("utter_practitioner_speaks", languages=spoken),
        days="; ".join(places) or "–",
    )


def _book(turn: Turn, speak: Speaker, found: Sequence[Practitioner]) -> Choice:
    """Books with the one who fits, or in the specialty that was named."""
    values = {"practitioner": found[0].identifier} if len(found) == 1 else {}
    if not values and turn.value("specialty"):
        values = {"specialty": str(turn.value("specialty"))}
    payload = "/book_appointment" + (json.dumps(values) if values else "")
    return {"title": speak.text("utter_intent_title/book_appointment"), "payload": payload}


def _person(speak: Speaker) -> Choice:
    return {"title": speak.text("utter_intent_title/human_handoff"), "payload": "/human_handoff"}
