"""A bare piece of data after an answer: "and on Saturday?", "a woman, please". The stories say when (data/stories/)."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from rasa_sdk.events import FollowupAction

from actions.base import ClinicAction, Events, Speaker
from actions.doctors import FindDoctor
from actions.topics import TELLERS, days_named, services_named
from actions.turn import Turn

# What belongs to a search for a doctor; a day or a name is a wish to be seen.
ABOUT_DOCTORS = ("gender", "language")
WISH = ("time", "practitioner", "slot_key")


class FollowUp(ClinicAction):
    """Goes on with the question before, where the data belong to it; else they begin a booking."""

    action_name = "action_follow_up"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Hours of the day that is named, prices of what is named, doctors of that gender or language."""
        topic = _topic(turn.before)
        if topic and self._goes_on(topic, turn):
            TELLERS[topic](turn, speak)
            return []
        if _intent(turn.before) == "find_doctor" and self._is_about_doctors(turn):
            return FindDoctor().answer(turn, speak)
        return [FollowupAction("booking_form")]

    @staticmethod
    def _goes_on(topic: str, turn: Turn) -> bool:
        if turn.entities("practitioner"):
            return False
        if topic == "opening_hours":
            days = turn.entities("time")
            return bool(days_named(turn)) and all(map(_is_a_day, days)) and not turn.entities("specialty")
        if topic == "languages":
            return bool(turn.entities("language"))
        return topic == "prices" and not turn.entities("time") and services_named(turn)

    @staticmethod
    def _is_about_doctors(turn: Turn) -> bool:
        return any(turn.entities(kind) for kind in ABOUT_DOCTORS) and not any(turn.entities(kind) for kind in WISH)


def _is_a_day(time: Mapping[str, Any]) -> bool:
    return bool((time.get("resolved") or {}).get("grain") == "day")


def _intent(parse: Optional[Mapping[str, Any]]) -> str:
    return str(((parse or {}).get("intent") or {}).get("name") or "")


def _topic(parse: Optional[Mapping[str, Any]]) -> Optional[str]:
    """The topic of the question before, None when it was no question about the clinic."""
    if parse is None or _intent(parse) != "faq":
        return None
    tapped = next((entity["value"] for entity in parse.get("entities") or [] if entity.get("entity") == "topic"), None)
    chosen = ((parse.get("response_selector") or {}).get("faq") or {}).get("response") or {}
    topic = str(tapped or str(chosen.get("intent_response_key") or "").partition("/")[2])
    return topic if topic in TELLERS else None
