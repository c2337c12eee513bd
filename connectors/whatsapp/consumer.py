"""The inbox consumer: every stored message is answered, one contact at a time in order, contacts side by side.

An asyncio task in the server that holds the model. It looks when it is woken and each second, so what a
killed process left behind is answered at the next start. (Rasa's own ticket lock loses messages that wait
for more than a minute: within a contact, order is kept here, also between several servers on PostgreSQL.)
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from clinic import database, messaging
from clinic.exclusive import Exclusive
from clinic.flood import flood_settings
from clinic.settings import environment
from connectors.whatsapp import alarm, pacing, turns
from connectors.whatsapp.patience import TurnFailed
from connectors.whatsapp.turn import Bot, Danger, Incoming

logger = logging.getLogger(__name__)

PARALLEL = 8
# How soon it sees what another process stored (a gateway, another server); its own webhook wakes it.
POLL_SECONDS = float(environment().get("INBOX_POLL_SECONDS") or 1.0)
# How many contacts it looks at beyond its room: other servers may have the first ones.
ELSEWHERE = 64
REST_LOOK_SECONDS = 0.5
MAX_ATTEMPTS = 5
FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
STOP_SECONDS = 10.0
# A turn that begins waits that long for webhooks that are being stored: Meta's patience ends before a patient's.
GIVE_WAY_SECONDS = 0.3

Result = TypeVar("Result")


class Consumer:
    """Takes waiting messages to the bot. `run` it as a task; `wake` it when something was stored."""

    def __init__(
        self,
        bot: Bot,
        *,
        parallel: int = PARALLEL,
        poll_seconds: float = POLL_SECONDS,
        give_way: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        """`give_way` waits until the server has nothing more urgent to do, at most so many seconds."""
        self._bot = bot
        self._give_way = give_way
        self._parallel = parallel
        self._poll_seconds = poll_seconds
        self._something_to_do = asyncio.Event()
        self._contacts: dict[int, asyncio.Task[None]] = {}
        # Of these, those that only let time pass: they take nobody's place.
        self._resting = 0
        self._exclusive = Exclusive()
        self._flood = flood_settings()
        self._stopping = False

    def wake(self) -> None:
        """Look now. Call it from the event loop."""
        self._something_to_do.set()

    async def run(self) -> None:
        """Work until `stop`; survives whatever happens to the database."""
        while not self._stopping:
            self._something_to_do.clear()
            try:
                if self._bot.ready():
                    await self._take_up()
            except Exception as error:
                logger.error("the inbox cannot be read (%s); looking again", type(error).__name__)
            try:
                await asyncio.wait_for(self._something_to_do.wait(), self._poll_seconds)
            except asyncio.TimeoutError:
                pass

    async def stop(self) -> None:
        """Finish the turns that run, for a while; what is cut short is taken up at the next start."""
        self._stopping = True
        self.wake()
        running = list(self._contacts.values())
        if running:
            _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        await _blocking(self._exclusive.close)

    async def _take_up(self) -> None:
        """Give every waiting contact that nobody looks after a task, as far as there is room."""
        if self._room() <= 0:
            return
        for contact_id in await _blocking(_waiting, list(self._contacts), self._room() + ELSEWHERE):
            if self._room() <= 0 or self._stopping:
                return
            if not await _blocking(self._exclusive.take, contact_id):
                continue
            task = asyncio.create_task(self._look_after(contact_id))
            self._contacts[contact_id] = task
            task.add_done_callback(partial(self._left, contact_id))

    def _room(self) -> int:
        return self._parallel - len(self._contacts) + self._resting

    def _left(self, contact_id: int, task: asyncio.Task[None]) -> None:
        self._contacts.pop(contact_id, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            # The database, most likely; the poll comes back to it. Not woken: that would spin.
            logger.error("a message stays in the inbox (%s)", type(error).__name__)
        else:
            self.wake()

    async def _look_after(self, contact_id: int) -> None:
        """Answer the contact's messages until none is left, or one has to wait."""
        try:
            while not self._stopping:
                if self._give_way is not None:
                    await self._give_way(GIVE_WAY_SECONDS)
                incoming = await _blocking(turns.load, contact_id)
                if incoming is None or not await self._handle(incoming):
                    return
        finally:
            await _blocking(self._exclusive.free, contact_id)

    async def _handle(self, incoming: Incoming) -> bool:
        """Answer one message; False when it has to be tried again later."""
        try:
            answer = await pacing.answer(self._bot, incoming, self._rest, self._flood)
            await _blocking(turns.save, incoming, answer)
            return True
        except (Exception, TurnFailed) as error:
            return await self._failed(incoming, error)

    async def _rest(self, inbox_id: int, seconds: float) -> bool:
        """Let time pass, but look whether the contact writes again: that may be an emergency. Then True."""
        self._resting += 1
        self.wake()
        try:
            loop = asyncio.get_running_loop()
            end = loop.time() + seconds
            while not await _blocking(pacing.is_superseded, inbox_id):
                if loop.time() >= end or self._stopping:
                    return False
                await asyncio.sleep(min(REST_LOOK_SECONDS, max(0.0, end - loop.time())))
            return True
        finally:
            self._resting -= 1

    async def _failed(self, incoming: Incoming, error: BaseException) -> bool:
        why = f"TurnFailed: {error}" if isinstance(error, TurnFailed) else type(error).__name__
        attempts = await _blocking(_note_failure, incoming.inbox_id, why, pause(incoming.attempts))
        # Where, but not what: an error's own text may quote the patient.
        where = "" if isinstance(error, TurnFailed) else "\n" + "".join(traceback.format_tb(error.__traceback__)[-4:])
        logger.error("inbox %d: attempt %d failed (%s)%s", incoming.inbox_id, attempts, why, where)
        # At the first failure already: an emergency waits for no action server.
        words = turns.words_of(incoming)
        if await _blocking(alarm.answer, incoming.inbox_id, incoming.contact_id, words, await self._felt(words)):
            logger.error("inbox %d: this may be an emergency; the alarm is raised", incoming.inbox_id)
            return True
        if attempts < MAX_ATTEMPTS:
            return False
        if incoming.taken_back:
            # Who only took a message back is told of no problem, and those who write next do not wait for it.
            await _blocking(turns.save, incoming, turns.Answer())
            logger.error("inbox %d: what was taken back stays in the conversation (%s)", incoming.inbox_id, why)
            return True
        answer = await turns.technical_problem(self._bot, incoming)
        await _blocking(turns.save_technical_problem, incoming, answer, f"inbox {incoming.inbox_id}: {why}")
        logger.error("inbox %d: given to a person after %d attempts", incoming.inbox_id, attempts)
        return True

    async def _felt(self, words: str | None) -> Danger | None:
        """What the assistant makes of the words of a turn that failed; None as well where it cannot even read them."""
        try:
            return await self._bot.danger(words) if words else None
        except (Exception, TurnFailed):
            return None


def pause(attempts: int) -> float:
    """Seconds until the next try after that many before: doubling, at most a minute."""
    return min(FIRST_DELAY * 2 ** min(attempts, 20), LONGEST_DELAY)


def _waiting(besides: list[int], limit: int) -> list[int]:
    with database.read() as session:
        return messaging.waiting_contacts(session, besides=besides, limit=limit)


def _note_failure(inbox_id: int, why: str, delay: float) -> int:
    with database.transaction() as session:
        return messaging.fail(session, inbox_id, why, delay)


async def _blocking(work: Callable[..., Result], *args: Any) -> Result:
    """Run what waits for the database in a thread: the event loop serves webhooks meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, partial(work, *args))
