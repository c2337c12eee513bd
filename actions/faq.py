"""Questions about the clinic, answered from its own data. No approved text, no answer: a person instead."""

from __future__ import annotations

from typing import Callable, Mapping

from rasa_sdk.events import SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.turn import Turn
from clinic import database, directory, formats, hours


def topic_of(turn: Turn) -> str:
    """The retrieval key of the message, such as "faq/opening_hours"; "" when there is none."""
    selected = (turn.tracker.latest_message or {}).get("response_selector") or {}
    return str(((selected.get("faq") or {}).get("response") or {}).get("intent_response_key") or "")


def _opening_hours(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        lines = hours.weekly_lines(session, turn.language, closed=speak.text("utter_hours_closed"))
        closes, opening = hours.closing(session), hours.next_opening(session)
        closed_on = hours.holidays_in_words(session, turn.language)
    if closes:
        today = speak.text("utter_open_now", closes=formats.clock_time(closes, turn.language))
    elif opening:
        today = speak.text("utter_closed_now", opening=hours.in_words(opening, turn.language))
    else:
        return False
    listed = "\n".join(
        line if isinstance(line, str) else speak.text("utter_hours_line", days=line[0], times=line[1]) for line in lines
    )
    holidays = "\n" + speak.text("utter_holidays", holidays=closed_on) if closed_on else ""
    speak.say("utter_faq/opening_hours", today=today, hours=listed, holidays=holidays)
    return True


def _location(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        places = directory.locations(session)
    addresses = "\n".join(
        f"• {directory.location_name(place, turn.language)}: "
        f"{formats.isolate(directory.in_language(place.address, turn.language), turn.language)}"
        for place in places
    )
    speak.say("utter_faq/location", addresses=addresses)
    for place in places:
        name, address = (directory.in_language(texts, turn.language) for texts in (place.names, place.address))
        speak.location(place.latitude, place.longitude, name, address)
    return bool(places)


def _own_text(topic: str) -> Callable[[Turn, Speaker], bool]:
    def answer(turn: Turn, speak: Speaker) -> bool:
        with database.read() as session:
            approved = directory.fact(session, topic, turn.language)
        if approved:
            speak.say(f"utter_faq/{topic}", None, **{topic: approved})
        return bool(approved)

    return answer


ANSWERS: Mapping[str, Callable[[Turn, Speaker], bool]] = {
    "faq/opening_hours": _opening_hours,
    "faq/location": _location,
    "faq/insurance": _own_text("insurance"),
    "faq/documents": _own_text("documents"),
}


class AnswerFaq(ClinicAction):
    """Answers the topic that the model chose."""

    action_name = "action_answer_faq"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Offers a person where the clinic has no text of its own."""
        known = ANSWERS.get(topic_of(turn))
        if known and known(turn, speak):
            return []
        speak.say_text("utter_faq_no_answer") if turn.in_form else speak.say("utter_faq_no_answer")
        return [SlotSet("offer", "person")]
