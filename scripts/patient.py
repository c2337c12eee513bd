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
    """`text` without direction marks."""
    return text.translate(_MARKS)


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
        """Tap a button or a row, by its id or its title as it was sent."""
        return self.answer_to(self.send({"tap": choice}))

    def send(self, order: dict[str, Any]) -> str:
        """Do something without waiting for an answer; returns the message's id."""
        return str(self.stack.control(f"phones/{self.phone}/send", order)["wamid"])

    def messages(self) -> list[Message]:
        """The whole chat as the phone shows it."""
        return [Message.of(found) for found in self.stack.control(f"phones/{self.phone}/messages")["messages"]]

    def from_clinic(self) -> list[Message]:
        """What the phone has received."""
        return [message for message in self.messages() if message.direction == "out"]

    def answer_to(self, wamid: str, seconds: float = ANSWER_SECONDS) -> Answer:
        """The answer to a message, once it is processed and all of the answer has arrived; TimeoutError if it is not."""
        if not wait_for(lambda: self._processed(wamid), seconds):
            raise TimeoutError(f"{self.phone}: the clinic has not processed the message after {seconds:.0f} s")
        if not wait_for(lambda: None not in self._sent_as(wamid), seconds):
            raise TimeoutError(f"{self.phone}: the answer has not been sent after {seconds:.0f} s")
        wanted = self._sent_as(wamid)
        here = wait_for(lambda: self._with_ids(wanted), seconds)
        if here is None:
            raise TimeoutError(f"{self.phone}: the answer has not arrived after {seconds:.0f} s")
        return Answer(here)

    def transcript(self) -> str:
        """The chat in lines, for whoever looks into a failure."""
        lines = [f"── {self.phone} ──"]
        for message in self.messages():
            who = "🧑" if message.direction == "in" else "🤖"
            lines.append(f"{who} {message.text}".replace("\n", "\n   "))
            lines += [f"     [{title}] {key}" for key, title in message.choices.items()]
        return "\n".join(lines)

    def _processed(self, wamid: str) -> bool:
        with database.read(self.stack.database_url) as session:
            found = session.execute(select(Inbox.processed_at).where(Inbox.wamid == wamid)).scalar()
        return found is not None

    def _sent_as(self, wamid: str) -> list[str | None]:
        """The ids under which the answer's messages were sent, None for those that still wait."""
        statement = select(Outbox.wamid).where(Outbox.in_reply_to == wamid).order_by(Outbox.id)
        with database.read(self.stack.database_url) as session:
            return list(session.execute(statement).scalars())

    def _with_ids(self, wamids: Sequence[str | None]) -> list[Message] | None:
        here = [message for message in self.messages() if message.wamid in wamids]
        return here if len(here) >= len(wamids) else None
