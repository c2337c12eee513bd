"""Talking to the actions without a model: each message says which intent and entities a model would have found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.base import ClinicAction
from actions.booking.ask import Ask
from actions.booking.form import ValidateBookingForm
from actions.booking.submit import SubmitBooking
from actions.intake.ask import AskIntakeAnswer, AskIntakeComplaint, AskIntakeConsent
from actions.intake.form import ValidateIntakeForm
from actions.intake.state import Intake
from actions.intake.submit import SubmitIntake
from clinic import clock, database, texts
from clinic.models import Appointment
from clinic.scheduling.slots import FreeSlot
from clinic.settings import settings
from nlu.responses import expand
from nlu.times import find_times
from nlu.vocabulary import find_entities

FORM = "booking_form"
VALIDATORS: Mapping[str, ClinicAction] = {FORM: ValidateBookingForm(), Intake.FORM: ValidateIntakeForm()}
Entity = Mapping[str, Any]


@lru_cache(maxsize=8)
def locale(language: str) -> dict[str, Any]:
    """key → the first variation of each response."""
    written = yaml.safe_load((texts.FOLDER / f"{language}.yml").read_text("utf-8"))
    return {key: variations[0] for key, variations in written["responses"].items()}


def _filled(button: Mapping[str, str], values: Mapping[str, str]) -> Mapping[str, str]:
    """A button as Rasa sends it."""
    payload = button["payload"]
    for name, value in values.items():
        payload = payload.replace(f"{{{name}}}", value)
    return {**button, "payload": expand(payload)}


@dataclass(frozen=True)
class Said:
    """One response of an action as the patient would read it."""

    key: str
    text: str
    buttons: Sequence[Mapping[str, str]]
    list_button: str | None
    location: Mapping[str, Any] | None

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Said:
        """Render what the dispatcher collected."""
        key, language = message.get("response"), message.get("language")
        response = locale(language)[key] if key else {}
        values = {name: str(value) for name, value in message.items() if name not in ("language", "text", "response")}
        return cls(
            key=key or "",
            text=texts.text(key, language, **values) if key else message.get("text") or "",
            # Rasa adds an action's own buttons as they are: only those of locales/ are filled and expanded.
            buttons=[*(_filled(button, values) for button in response.get("buttons", [])), *(message.get("buttons") or [])],
            list_button=(response.get("metadata") or {}).get("list_button"),
            location=(message.get("custom") or {}).get("location"),
        )

    @property
    def titles(self) -> list[str]:
        """The titles of its buttons or rows."""
        return [button["title"] for button in self.buttons]


def time(words: str, language: str = "en") -> list[Entity]:
    """The time entities that the model finds in `words`."""
    return [
        {"entity": "time", "value": words[t.start : t.end], "resolved": t.resolved(), "dateless": t.dateless}
        for t in find_times(words, language, clock.now())
    ]


def understood(words: str, language: str = "en") -> list[Entity]:
    """All that the entity components find in `words`, doctors aside."""
    return [*find_entities(words, language), *time(words, language)]


def held(contact_id: int) -> list[Appointment]:
    """What stands in the database for a contact, held or booked, in order."""
    with database.read() as session:
        statement = select(Appointment).where(Appointment.contact_id == contact_id).order_by(Appointment.id)
        return list(session.execute(statement).scalars())


@dataclass
class Conversation:
    """A contact's conversation: Rasa's tracker, and what a form does between the actions."""

    contact_id: int
    language: str = "en"
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    latest: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None
    said: list[Said] = field(default_factory=list)

    def hears(
        self,
        text: str,
        intent: str = "inform",
        entities: Sequence[Entity] = (),
        confidence: float = 0.95,
        topic: str | None = None,
        danger: Sequence[str] = (),
        level: str = "certain",
        complaints: Mapping[str, float] | None = None,
        unwell: float | None = None,
        suspicion: float | None = None,
        **values: str,
    ) -> Conversation:
        """The patient writes; `values` are entities with a plain value, `danger` the screen's signs, `complaints` protocols and
        how sure the model is of each. Nothing is answered yet."""
        found = [*entities, *({"entity": name, "value": value} for name, value in values.items())]
        self.latest = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": found,
            "metadata": {"language": self.language},
            **({} if text.startswith("/") else {"language": {"code": self.language, "confidence": 0.9}}),
            **(
                {} if text.startswith("/") else {"emergency": {"level": level if danger else "none", "signs": list(danger)}}
            ),
            **(
                {"complaints": [{"name": one, "confidence": sure} for one, sure in complaints.items()]}
                if complaints
                else {}
            ),
            **({"unwell": unwell} if unwell is not None else {}),
            **({"suspicion": suspicion} if suspicion is not None else {}),
            **({"response_selector": {"faq": {"response": {"intent_response_key": topic}}}} if topic else {}),
        }
        self.events.append({"event": "user", "text": text, "parse_data": self.latest})
        self.said = []
        return self

    def taps(self, button: Mapping[str, str]) -> Conversation:
        """The patient taps a button or a row."""
        intent, _, values = button["payload"].removeprefix("/").partition("{")
        carried = json.loads("{" + values) if values else {}
        entities = [{"entity": name, "value": value} for name, value in carried.items()]
        return self.hears(button["payload"], intent, entities, confidence=1.0)

    @property
    def tracker(self) -> Tracker:
        """What an action is given."""
        loop = {"name": self.loop} if self.loop else {}
        return Tracker(str(self.contact_id), dict(self.slots), dict(self.latest), list(self.events), False, None, loop, "")

    def run(self, action: ClinicAction, tracker: Tracker | None = None) -> list[dict[str, Any]]:
        """Run an action and take its events in."""
        dispatcher = CollectingDispatcher()
        events: list[dict[str, Any]] = asyncio.run(action.run(dispatcher, tracker or self.tracker, {}))
        self.said += [Said.of(message) for message in dispatcher.messages]
        for event in events:
            self.events.append(event)
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.loop = event["name"]
        return events

    def opens(self, text: str = "I want an appointment", intent: str = "book_appointment", **message: Any) -> Conversation:
        """The message opens the form, which asks its first question."""
        self.hears(text, intent, **message)
        return self.enters()

    def enters(self, form: str = FORM) -> Conversation:
        """The form opens with the message that was heard last."""
        self.loop = form
        self.events.append({"event": "active_loop", "name": form})
        return self.goes_on()

    def answers(self, text: str, intent: str = "inform", **message: Any) -> Conversation:
        """The open form reads the message and asks on, or ends. `rejected` says whether it was not for the form."""
        self.hears(text, intent, **message)
        return self.goes_on()

    def chooses(self, button: Mapping[str, str]) -> Conversation:
        """The patient taps, and the form goes on."""
        self.taps(button)
        return self.goes_on()

    def goes_on(self) -> Conversation:
        """The form reads what was heard last."""
        self._proceed(self.run(VALIDATORS[self.loop or FORM]))
        return self

    rejected: bool = False

    def _proceed(self, events: Sequence[Mapping[str, Any]]) -> None:
        self.rejected = not events
        if self.rejected:
            return
        if self.asked:
            self.run(question(self.asked))
        else:
            submit = SubmitIntake() if self.loop == Intake.FORM else SubmitBooking()
            self.loop = None
            self.run(submit)

    @property
    def asked(self) -> str | None:
        """The slot that the form asks for."""
        return self.slots.get("requested_slot")

    @property
    def keys(self) -> list[str]:
        """The keys of the texts that were said since the patient wrote; "" for a plain text."""
        return [one.key for one in self.said]

    @property
    def text(self) -> str:
        """All that was said since the patient wrote."""
        return "\n".join(one.text for one in self.said)

    @property
    def buttons(self) -> Sequence[Mapping[str, str]]:
        """The buttons or rows of the last response."""
        return self.said[-1].buttons

    def slot(self, name: str) -> Any:
        """A value of the booking."""
        return self.slots.get(f"booking_{name}")

    @property
    def shown(self) -> list[str]:
        """The slots on the screen, in the clinic's time: "11-24T15:00"."""
        return [local(key) for key in (self.slot("offered") or {}).get("keys", ())]

    @property
    def statuses(self) -> list[str]:
        """Of the contact's appointments in the database."""
        return [str(appointment.status) for appointment in held(self.contact_id)]

    def weber(self, *wish: str) -> Conversation:
        """Asks for Dr. Weber, who works Mon and Wed 8–13, Tue 8–12 and 14–18, Thu 13–19; 20 minutes each."""
        return self.opens("Dr. Weber", practitioner="anna-weber", entities=time(wish[0]) if wish else [])

    def until_confirm(self) -> Conversation:
        """Monday at eight with Dr. Weber for Maria Schmidt: all is said but the yes."""
        self.weber()
        self.chooses(self.buttons[0])
        return self.answers("Maria Schmidt").answers("24.05.1985")


def local(key: str) -> str:
    """When a slot begins, in the clinic's time."""
    return FreeSlot.parse(key).starts_at.astimezone(settings().time_zone).strftime("%m-%dT%H:%M")


@lru_cache(maxsize=1)
def _questions() -> dict[str, type[Ask]]:
    return {kind.slot: kind for kind in Ask.__subclasses__()}


INTAKE_QUESTIONS: Mapping[str, ClinicAction] = {
    "intake_consent": AskIntakeConsent(),
    "intake_complaint": AskIntakeComplaint(),
    "intake_answer": AskIntakeAnswer(),
}


def question(slot: str) -> ClinicAction:
    """The action that asks for a slot."""
    return INTAKE_QUESTIONS.get(slot) or _questions()[slot]()
