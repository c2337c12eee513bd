"""What one turn is made of: the message, the assistant, what it said, and what is written down. No Rasa here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from clinic.messaging import Message

Response = Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """What the assistant said, as Rasa's raw responses, and the conversation's language after it.

    `replayed`: it was said in an earlier attempt, to the words that the message had then.
    """

    responses: Sequence[Response]
    language: str
    replayed: bool = False


@dataclass(frozen=True)
class Danger:
    """What may be an emergency: its level, `certain` or `likely`, and the names of the signs."""

    level: str
    signs: Sequence[str] = ()


class Bot(Protocol):
    """The assistant. `fallback` is the contact's stored language."""

    def ready(self) -> bool:
        """Is a model loaded?"""

    async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
        """Answer `text`; the same `message_id` again gives the same answers without a second turn."""

    async def render(self, contact_id: int, response: str, fallback: str | None) -> Turn:
        """The response (`utter_…`) as the assistant would say it to this contact now, outside a turn."""

    async def intent(self, text: str) -> tuple[str, float]:
        """What `text` means, and how sure that is."""

    async def danger(self, text: str) -> Danger | None:
        """What the danger screen and the model see in `text`; None: no emergency."""

    async def forget(self, contact_id: int, message_ids: Collection[str]) -> None:
        """Take the words of these messages out of the conversation; their signs of danger stay."""

    async def form(self, contact_id: int) -> str | None:
        """The form that is being filled in; None when the assistant waits for no answer to a question of one."""


@dataclass(frozen=True)
class Incoming:
    """A message and what has to be known to answer it, read in one go."""

    inbox_id: int
    contact_id: int
    wamid: str
    kind: str
    text: str | None
    payload: Any
    attempts: int
    language: str | None
    introduced: bool
    handoff_id: int | None
    handoff_claimed: bool
    told_to_wait: bool
    # what the handoff is for (refill, asked …)
    handoff_reason: str | None = None
    # the id of the offered choice whose title was typed instead of tapped
    choice: str | None = None
    # whether "is this happening now?" waits for an answer
    emergency_asked: bool = False
    # what is said in a voice note; "": it could not be understood; None: nobody has listened
    heard: str | None = None
    # what was said to the contact last, to be said again when a photo came instead of an answer
    question: Message | None = None
    # the new words of an edit whose message was answered before
    edited: str | None = None
    # the list that was tapped, at the page that the tap asks for
    turned: Message | None = None
    # the messages that were taken back by this one
    taken_back: Collection[str] = ()
    # whether the contact was thanked for photos or files a moment ago
    thanked: bool = False


@dataclass(frozen=True)
class Answer:
    """What to write down for a message. No messages: it is processed in silence. `urgent` is said in any case.

    `replayed` as in `Turn`: an edit that has come since has been read by nobody.
    """

    messages: Sequence[Message] = field(default_factory=list)
    language: str | None = None
    introduced: bool = False
    tag: str | None = None
    urgent: bool = False
    replayed: bool = False
