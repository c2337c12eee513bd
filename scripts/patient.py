"""A patient with a phone in the simulator, for tests and pictures: writes, taps, and waits for the clinic's answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from clinic import database
from clinic.models import Inbox, Outbox
from scripts.stack import Stack, wait_for

ANSWER_SECONDS = 30.0
_MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


def bare(text: str) -> str:
    """`text` without direction marks, its no-break spaces as plain ones."""
    return text.translate(_MARKS).replace("\u00a0", " ")


class NoAnswer(Exception):
    """The clinic did not answer in time; the message says how far it came."""


@dataclass(frozen=True)
class Message:
    """A message on the phone. `text` is its body without direction marks, `choices` maps ids to titles, in order."""

    seq: int
    direction: str
    wamid: str
    kind: str
    text: str
    choices: dict[str, str]
    payload: dict[str, Any]
    status: str

    @classmethod
    def of(cls, found: dict[str, Any]) -> Message:
        """Read a message of the control API."""
        payload = found["payload"]
        interactive = payload.get("interactive") or {}
        body = (interactive.get("body") or {}).get("text") if found["direction"] == "out" else None
        return cls(
            seq=found["seq"],
            direction=found["direction"],
            wamid=found["wamid"],
            kind=found["type"],
            text=bare(body or found["text"]),
            choices=dict(_choices(interactive)),
            payload=payload,
            status=found["status"],
        )


def _choices(interactive: dict[str, Any]) -> Iterator[tuple[str, str]]:
    action = interactive.get("action") or {}
    for button in action.get("buttons") or ():
        yield button["reply"]["id"], bare(button["reply"]["title"])
    for section in action.get("sections") or ():
        for row in section["rows"]:
            yield row["id"], bare(row["title"])


@dataclass(frozen=True)
class Answer:
    """All that the clinic said to one message."""

    messages: Sequence[Message]

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join(message.text for message in self.messages)

    @property
    def choices(self) -> dict[str, str]:
        """What the last message that offers something offers: id → title."""
        return next((message.choices for message in reversed(self.messages) if message.choices), {})

    def title_of(self, payload: str) -> str:
        """The title of the offered choice with this payload, entities aside."""
        return next(title for id_, title in self.choices.items() if id_.partition("{")[0] == payload)

    @property
    def kinds(self) -> list[str]:
        """The messages' types, in order."""
        return [message.kind for message in self.messages]


class Patient:
    """One phone. Every `say` and `tap` returns when the clinic's whole answer is on the phone."""

    def __init__(self, stack: Stack, phone: str, name: str = "Patient", **options: Any) -> None:
        self.stack, self.phone = stack, phone
        stack.control("phones", {"phone": phone, "name": name, **options})

    def say(self, text: str) -> Answer:
        """Type a message."""
        return self.answer_to(self.send({"text": text}))

    def tap(self, choice: str) -> Answer:
        """Tap a button or a row, by its id (also without its entities: "/affirm") or its title as it was sent."""
        return self.answer_to(self.send({"tap": choice}))

    def _whole_id(self, choice: str) -> str:
        """The newest offered id that `choice` is, or begins with what it is about: /affirm for /affirm{"about": …}."""
        for message in reversed(self.from_clinic()):
            for offered in message.choices:
                if offered == choice or offered.startswith(choice + "{"):
                    return offered
        return choice

    def send(self, order: dict[str, Any]) -> str:
        """Do something without waiting for an answer; returns the message's id."""
        if "tap" in order:
            order = {**order, "tap": self._whole_id(order["tap"])}
        return str(self.stack.control(f"phones/{self.phone}/send", order)["wamid"])

    def messages(self) -> list[Message]:
        """The whole chat as the phone shows it."""
        return [Message.of(found) for found in self.stack.control(f"phones/{self.phone}/messages")["messages"]]

    def from_clinic(self) -> list[Message]:
        """What the phone has received."""
        return [message for message in self.messages() if message.direction == "out"]

    def answer_to(self, wamid: str, seconds: float = ANSWER_SECONDS) -> Answer:
        """The answer to a message, once it is processed and all of it has arrived; NoAnswer when that does not happen."""
        if not wait_for(lambda: self._processed(wamid), seconds):
            raise NoAnswer(f"{self.phone}: the clinic has not processed the message after {seconds:.0f} s")
        if not wait_for(lambda: all(sent for sent, _ in self._sent(wamid)), seconds):
            raise NoAnswer(f"{self.phone}: after {seconds:.0f} s the answer is {self._sent(wamid)}")
        wanted = [sent for sent, _ in self._sent(wamid)]
        if not wait_for(lambda: len(self._shown(wanted)) == len(wanted), seconds):
            raise NoAnswer(f"{self.phone}: only {len(self._shown(wanted))} of {len(wanted)} messages have arrived")
        return Answer(self._shown(wanted))

    def transcript(self) -> str:
        """The chat in lines, for whoever looks into a failure."""
        lines = [f"── {self.phone} ──"]
        for message in self.messages():
            who = "🧑" if message.direction == "in" else "🤖"
            lines.append(f"{who} {message.text}".replace("\n", "\n   "))
            lines += [f"     [{title}] {key}" for key, title in message.choices.items()]
        return "\n".join(lines)

    def _shown(self, wamids: Sequence[str | None]) -> list[Message]:
        return [message for message in self.messages() if message.wamid in wamids] if wamids else []

    def _processed(self, wamid: str) -> bool:
        with database.read(self.stack.database_url) as session:
            found = session.execute(select(Inbox.processed_at).where(Inbox.wamid == wamid)).scalar()
        return found is not None

    def _sent(self, wamid: str) -> list[tuple[str | None, str]]:
        """The answer's messages: the id each was sent under, None while it was not, and its status."""
        statement = select(Outbox.wamid, Outbox.status).where(Outbox.in_reply_to == wamid).order_by(Outbox.id)
        with database.read(self.stack.database_url) as session:
            return [(sent, status) for sent, status in session.execute(statement)]
