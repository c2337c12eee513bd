"""How fast a contact is answered: as it comes, or, when it floods us, only the newest message after a pause.

Every message goes past the danger screen first, whatever the pace: what may be an emergency is answered at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from clinic import clock, database, flood, messaging
from clinic.flood import FloodSettings, Pace, Verdict
from clinic.models import Inbox
from connectors.whatsapp import inbound, turns
from connectors.whatsapp.compose import compose
from connectors.whatsapp.turns import Answer, Bot, Incoming

SLOW_DOWN = "utter_slow_down"
# Waits that many seconds, less when the contact writes again (then True): the caller may do something else meanwhile.
Rest = Callable[[int, float], Awaitable[bool]]


async def answer(bot: Bot, incoming: Incoming, rest: Rest, settings: FloodSettings) -> Answer:
    """`turns.answer`, at the contact's pace."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(None, _verdict, incoming.inbox_id, settings)
    nobody_waits = incoming.handoff_claimed or incoming.kind in inbound.SILENT
    if found.pace is Pace.NORMAL or nobody_waits or await _may_be_danger(bot, incoming):
        return _marked(await turns.answer(bot, incoming))
    words: list[messaging.Message] = []
    if found.pace is Pace.SLOWED and not found.told:
        said = await bot.render(incoming.contact_id, SLOW_DOWN, incoming.language)
        words = compose(said.responses)
    await loop.run_in_executor(None, _note, incoming, found, words, settings)
    if found.pace is Pace.BLOCKED or found.superseded or await rest(incoming.inbox_id, settings.pause_seconds):
        return Answer()
    return _marked(await turns.answer(bot, incoming))


def _marked(answer: Answer) -> Answer:
    """What is urgent must not wait behind a message that the channel refuses again and again."""
    return replace(answer, tag=messaging.EMERGENCY) if answer.urgent and answer.tag is None else answer


async def _may_be_danger(bot: Bot, incoming: Incoming) -> bool:
    words = turns.words_of(incoming)
    return words is not None and (incoming.emergency_asked or await bot.danger(words) is not None)


def is_superseded(inbox_id: int) -> bool:
    """Whether the contact has written something since that may be answered. Blocks."""
    with database.read() as session:
        return flood.superseded(session, inbox_id, inbound.SILENT)


def _verdict(inbox_id: int, settings: FloodSettings) -> Verdict:
    with database.read() as session:
        return flood.verdict(session, inbox_id, settings, inbound.SILENT)


def _note(incoming: Incoming, found: Verdict, words: list[messaging.Message], settings: FloodSettings) -> None:
    """Keep what was found; what the contact is told goes out with it, or not at all."""

    def write() -> None:
        with database.transaction() as session:
            row = session.get(Inbox, incoming.inbox_id)
            flood.note(session, incoming.contact_id, found, row.sent_at, settings)
            for part in words:
                messaging.enqueue(session, incoming.contact_id, part, tag="slow_down")
            if words:
                flood.told(session, incoming.contact_id, max(row.sent_at, clock.now()))

    database.retrying(write)
