"""The Rasa channel: `connectors.whatsapp.channel.WhatsAppInput` at the top of credentials.yml.

The one module that knows Rasa. The blueprint stores, the consumer reads the inbox and asks `RasaBot`; an
answer only becomes outbox rows, because Rasa speaks before it saves (an exception in a channel that
really sends would lose the turn).
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic

from clinic import database, messaging
from clinic.facts import facts_or_defaults
from clinic.language import conversation_language
from clinic.triage.screen import CERTAIN, LIKELY
from connectors.whatsapp import intake
from connectors.whatsapp.batching import Writer
from connectors.whatsapp.blueprint import webhook_blueprint
from connectors.whatsapp.compose import compose
from connectors.whatsapp.consumer import Consumer
from connectors.whatsapp.patience import make_patient
from connectors.whatsapp.turn import Danger, Response, Turn

logger = logging.getLogger(__name__)

NAME = "whatsapp"
# How long a thread that computes may keep one that has just come back from the database waiting, while that one holds
# the write lock: Python's own 5 ms, a dozen times in a transaction, made a webhook wait that another process stores.
SWITCH_SECONDS = 0.0005
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class Collector(OutputChannel):
    """Keeps what the bot says in one turn, as raw as Rasa hands it over."""

    def __init__(self) -> None:
        self.responses: list[Response] = []

    @classmethod
    def name(cls) -> str:
        """Responses written for `channel: whatsapp` are chosen."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Rasa's one door out; a copy, since others take such messages apart."""
        self.responses.append(dict(message))


class Postman(OutputChannel):
    """For what Rasa says without being asked (trigger_intent, reminders): straight into the outbox."""

    @classmethod
    def name(cls) -> str:
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """`recipient_id` is the contact's id, as everywhere in Rasa's conversations."""

        def write() -> None:
            with database.transaction() as session:
                for part in compose([message]):
                    messaging.enqueue(session, int(recipient_id), part)

        await asyncio.get_running_loop().run_in_executor(None, write)


class WhatsAppInput(InputChannel):
    """Webhook, consumer and bot of one Rasa server. Its settings are `WHATSAPP_*` in the environment."""

    @classmethod
    def name(cls) -> str:
        """Part of the address: /webhooks/whatsapp/webhook."""
        return NAME

    def get_output_channel(self) -> OutputChannel:
        """Needs no request, so `POST /conversations/…/trigger_intent?output_channel=whatsapp` works."""
        return Postman()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Everything the server needs: routes, and the consumer that lives as long as the server."""
        consumers: list[Consumer] = []

        def wake() -> None:
            for consumer in consumers:
                consumer.wake()

        writer = Writer(intake.store)
        blueprint = webhook_blueprint(ready=_is_ready, stored=wake, writer=writer)

        async def start(app: Sanic, _loop: Any) -> None:
            sys.setswitchinterval(SWITCH_SECONDS)
            bot = RasaBot(lambda: getattr(app.ctx, "agent", None), on_new_message)
            consumer = Consumer(bot, give_way=writer.idle)
            consumers.append(consumer)
            app.ctx.whatsapp_consumer = asyncio.create_task(consumer.run())

        async def stop(_app: Sanic, _loop: Any) -> None:
            for consumer in consumers:
                await consumer.stop()

        blueprint.listener("after_server_start")(start)
        blueprint.listener("before_server_stop")(stop)
        return blueprint


def _is_ready(app: Sanic) -> bool:
    agent = getattr(app.ctx, "agent", None)
    return bool(agent is not None and agent.is_ready())


class RasaBot:
    """`connectors.whatsapp.turns.Bot`, made of Rasa's agent. Conversations are named by contact id."""

    def __init__(self, agent: Callable[[], Any], on_new_message: OnNewMessage) -> None:
        self._agent = agent
        self._on_new_message = on_new_message

    def ready(self) -> bool:
        """Is a model loaded?"""
        agent = self._agent()
        return bool(agent is not None and agent.is_ready())

    async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
        """One turn of the conversation; if Rasa has saved it already, what it said then."""
        sender = str(contact_id)
        before = await self._tracker(sender)
        said = _said_after(before, message_id)
        if said is not None:
            return Turn(said, language_of(before, fallback), replayed=True)
        make_patient(self._agent())
        collector = Collector()
        await self._on_new_message(
            UserMessage(
                text,
                collector,
                sender,
                input_channel=NAME,
                message_id=message_id,
                metadata={
                    "asked": before.get_slot("requested_slot") if before else None,
                    "language": _language_so_far(before, fallback),
                },
            )
        )
        return Turn(collector.responses, language_of(await self._tracker(sender), fallback))

    async def render(self, contact_id: int, response: str, fallback: str | None) -> Turn:
        """A response of the domain, outside a turn: the tracker is read but not changed."""
        sender = str(contact_id)
        tracker = await self._tracker(sender)
        language = language_of(tracker, fallback)
        agent = self._agent()
        if tracker is None:
            tracker = DialogueStateTracker(sender, agent.domain.slots)
        values = await asyncio.get_running_loop().run_in_executor(None, facts_or_defaults, language)
        rendered = await agent.processor.nlg.generate(response, tracker, NAME, language=language, **values)
        if rendered is None:
            logger.error("the domain has no response %s", response)
        return Turn([rendered] if rendered else [], language)

    async def intent(self, text: str) -> tuple[str, float]:
        """Name and confidence of the intent, without a conversation."""
        parse = await self._agent().parse_message(text)
        intent = parse.get("intent") or {}
        return str(intent.get("name")), float(intent.get("confidence") or 0)

    async def danger(self, text: str) -> Danger | None:
        """What the pipeline's screen and model see in the message; None: no emergency."""
        parse = await self._agent().parse_message(text)
        found = parse.get("emergency") or {}
        return Danger(found["level"], found["signs"]) if found.get("level") in (CERTAIN, LIKELY) else None

    async def forget(self, contact_id: int, message_ids: Collection[str]) -> None:
        """What the tracker store keeps of these messages has no words any more."""
        forget = getattr(self._store(), "forget", None)
        if forget is None:
            logger.warning("this tracker store forgets nothing: words that were taken back stay in it")
        else:
            await forget(str(contact_id), message_ids)

    async def form(self, contact_id: int) -> str | None:
        """The form whose question is open."""
        tracker = await self._tracker(str(contact_id))
        return tracker.active_loop_name if tracker else None

    async def _tracker(self, sender: str) -> DialogueStateTracker | None:
        return await self._store().retrieve(sender)

    def _store(self) -> Any:
        store = self._agent().tracker_store
        # Past Rasa's fail-safe wrapper, which answers None while the database is away: that would look
        # like a new conversation, and a turn would be had twice. An error makes the message wait instead.
        return getattr(store, "_tracker_store", store)


def language_of(tracker: DialogueStateTracker | None, fallback: str | None) -> str:
    """The conversation's language so far."""
    if tracker is None:
        return conversation_language((), None, fallback)
    return conversation_language(_parses(tracker), tracker.get_slot("language_choice"), fallback)


def _language_so_far(tracker: DialogueStateTracker | None, fallback: str | None) -> str | None:
    """`language_of`, or None before the first word: the clinic's default must not hold back a one-word hello."""
    spoken = tracker is not None and (tracker.get_slot("language_choice") or any(_parses(tracker)))
    return language_of(tracker, fallback) if spoken or fallback else None


def _parses(tracker: DialogueStateTracker) -> Iterable[Mapping[str, Any] | None]:
    return (event.parse_data for event in reversed(tracker.events) if isinstance(event, UserUttered))


def _said_after(tracker: DialogueStateTracker | None, message_id: str) -> list[Response] | None:
    """What the bot said to this message in a turn that was saved; None when there was none.

    A process can die after Rasa saved the turn and before the inbox row was finished.
    """
    said: list[Response] = []
    for event in reversed(tracker.events if tracker else ()):
        if isinstance(event, UserUttered):
            if event.message_id == message_id:
                return said[::-1]
            said = []
        elif isinstance(event, BotUttered):
            said.append(event.message())
    return None
