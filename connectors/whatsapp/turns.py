"""One message of a patient and the answer to it: who answers, with what, and how that is written down.

Knows no Rasa: the assistant is a `Bot`, which `channel` makes of Rasa's agent.
"""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from clinic import clock, database, handoffs, messaging
from clinic.facts import facts_or_defaults
from clinic.language import conversation_language
from clinic.messaging import Message
from clinic.models import Contact
from clinic.texts import text
from clinic.triage import alarms
from clinic.vocabulary import normalise
from connectors.whatsapp import inbound
from connectors.whatsapp.compose import compose, introduction_of
from connectors.whatsapp.patience import TurnFailed

logger = logging.getLogger(__name__)

Response = Mapping[str, Any]
NEVERMIND = "nevermind"
NEVERMIND_CONFIDENCE = 0.7
TECHNICAL_PROBLEM = "utter_technical_problem"


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

    async def danger(self, text: str) -> bool:
        """Whether the danger screen sees a sign in `text` that stands."""


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
    # the id of the offered choice whose title was typed instead of tapped
    choice: str | None = None
    # whether "is this happening now?" waits for an answer
    emergency_asked: bool = False


@dataclass(frozen=True)
class Answer:
    """What to write down for a message. No messages: it is processed in silence. `urgent` is said in any case."""

    messages: Sequence[Message] = field(default_factory=list)
    language: str | None = None
    introduced: bool = False
    tag: str | None = None
    urgent: bool = False


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
            choice=_typed_choice(row.text, messaging.last_choices(session, contact_id)) if row.kind == "text" else None,
            emergency_asked=alarms.waits(session, contact_id),
        )


def _typed_choice(text: str | None, offered: Mapping[str, str]) -> str | None:
    """The choice whose title somebody typed: "another time" is as good as the button."""
    folded = normalise(text or "").strip(" .!\u060c,")
    return next((id_ for title, id_ in offered.items() if folded and normalise(title).strip(" .!") == folded), None)


def save(incoming: Incoming, answer: Answer) -> None:
    """Answers, processed mark, language and introduction in one transaction. Blocks."""

    def write() -> None:
        with database.transaction() as session:
            silent = not answer.urgent and _was_taken_over(session, incoming)
            if not messaging.finish(session, incoming.inbox_id, [] if silent else answer.messages, tag=answer.tag):
                return
            contact = session.get(Contact, incoming.contact_id)
            if answer.language:
                contact.language = answer.language
            if answer.introduced and not silent and contact.introduced_at is None:
                contact.introduced_at = clock.now()

    database.retrying(write)


def _was_taken_over(session: Session, incoming: Incoming) -> bool:
    """Has a person taken the chat while the assistant was thinking? Then the assistant has nothing more to say."""
    handoff = handoffs.current(session, incoming.contact_id)
    return handoff is not None and handoff.status == "claimed" and not incoming.handoff_claimed


def handoff_tag(handoff_id: int) -> str:
    """Marks the answer "a person will come", which is given once in each handoff."""
    return f"handoff:{handoff_id}"


async def answer(bot: Bot, incoming: Incoming) -> Answer:
    """Who answers this message, and what."""
    urgent = await emergency(bot, incoming)
    if urgent is not None:
        return replace(urgent, urgent=True)
    if incoming.handoff_claimed or incoming.kind in inbound.SILENT:
        return Answer()
    words = words_of(incoming)
    if incoming.handoff_id is not None and not (words and await _wants_the_bot_back(bot, words)):
        if incoming.told_to_wait:
            return Answer()
        waiting = await bot.render(incoming.contact_id, "utter_handoff_waiting", incoming.language)
        return _answer(waiting.responses, waiting.language, tag=handoff_tag(incoming.handoff_id))
    if words is None:
        turn = await bot.render(incoming.contact_id, "utter_please_write", incoming.language)
    else:
        turn = await bot.turn(incoming.contact_id, words, incoming.wamid, incoming.language)
    return await _with_introduction(bot, incoming, turn)


async def emergency(bot: Bot, incoming: Incoming) -> Answer | None:
    """A message that may tell of an emergency is answered whoever has the chat; None: no emergency, go on.

    Without a handoff the assistant reads every message anyway, and screens it first (dialogue/emergency.py).
    """
    words = words_of(incoming) if incoming.handoff_id is not None else None
    if words is None or not (incoming.emergency_asked or await bot.danger(words)):
        return None
    turn = await bot.turn(incoming.contact_id, words, incoming.wamid, incoming.language)
    return _answer(turn.responses, turn.language) if turn.responses else None


async def technical_problem(bot: Bot, incoming: Incoming) -> Answer:
    """The answer when all attempts have failed; the handoff itself is `save_technical_problem`'s. Never raises.

    Where the conversation itself is broken (its tracker cannot be read), the assistant cannot say this either.
    """
    try:
        said = await bot.render(incoming.contact_id, TECHNICAL_PROBLEM, incoming.language)
        answer = _answer(said.responses, said.language)
        if answer.messages:
            return answer
        why = "nothing to say"
    except (Exception, TurnFailed) as error:
        why = type(error).__name__
    logger.error("inbox %d: the assistant cannot even say that it has a problem (%s)", incoming.inbox_id, why)
    return await asyncio.get_running_loop().run_in_executor(None, _without_the_assistant, incoming)


def _without_the_assistant(incoming: Incoming) -> Answer:
    """The same from `locales/` alone; in silence when that fails too, so that a person gets the chat anyway."""
    language = conversation_language((), None, incoming.language)
    try:
        words = text(TECHNICAL_PROBLEM, language, **facts_or_defaults(language))
        return _answer([{"text": words}], language)
    except Exception as error:
        logger.error("inbox %d: %s is not said (%s)", incoming.inbox_id, TECHNICAL_PROBLEM, type(error).__name__)
        return Answer(language=language)


def save_technical_problem(incoming: Incoming, answer: Answer, reason: str) -> None:
    """A person has to look after this contact: open a handoff and say so, in one transaction. Blocks."""

    def write() -> None:
        with database.transaction() as session:
            messages = [] if _was_taken_over(session, incoming) else answer.messages
            if messaging.finish(session, incoming.inbox_id, messages):
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
    if incoming.choice is not None and inbound.is_command(incoming.choice):
        return incoming.choice
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
        return text.partition("{")[0] == f"/{NEVERMIND}"
    name, confidence = await bot.intent(text)
    return name == NEVERMIND and confidence >= NEVERMIND_CONFIDENCE


async def _with_introduction(bot: Bot, incoming: Incoming, turn: Turn) -> Answer:
    """A contact's first answer says who speaks, unless a response does so itself (`introduction: false`).

    `introduction: later` leaves it to the next answer, for something urgent that must stand alone.
    """
    if not turn.responses:
        logger.warning("inbox %d: the assistant had nothing to say", incoming.inbox_id)
    mark = introduction_of(turn.responses)
    if mark == "later":
        return replace(_answer(turn.responses, turn.language), urgent=True)
    if incoming.introduced or not turn.responses:
        return _answer(turn.responses, turn.language)
    if mark is False:
        return _answer(turn.responses, turn.language, introduced=True)
    hello = await bot.render(incoming.contact_id, "utter_introduction", turn.language)
    return _answer([*hello.responses, *turn.responses], turn.language, introduced=True)


def _answer(responses: Sequence[Response], language: str, *, introduced: bool = False, tag: str | None = None) -> Answer:
    return Answer(messages=compose(responses), language=language, introduced=introduced, tag=tag)
