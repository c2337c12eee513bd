"""What a patient's message says, and what was going on when it came: a typed view of rasa-sdk's Tracker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Iterator, List, Mapping, Optional, Tuple

from rasa_sdk import Tracker

from clinic import vocabulary
from clinic.language import conversation_language

Event = Mapping[str, Any]
SURE_YES = 0.6
# The offer that stands above a form's question and not in its place (actions/intake/offer.py).
BESIDE = "symptoms"


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation. `tracker` is only read."""

    tracker: Tracker

    @cached_property
    def contact_id(self) -> int:
        """The contact who writes: the channel uses its id as Rasa's sender id."""
        try:
            return int(self.tracker.sender_id)
        except ValueError:
            raise ValueError(
                "the sender id is no contact's id: Salama's actions answer conversations of its own channel; "
                "for `rasa shell` give --conversation-id with the id of a contact"
            ) from None

    @cached_property
    def language(self) -> str:
        """The language to answer in."""
        latest = self.tracker.latest_message or {}
        parses = [latest, *(event.get("parse_data") for event in reversed(self.tracker.events) if _is_user(event))]
        fallback = (latest.get("metadata") or {}).get("language")
        return conversation_language(parses, self.tracker.get_slot("language_choice"), fallback)

    @property
    def written_in(self) -> Optional[str]:
        """The language that this message was found to be in, which may be one that the clinic does not speak."""
        return ((self.tracker.latest_message or {}).get("language") or {}).get("code")

    @property
    def text(self) -> str:
        """What was written; of a tap, its payload."""
        return str((self.tracker.latest_message or {}).get("text") or "")

    @property
    def said(self) -> str:
        """What the patient wrote; of a tap that says what was meant, the message before it; "" of another tap."""
        if not self.is_tap:
            return self.text
        if self.offered != "meaning":
            return ""
        written = (str(event.get("text") or "") for event in reversed(self.tracker.events) if _is_user(event))
        return next((text for text in written if not text.startswith("/")), "")

    @property
    def is_tap(self) -> bool:
        """Whether a button or a list row was tapped (the channel lets no typed text begin with a slash)."""
        return self.text.startswith("/")

    @property
    def intent(self) -> str:
        """The name of the intent, "" of none."""
        return str(((self.tracker.latest_message or {}).get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """The intent's confidence, 0 to 1."""
        return float(((self.tracker.latest_message or {}).get("intent") or {}).get("confidence") or 0.0)

    @property
    def ranking(self) -> List[Tuple[str, float]]:
        """The intents that the model thought of, the likeliest first, with their confidence."""
        ranked = (self.tracker.latest_message or {}).get("intent_ranking") or []
        return [(str(entry.get("name")), float(entry.get("confidence") or 0.0)) for entry in ranked]

    @property
    def about(self) -> Optional[str]:
        """What a tapped button answers ("consent", "hold-12", "cancel-12"): an old one must not answer a new question."""
        return self.value("about")

    @property
    def is_yes(self) -> bool:
        """A yes that may be acted on: a tap, a plain word of agreement, or a sure intent without any "but" or "why"."""
        if self.is_tap:
            return self.intent == "affirm"
        if vocabulary.is_one_of("yes", self.text):
            return True
        doubtful = "?" in self.text or "؟" in self.text or vocabulary.mentions("doubt", self.text)
        return self.intent == "affirm" and self.confidence >= SURE_YES and not doubtful

    @property
    def danger(self) -> Mapping[str, Any]:
        """The danger screen's verdict on this message: {"level", "signs"}; empty of a tap."""
        found: Mapping[str, Any] = (self.tracker.latest_message or {}).get("emergency") or {}
        return found

    @property
    def complaints(self) -> List[Tuple[str, float]]:
        """The triage protocols that the model thinks of, the likeliest first."""
        found = (self.tracker.latest_message or {}).get("complaints") or []
        return [(str(entry["name"]), float(entry["confidence"])) for entry in found]

    @property
    def unwell(self) -> float:
        """How likely the message tells that somebody is unwell, whatever its intent; 0 where nobody asked."""
        return float((self.tracker.latest_message or {}).get("unwell") or 0)

    @property
    def suspicion(self) -> float:
        """How likely the model of danger thinks an emergency, whether a sign was named or not; 0 where nobody asked."""
        return float((self.tracker.latest_message or {}).get("suspicion") or 0)

    @property
    def form(self) -> Optional[str]:
        """The name of the open form."""
        return (self.tracker.active_loop or {}).get("name")

    @property
    def asked(self) -> Optional[str]:
        """The slot that the open form has asked for."""
        return self.tracker.get_slot("requested_slot") if self.in_form else None

    @property
    def in_form(self) -> bool:
        """Whether a form is open."""
        return bool(self.form)

    def entities(self, name: str) -> List[Mapping[str, Any]]:
        """The message's entities of a kind, in order."""
        found = (self.tracker.latest_message or {}).get("entities") or []
        return [entity for entity in found if entity.get("entity") == name]

    def value(self, name: str) -> Optional[str]:
        """The value of the first entity of a kind."""
        return next((str(entity["value"]) for entity in self.entities(name)), None)

    def _segments(self) -> Iterator[List[Event]]:
        """The events of each turn, this one first; a turn begins with the patient's message."""
        segment: List[Event] = []
        for event in reversed(self.tracker.events):
            segment.append(event)
            if _is_user(event):
                yield segment
                segment = []

    @cached_property
    def opens_form(self) -> bool:
        """Whether the form was opened by this very message."""
        return any(event.get("event") == "active_loop" and event.get("name") for event in next(self._segments(), []))

    @cached_property
    def before(self) -> Optional[Mapping[str, Any]]:
        """What the model made of the message before this one; None of the first."""
        said = (event.get("parse_data") for event in reversed(self.tracker.events) if _is_user(event))
        next(said, None)
        return next(said, None)

    @cached_property
    def offered(self) -> Optional[str]:
        """What the message before this one offered ("person", "consent", "cancel-12"): an older offer is over."""
        segments = self._segments()
        next(segments, None)
        return next((event.get("value") for event in next(segments, []) if _is_slot(event, "offer")), None)

    def earlier(self) -> List[List[Event]]:
        """The turns of this session before this one, the newest first: each its events, its message last."""
        found: List[List[Event]] = []
        segments = self._segments()
        next(segments, None)
        for segment in segments:
            if any(event.get("event") == "session_started" for event in segment):
                break
            found.append(segment)
        return found

    def set_before(self, slot: str) -> Optional[Any]:
        """What the turn before this one set the slot to; None when it did not."""
        segments = self._segments()
        next(segments, None)
        return next((event.get("value") for event in next(segments, []) if _is_slot(event, slot)), None)

    def set_now(self, slot: str) -> bool:
        """Whether an action that ran before in this very turn has filled the slot."""
        return any(_is_slot(event, slot) and event.get("value") for event in next(self._segments(), []))

    @property
    def answered_danger(self) -> bool:
        """Whether this message has answered "is it so right now?": it is no answer to the form that goes on behind it."""
        return self.set_now("emergency")

    @cached_property
    def offers_now(self) -> bool:
        """Whether something was offered in this very turn that takes the place of a form's question, as a person does."""
        offered = (event.get("value") for event in next(self._segments(), []) if _is_slot(event, "offer"))
        return any(offer and offer != BESIDE for offer in offered)

    @cached_property
    def failures_before(self) -> int:
        """How many turns in a row, just before this one, were not understood."""
        segments = self._segments()
        next(segments, None)
        count = 0
        for segment in segments:
            if not any(_is_slot(event, "misunderstood") and event.get("value") for event in segment):
                break
            count += 1
        return count


def _is_user(event: Event) -> bool:
    return event.get("event") == "user"


def _is_slot(event: Event, name: str) -> bool:
    return event.get("event") == "slot" and event.get("name") == name
