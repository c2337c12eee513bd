"""One message of a patient and the answer to it: who answers, with what, and how that is written down.

Knows no Rasa: the assistant is a `Bot`, which `channel` makes of Rasa's agent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from clinic import clock, conversations, database, handoffs, messaging
from clinic.facts import facts_or_defaults
from clinic.language import conversation_language
from clinic.messaging import Message
from clinic.models import Contact, Inbox
from clinic.texts import text
from clinic.triage import alarms
from clinic.triage.screen import UNNAMED
from connectors.whatsapp import alarm, changes, chosen, hearing, inbound, kinds, pages
from connectors.whatsapp.compose import compose, introduction_of
from connectors.whatsapp.content import context_of
from connectors.whatsapp.harmless import harmless
from connectors.whatsapp.patience import TurnFailed
from connectors.whatsapp.turn import Answer, Bot, Incoming, Response, Turn

__all__ = ["Answer", "Bot", "Incoming", "Response", "Turn", "answer", "harmless", "load", "save", "words_of"]

logger = logging.getLogger(__name__)

NEVERMIND = "nevermind"
NEVERMIND_CONFIDENCE = 0.7
# Handoffs that ask for something to be done (actions/requests.py), the tap that begins the intake, and the intake's form.
REQUESTS = ("refill", "results", "complaint")
SYMPTOMS, INTAKE = "/report_symptom", "intake_form"
TECHNICAL_PROBLEM = "utter_technical_problem"
WAITING, WAITING_FOR_HELP = "utter_handoff_waiting", "utter_handoff_waiting_emergency"


def load(contact_id: int) -> Incoming | None:
    """The contact's next message; None when nothing is to be done now. Blocks."""
    with database.read() as session:
        row = messaging.next_message(session, contact_id)
        if row is None:
            return None
        if hearing.waits(session, row):
            later = row.id
        else:
            return _incoming(session, row)
    with database.transaction() as session:
        messaging.postpone(session, later, hearing.LOOK_AGAIN_SECONDS)
    return None


def _incoming(session: Session, row: Inbox) -> Incoming:
    contact = session.get(Contact, row.contact_id)
    handoff = handoffs.current(session, contact.id)
    return Incoming(
        inbox_id=row.id,
        contact_id=contact.id,
        wamid=row.wamid,
        kind=row.kind,
        text=row.text,
        payload=row.payload,
        attempts=row.attempts,
        language=contact.language,
        introduced=contact.introduced_at is not None,
        handoff_id=handoff.id if handoff else None,
        handoff_reason=handoff.reason if handoff else None,
        handoff_claimed=bool(handoff and handoff.status == "claimed"),
        told_to_wait=bool(handoff and messaging.already_said(session, contact.id, handoff_tag(handoff.id))),
        choice=chosen.typed(row.text, messaging.last_choices(session, contact.id)) if row.kind == "text" else None,
        emergency_asked=alarms.waits(session, contact.id),
        heard=hearing.heard(session, row),
        question=conversations.last_question(session, contact.id, besides=kinds.TAG),
        edited=_edited(session, row),
        turned=_turned(session, contact.id, row),
        taken_back=changes.taken_back(session, row),
        thanked=conversations.said_just_now(session, contact.id, kinds.TAG, kinds.ALBUM),
    )


def _edited(session: Session, row: Inbox) -> str | None:
    """What a message that was answered before says since this edit; None for every other message."""
    original = changes.edited(session, row)
    if original is None or original.text is not None:
        return original.text if original is not None else None
    return kinds.words_of(original.payload, original.kind, None)


def _turned(session: Session, contact_id: int, row: Inbox) -> Message | None:
    """The list on which "more" was tapped, at its next page; None for every other message."""
    page = chosen.page_of(row.kind, row.payload)
    if page is None:
        return None
    context = context_of(row.payload)
    message = messaging.offered(session, contact_id, context.message_id if context else None)
    return pages.turned(message, page) if message is not None else None


def save(incoming: Incoming, answer: Answer) -> None:
    """Answers, processed mark, language and introduction in one transaction. Blocks."""

    def write() -> None:
        with database.transaction() as session:
            silent = not answer.urgent and _was_taken_over(session, incoming)
            if not messaging.finish(session, incoming.inbox_id, [] if silent else answer.messages, tag=answer.tag):
                return
            _settle_what_came_meanwhile(session, incoming, answer)
            contact = session.get(Contact, incoming.contact_id)
            if answer.language:
                contact.language = answer.language
            if answer.introduced and not silent and contact.introduced_at is None:
                contact.introduced_at = clock.now()

    database.retrying(write)


def _settle_what_came_meanwhile(session: Session, incoming: Incoming, answer: Answer) -> None:
    """What belongs to a message that is finished now: an edit that was answered with it, words that came too late."""
    row = session.get(Inbox, incoming.inbox_id)
    if row.edited_at is not None and row.payload == incoming.payload and not answer.replayed:
        changes.read_with(session, row)
    if row.kind == "audio" and incoming.heard is None:
        alarm.heard_late(session, row.id, hearing.heard(session, row))


def _was_taken_over(session: Session, incoming: Incoming) -> bool:
    """Has a person taken the chat while the assistant was thinking? Then the assistant has nothing more to say."""
    handoff = handoffs.current(session, incoming.contact_id)
    return handoff is not None and handoff.status == "claimed" and not incoming.handoff_claimed


def handoff_tag(handoff_id: int) -> str:
    """Marks the answer "a person will come", which is given once in each handoff."""
    return f"handoff:{handoff_id}"


async def answer(bot: Bot, incoming: Incoming) -> Answer:
    """Who answers this message, and what."""
    if incoming.taken_back:
        await bot.forget(incoming.contact_id, incoming.taken_back)
    urgent = await emergency(bot, incoming)
    if urgent is not None:
        return replace(urgent, urgent=True)
    if incoming.handoff_claimed or incoming.kind in inbound.SILENT:
        return Answer()
    if incoming.turned is not None:
        # Only a list is turned over: nothing was said, so it is no turn of the conversation.
        return Answer(messages=[incoming.turned])
    words = words_of(incoming)
    if incoming.handoff_id is not None and not (words and await _is_for_the_bot(bot, incoming, words)):
        called = incoming.handoff_reason == alarms.REASON
        if incoming.told_to_wait and not called:
            return Answer()
        waiting = await bot.render(incoming.contact_id, WAITING_FOR_HELP if called else WAITING, incoming.language)
        return _answer(waiting.responses, waiting.language, tag=handoff_tag(incoming.handoff_id))
    if words is None:
        return await _wordless(bot, incoming)
    turn = await bot.turn(incoming.contact_id, words, incoming.wamid, incoming.language)
    said = await _with_introduction(bot, incoming, await kinds.with_thanks(bot, incoming, turn))
    return replace(said, replayed=turn.replayed)


async def _wordless(bot: Bot, incoming: Incoming) -> Answer:
    """A photo, a place, a sticker: not a word of it says in which language to go on."""
    said = await kinds.reply(bot, incoming)
    if said is None:
        return Answer()
    answer = await _with_introduction(bot, incoming, said)
    return replace(answer, language=incoming.language, tag=kinds.TAG)


async def emergency(bot: Bot, incoming: Incoming) -> Answer | None:
    """A message that may tell of an emergency is answered whoever has the chat; None: no emergency, go on.

    Without a handoff the assistant reads every message anyway, and screens it first (dialogue/emergency.py); but an
    edit, which is otherwise silent, may make an emergency of a message that was answered long ago. Where the team has
    been called to an emergency already, only a sign that has a name is said again.
    """
    is_edit = incoming.kind == "edit"
    words = words_of(incoming) if is_edit or incoming.handoff_id is not None else None
    if words is None or not ((incoming.emergency_asked and not is_edit) or await _is_dangerous(bot, incoming, words)):
        return None
    turn = await bot.turn(incoming.contact_id, words, incoming.wamid, incoming.language)
    return replace(_answer(turn.responses, turn.language), replayed=turn.replayed) if turn.responses else None


async def _is_dangerous(bot: Bot, incoming: Incoming, words: str) -> bool:
    danger = await bot.danger(words)
    known = incoming.handoff_reason == alarms.REASON
    return danger is not None and not (known and list(danger.signs) == [UNNAMED])


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
    """What the assistant shall read: typed, under a photo or in a voice note, or a tap's command; None: no words."""
    if incoming.kind in ("interactive", "button"):
        tap = inbound.tap_of(incoming.payload)
        if tap is not None and inbound.is_command(tap.id):
            return tap.id
        if tap is not None and pages.asked(tap.id) is not None:
            return None
    if incoming.choice is not None and inbound.is_command(incoming.choice):
        return incoming.choice
    words = incoming.edited if incoming.kind == "edit" else incoming.text
    if words is None:
        words = kinds.words_of(incoming.payload, incoming.kind, incoming.heard)
    return harmless(words) if words is not None else None


async def _is_for_the_bot(bot: Bot, incoming: Incoming, words: str) -> bool:
    """What the assistant goes on with while somebody is awaited who has not come yet."""
    if await _wants_the_bot_back(bot, words):
        return True
    # A request waits for the team, nobody for a person: the symptom questions that were offered with it may be answered.
    if incoming.handoff_reason not in REQUESTS:
        return False
    return words.startswith(SYMPTOMS) or await bot.form(incoming.contact_id) == INTAKE


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
