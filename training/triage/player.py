"""Plays vignettes against the real thing: the trained model in this process, the action server over HTTP, the database.

`python -m training.measured MODEL --played FILE` does it, with `--every N` and `--vignettes FOLDER`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rasa.core.channels.channel import UserMessage

from clinic import contacts, database, handoffs
from clinic.triage import intakes
from clinic.triage.codes import COMPLAINT
from clinic.triage.protocols import GENERAL, Question
from nlu.responses import tracker_language
from training.triage import vignettes
from training.triage.measure import Outcome
from training.triage.vignettes import Vignette

MOST_TURNS = 16
REFUSED = "none"
# The button of actions/intake/offer.py.
OFFERED = '/report_symptom{"about": "before"}'


class Agent(Protocol):
    """Rasa's agent, as much as is needed of it."""

    tracker_store: Any

    async def handle_message(self, message: Any) -> Any:
        """A whole turn."""

    async def parse_message(self, message_data: str) -> Any:
        """What the model understands."""


async def play(agent: Agent, vignette: Vignette, number: int) -> Outcome:
    """One conversation from the opening to the verdict."""
    with database.transaction() as session:
        contact = contacts.by_address(session, phone=f"+4915123{number:06d}")
        contact_id = contact.id
    said, transcript, questions = vignette.opening, [], 0
    asked: Any = None
    # As the channel does: what the form asked and which language was spoken so far go along with each message.
    metadata: dict[str, Any] = {"asked": None, "language": None}
    for _ in range(MOST_TURNS):
        responses = await agent.handle_message(UserMessage(said, sender_id=str(contact_id), metadata=metadata))
        transcript += [f"> {said}", *(f"< {one.get('text', '')}" for one in responses or [])]
        tracker = await agent.tracker_store.retrieve(str(contact_id))
        metadata = {"asked": tracker.get_slot("requested_slot"), "language": tracker_language(tracker)}
        if tracker.get_slot("emergency") == "acted":
            signs = ((tracker.latest_message.parse_data or {}).get("emergency") or {}).get("signs") or []
            return _outcome(vignette, "emergency", questions, "screen", tuple(signs), transcript)
        reply = _reply(vignette, tracker, offered=_is_offered(responses or []))
        if reply is None or (reply == OFFERED and f"> {OFFERED}" in transcript):
            break
        question = (tracker.get_slot("intake") or {}).get("question")
        # What is said again because the answer was not understood is no further question.
        questions += tracker.get_slot("requested_slot") == "intake_answer" and question != asked
        asked = question
        said = reply
    return _of_row(vignette, contact_id, questions, transcript, books=tracker.active_loop_name == "booking_form")


def _is_offered(responses: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the button that begins the questions stands below one of the answers."""
    return any(button.get("payload") == OFFERED for one in responses for button in one.get("buttons") or ())


def _reply(vignette: Vignette, tracker: Any, offered: bool) -> str | None:
    """The next message, from what the conversation waits for; None when it waits for nothing of the intake's."""
    if tracker.get_slot("emergency") == "asked":
        signs = ((tracker.latest_message.parse_data or {}).get("emergency") or {}).get("signs") or []
        intent = "affirm" if vignettes.is_happening(vignette, signs) else "deny"
        return f'/{intent}{{"about": "emergency"}}'
    if tracker.active_loop_name in (None, "booking_form") and offered:
        return OFFERED
    if tracker.active_loop_name != "intake_form":
        return None
    asked = tracker.get_slot("requested_slot")
    if asked == "intake_consent":
        return '/affirm{"about": "health"}'
    intake = tracker.get_slot("intake") or {}
    if asked == "intake_complaint":
        return _chosen(vignette, intake["candidates"]) if intake.get("candidates") else vignette.opening
    question = intake.get("question")
    return vignettes.answer(vignette, Question(question["kind"], tuple(question["names"]))) if question else None


def _chosen(vignette: Vignette, candidates: Sequence[str]) -> str:
    """The row that fits the patient's complaint, the last one ("something else") where none does."""
    name = next((candidate for candidate in candidates if candidate in vignette.rows), GENERAL)
    return f'/inform{{"answer": "{COMPLAINT}{name}"}}'


def _of_row(vignette: Vignette, contact_id: int, questions: int, transcript: Sequence[str], books: bool) -> Outcome:
    with database.read() as session:
        rows = intakes.of_contact(session, contact_id)
        if not rows:
            # Passed on to the team, as a repeat prescription is, or offered appointments: seen within days.
            passed_on = handoffs.current(session, contact_id)
            way = "request" if passed_on else "booking" if books else ""
            return _outcome(vignette, "routine" if way else REFUSED, questions, way, (), transcript)
        verdict = intakes.told(rows[0]).verdict
    return _outcome(vignette, verdict.level, questions, verdict.protocol, (*verdict.fired, *verdict.perhaps), transcript)


def _outcome(
    vignette: Vignette, level: str, questions: int, protocol: str, fired: tuple[str, ...], transcript: Sequence[str]
) -> Outcome:
    # A conversation that never came to a verdict has told the patient nothing: that is the least urgent answer.
    found = "self_care" if level == REFUSED else level
    return Outcome(
        vignette.id, vignette.language, vignette.level, found, questions, protocol or REFUSED, fired, tuple(transcript)
    )
