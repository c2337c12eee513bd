"""One message of a patient and the answer to it: who answers, with what, and how that is written down.

Knows no Rasa: the assistant is a `Bot`, which `channel` makes of Rasa's agent.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from clinic import clock, database, handoffs, messaging
from clinic.messaging import Message
from clinic.models import Contact
from connectors.whatsapp import inbound
from connectors.whatsapp.compose import compose, introduction_of

logger = logging.getLogger(__name__)

Response = Mapping[str, Any]
NEVERMIND = "nevermind"
NEVERMIND_CONFIDENCE = 0.7


@dataclass(frozen=True)
class Turn:
    """What the assistant said, as Rasa's raw responses, and the conversation's language after it."""

    responses: Sequence[Response]
    language: str


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


@dataclass(frozen=True)
class Answer:
    """What to write down for a message. No messages: it is processed in silence."""

    messages: Sequence[Message] = field(default_factory=list)
    language: str | None = None
    introduced: bool = False
    tag: str | None = None


def load(contact_id: int) -> Incoming | None:
    """The contact's next message; None when nothing is to be done now. Blocks."""
    with database.read() as session:
        row = messaging.next_message(session, contact_id)
        if row is None:
            return None
        contact = session.get(Contact, contact_id)
        handoff = handoffs.current(session, contact_id)
        return Incoming(
            inbox_id=row.id,
            contact_id=contact_id,
            wamid=row.wamid,
            kind=row.kind,
            text=row.text,
            payload=row.payload,
            attempts=row.attempts,
            language=contact.language,
            introduced=contact.introduced_at is not None,
            handoff_id=handoff.id if handoff else None,
            handoff_claimed=bool(handoff and handoff.status == "claimed"),
            told_to_wait=bool(handoff and messaging.already_said(session, contact_id, handoff_tag(handoff.id))),
        )


def save(incoming: Incoming, answer: Answer) -> None:
    """Answers, processed mark, language and introduction in one transaction. Blocks."""

    def write() -> None:
        with database.transaction() as session:
            if not messaging.finish(session, incoming.inbox_id, answer.messages, tag=answer.tag):
                return
            contact = session.get(Contact, incoming.contact_id)
            if answer.language:
                contact.language = answer.language
            if answer.introduced and contact.introduced_at is None:
                contact.introduced_at = clock.now()

    database.retrying(write)


def handoff_tag(handoff_id: int) -> str:
    """Marks the answer "a person will come", which is given once in each handoff."""
    return f"handoff:{handoff_id}"


async def answer(bot: Bot, incoming: Incoming) -> Answer:
    """Who answers this message, and what."""
    urgent = await emergency(bot, incoming)
    if urgent is not None:
        return urgent
    if incoming.handoff_claimed or incoming.kind in inbound.SILENT:
        return Answer()
    text = words_of(incoming)
    if incoming.handoff_id is not None and not (text and await _wants_the_bot_back(bot, text)):
        if incoming.told_to_wait:
            return Answer()
        waiting = await bot.render(incoming.contact_id, "utter_handoff_waiting", incoming.language)
        return _answer(waiting.responses, waiting.language, tag=handoff_tag(incoming.handoff_id))
    if text is None:
        turn = await bot.render(incoming.contact_id, "utter_please_write", incoming.language)
    else:
        turn = await bot.turn(incoming.contact_id, text, incoming.wamid, incoming.language)
    return await _with_introduction(bot, incoming, turn)


async def emergency(bot: Bot, incoming: Incoming) -> Answer | None:
    """The emergency screen will be asked here: before everything else, also while a person has the chat.

    None: no emergency, go on. (The screen itself belongs to `nlu/` and comes with triage.)
    """
    return None


async def technical_problem(bot: Bot, incoming: Incoming) -> Answer:
    """The answer when all attempts have failed; the handoff itself is `save_technical_problem`'s."""
    said = await bot.render(incoming.contact_id, "utter_technical_problem", incoming.language)
    return _answer(said.responses, said.language)


def save_technical_problem(incoming: Incoming, answer: Answer, reason: str) -> None:
    """A person has to look after this contact: open a handoff and say so, in one transaction. Blocks."""

    def write() -> None:
        with database.transaction() as session:
            if messaging.finish(session, incoming.inbox_id, answer.messages):
                handoffs.open_handoff(
                    incoming.contact_id, "technical", answer.language or incoming.language, reason, session=session
                )

    database.retrying(write)


def words_of(incoming: Incoming) -> str | None:
    """What the assistant shall read: the typed words, or a tap's command; None when there are no words."""
    if incoming.kind in ("interactive", "button"):
        tap = inbound.tap_of(incoming.payload)
        if tap is not None and inbound.is_command(tap.id):
            return tap.id
    return harmless(incoming.text) if incoming.text is not None else None


def harmless(text: str) -> str:
    """Typed words never become a command: Rasa takes any text that begins with "/" for an intent.

    Spaces and invisible characters before the slash do not hide it. Nothing left reads as "?".
    """
    bare = _from_first_visible(text)
    if not bare.startswith(_SLASHES):
        return text if bare else "?"
    while bare.startswith(_SLASHES):
        bare = _from_first_visible(bare[1:])
    return bare or "?"


# The plain slash, and those that a keyboard or a normaliser may turn into one.
_SLASHES = ("/", "\N{FULLWIDTH SOLIDUS}", "\N{FRACTION SLASH}", "\N{DIVISION SLASH}")


def _from_first_visible(text: str) -> str:
    for position, character in enumerate(text):
        if not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc", "Mn"):
            return text[position:]
    return ""


async def _wants_the_bot_back(bot: Bot, text: str) -> bool:
    if text.startswith("/"):
        return text == f"/{NEVERMIND}"
    name, confidence = await bot.intent(text)
    return name == NEVERMIND and confidence >= NEVERMIND_CONFIDENCE


async def _with_introduction(bot: Bot, incoming: Incoming, turn: Turn) -> Answer:
    """A contact's first answer says who speaks, unless a response does so itself (`introduction: false`).

    `introduction: later` leaves it to the next answer, for something that must stand alone.
    """
    if not turn.responses:
        logger.warning("inbox %d: the assistant had nothing to say", incoming.inbox_id)
    mark = introduction_of(turn.responses)
    if incoming.introduced or not turn.responses or mark == "later":
        return _answer(turn.responses, turn.language)
    if mark is False:
        return _answer(turn.responses, turn.language, introduced=True)
    hello = await bot.render(incoming.contact_id, "utter_introduction", turn.language)
    return _answer([*hello.responses, *turn.responses], turn.language, introduced=True)


def _answer(responses: Sequence[Response], language: str, *, introduced: bool = False, tag: str | None = None) -> Answer:
    return Answer(messages=compose(responses), language=language, introduced=introduced, tag=tag)
