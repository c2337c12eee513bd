"""Renders responses in the language of the conversation."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, Mapping, Optional, Text

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from clinic.language import conversation_language

_SHORT_PAYLOAD = re.compile(r"^/([a-z_]+):([a-z_]+)=(\S+)$")


def expand(payload: str) -> str:
    """A button's short payload as Rasa reads it: /affirm:about=consent → /affirm{"about": "consent"}.

    Rasa would take the braces of the long form, written in `locales/`, for a placeholder.
    """
    match = _SHORT_PAYLOAD.match(payload)
    if not match:
        return payload
    intent, entity, value = match.groups()
    return f"/{intent}" + json.dumps({entity: value})


def tracker_language(tracker: DialogueStateTracker) -> str:
    """The language to answer `tracker`'s patient in."""
    metadata = (tracker.latest_message.metadata if tracker.latest_message else None) or {}
    return conversation_language(_parses(tracker), tracker.get_slot("language_choice"), metadata.get("language"))


def _parses(tracker: DialogueStateTracker) -> Iterator[Optional[Mapping[str, Any]]]:
    return (event.parse_data for event in reversed(tracker.events) if isinstance(event, UserUttered))


class LocalisedResponses(TemplatedNaturalLanguageGenerator):
    """Fills the slot `language` for the response variations that `nlu.importer` made.

    A `language` keyword (an action that has just changed it) wins over what the tracker says.
    """

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: Text, tracker: DialogueStateTracker, output_channel: Text, **kwargs: Any
    ) -> Optional[Dict[Text, Any]]:
        """Render `utter_action`; None when the domain does not know it."""
        slots = {**tracker.current_slot_values(), "language": kwargs.pop("language", None) or tracker_language(tracker)}
        response = self.generate_from_slots(utter_action, slots, output_channel, **kwargs)
        for button in (response or {}).get("buttons") or []:
            button["payload"] = expand(button["payload"])
        if response and response.get("text"):
            # A text that begins with a placeholder may begin with a weekday, which most languages write small.
            response["text"] = response["text"][:1].upper() + response["text"][1:]
        return response
