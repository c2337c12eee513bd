"""Questions about the clinic, answered from its own data. No approved text, no answer: a person instead."""

from __future__ import annotations

import json
import logging
from typing import List, Optional

from rasa_sdk.events import SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.intake.offer import with_offer
from actions.topics import TELLERS, with_link
from actions.turn import Turn
from clinic import knowledge

logger = logging.getLogger(__name__)

# Among the topics alone: below SURE_SHARE the best one is doubtful, and those with at least CLOSE of its share
# may be meant as well.
SURE_SHARE, CLOSE, MOST_CHOICES = 0.55, 0.6, 3
ANSWERS = {f"faq/{topic}": teller for topic, teller in TELLERS.items()}


def topic_of(turn: Turn) -> str:
    """The topic that was tapped in a list, else the one the model chose; "" when there is none."""
    tapped = turn.value("topic") if turn.is_tap else None
    return tapped or _topic((_selected(turn).get("response") or {}).get("intent_response_key"))


def close_topics(turn: Turn) -> List[str]:
    """The topics that a doubtful message may mean, the likeliest first; none when it is clear."""
    ranking = [] if turn.is_tap else _selected(turn).get("ranking") or []
    shares = [(_topic(entry["intent_response_key"]), float(entry["confidence"])) for entry in ranking]
    if not shares or shares[0][1] >= SURE_SHARE:
        return []
    close = [topic for topic, share in shares[:MOST_CHOICES] if share >= CLOSE * shares[0][1]]
    return close if len(close) > 1 else []


def _selected(turn: Turn) -> dict:  # type: ignore[type-arg]  # Rasa's
    return ((turn.tracker.latest_message or {}).get("response_selector") or {}).get("faq") or {}


def _topic(key: Optional[str]) -> str:
    return (key or "").partition("/")[2]


def topic_title(topic: str, turn: Turn, speak: Speaker) -> str:
    """What a topic is called on a button."""
    own = _own_entry(topic, turn.language)
    if own and own.title:
        return own.title
    if topic in TELLERS:
        return speak.text(f"utter_faq_title/{topic}")
    return topic.replace("_", " ").capitalize()[: knowledge.LONGEST_TITLE]


def payload(topic: str) -> str:
    """What a tap on a topic sends back. (The short form of `locales/` is for buttons that stand there.)"""
    return "/faq" + json.dumps({"topic": topic})


def _own_entry(topic: str, language: str) -> Optional[knowledge.Entry]:
    try:
        return knowledge.entry(topic, language)
    except knowledge.KnowledgeError as error:
        logger.error("%s (the answer is not given until then)", error)
        return None


def _tell(topic: str, turn: Turn, speak: Speaker) -> bool:
    """Say the answer: the clinic's own file first, then its data. False when there is none."""
    try:
        own = knowledge.entry(topic, turn.language)
    except knowledge.KnowledgeError as error:
        # The file was meant to replace what the data say, which may be out of date.
        logger.error("%s (until then a person is offered)", error)
        return False
    if own:
        speak.say("utter_faq_own", answer=with_link(own.answer, own.link, speak))
        return True
    teller = TELLERS.get(topic)
    return bool(teller and teller(turn, speak))


class AnswerFaq(ClinicAction):
    """Answers the topic that the model chose, or asks which of two close ones is meant."""

    action_name = "action_answer_faq"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Offers a person where the clinic has no text of its own."""
        return with_offer(turn, speak, self._tell(turn, speak))

    @staticmethod
    def _tell(turn: Turn, speak: Speaker) -> Events:
        close = close_topics(turn)
        if close:
            choices = [{"title": topic_title(topic, turn, speak), "payload": payload(topic)} for topic in close]
            speak.say("utter_faq_which", choices)
            return []
        if _tell(topic_of(turn), turn, speak):
            return []
        speak.say_text("utter_faq_no_answer") if turn.in_form else speak.say("utter_faq_no_answer")
        return [SlotSet("offer", "person")]
