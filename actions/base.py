"""The edge of every action: how it speaks, and what becomes of an error."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, Dict, List, Optional, Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from clinic import emergency
from clinic.directory import NotSeeded
from clinic.facts import clinic_facts
from clinic.texts import text

logger = logging.getLogger(__name__)

Events = List[Dict[str, Any]]
Choice = Dict[str, str]


class Speaker:
    """Says things in the language of the turn."""

    def __init__(self, dispatcher: CollectingDispatcher, turn: Turn) -> None:
        self._dispatcher, self._turn = dispatcher, turn

    def say(
        self, key: str, choices: Optional[Sequence[Choice]] = None, language: Optional[str] = None, **values: str
    ) -> None:
        """Utter a response of `locales/` with its own buttons and `choices` ({title, payload, description?})."""
        language = language or self._turn.language
        values = {**clinic_facts(language), **values}
        self._dispatcher.utter_message(response=key, buttons=list(choices or []), language=language, **values)

    def say_text(self, key: str, **values: str) -> None:
        """Utter a response's text without its buttons, for use beside a question that has its own."""
        self._dispatcher.utter_message(text=self.text(key, **values))

    def say_words(self, words: str, choices: Sequence[Choice]) -> None:
        """Say words that are not of `locales/`: in a language that the clinic does not speak."""
        self._dispatcher.utter_message(text=words, buttons=list(choices))

    def ask(self, words: str, choices: Sequence[Choice], label: str) -> None:
        """Ask something that is not of `locales/`, with its choices; `label` names the list where they become one."""
        self._dispatcher.utter_message(text=words, buttons=list(choices), list_button=label)

    def tell(self, key: str, **values: str) -> None:
        """Utter a response with its buttons, or without them inside a form, whose question has its own."""
        self.say_text(key, **values) if self._turn.in_form else self.say(key, None, **values)

    def text(self, key: str, **values: str) -> str:
        """A text of `locales/` in the turn's language, to put into another one."""
        return text(key, self._turn.language, **{**clinic_facts(self._turn.language), **values})

    def emergency(self, words: str) -> None:
        """Say what is said in an emergency: nothing stands before it, not even the introduction."""
        self._dispatcher.utter_message(text=words, introduction="later")

    def number_to_call(self, country: Optional[str]) -> str:
        """The emergency number, with that of the phone's country where it is another."""
        return emergency.to_call(country, self._turn.language)

    def location(self, latitude: float, longitude: float, name: str, address: str) -> None:
        """Send a pin on the map."""
        pin = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        self._dispatcher.utter_message(json_message={"location": pin})


class ClinicAction(Action, ABC):
    """An action that answers a turn. Subclasses say their name and implement `answer`.

    What the clinic's rules refuse is answered inside `answer`. Anything else is logged without the conversation and
    raised: the connector then tries the turn again instead of losing it.
    """

    action_name = ""

    def name(self) -> str:
        """Rasa's name of the action."""
        return self.action_name

    @abstractmethod
    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Do what the action is for; returns Rasa events."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        """Called by rasa-sdk."""
        turn = Turn(tracker)
        try:
            return self.answer(turn, Speaker(dispatcher, turn))
        except NotSeeded as error:
            logger.error("%s: %s", self.name(), error)
            raise
        except Exception as error:
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            raise
