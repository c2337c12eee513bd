"""What an uncertain message may mean: the model's best guesses as buttons."""

from __future__ import annotations

import json
from typing import Iterator, List, Tuple

from actions.base import Choice, Speaker
from actions.turn import Turn
from clinic.texts import TextError

# The best guess has to be this likely to be offered at all, a further one this likely to stand beside it.
BEST, FURTHER = 0.2, 0.1
MOST = 2
# What can be offered: each has `utter_intent_title/<intent>`. A yes, a no or a bare date says nothing as a button.
OFFERED = (
    "book_appointment", "reschedule_appointment", "cancel_appointment", "list_appointments", "find_doctor",
    "report_symptom", "ask_medical_advice", "emergency",
    "refill_prescription", "get_test_results", "set_medication_reminder", "log_vital",
    "human_handoff", "complain", "give_feedback",
    "change_language", "opt_out", "opt_in", "delete_data", "export_data", "help",
)  # fmt: skip


def _topics(turn: Turn) -> List[Tuple[str, float]]:
    """The topics of a question about the clinic, the likeliest first, with their share of that question."""
    selected = ((turn.tracker.latest_message or {}).get("response_selector") or {}).get("faq") or {}
    ranked = selected.get("ranking") or ([selected["response"]] if selected.get("response") else [])
    return [(str(entry.get("intent_response_key")), float(entry.get("confidence") or 0.0)) for entry in ranked]


def _guesses(turn: Turn) -> List[Tuple[str, float]]:
    """Intents and topics ("faq/parking") with their confidence, the likeliest first."""
    found: List[Tuple[str, float]] = []
    for intent, confidence in turn.ranking:
        if intent in OFFERED:
            found.append((intent, confidence))
        elif intent == "faq":
            found += [(topic, confidence * share) for topic, share in _topics(turn)]
    return sorted(found, key=lambda guess: -guess[1])


def _choices(turn: Turn, speak: Speaker) -> Iterator[Choice]:
    least = BEST
    for meaning, confidence in _guesses(turn):
        intent, _, topic = meaning.partition("/")
        if confidence < least:
            return
        try:
            title = speak.text(f"utter_faq_title/{topic}" if topic else f"utter_intent_title/{intent}")
        except TextError:  # a topic that a clinic has added without a title
            continue
        least = FURTHER
        yield {"title": title, "payload": f"/{intent}" + (json.dumps({"topic": topic}) if topic else "")}


def likely(turn: Turn, speak: Speaker) -> List[Choice]:
    """Buttons for what the message may mean, at most two; none when nothing is likely enough."""
    found: List[Choice] = []
    for choice in _choices(turn, speak):
        if choice["title"] not in (other["title"] for other in found):
            found.append(choice)
    return found[:MOST]
