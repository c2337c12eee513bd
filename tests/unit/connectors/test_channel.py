"""The Rasa side, with Rasa's own classes and a stand-in for the trained model."""

from __future__ import annotations

import asyncio
import warnings
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from clinic import facts
from connectors.whatsapp import channel, patience
from connectors.whatsapp.channel import RasaBot, WhatsAppInput
from connectors.whatsapp.patience import TurnFailed
from tests.support.whatsapp import free_port

with warnings.catch_warnings():
    # What Rasa's dependencies think of each other is not ours to fix.
    warnings.simplefilter("ignore")
    from rasa.core.actions.action import RemoteAction
    from rasa.core.channels.channel import UserMessage
    from rasa.core.policies.policy import PolicyPrediction
    from rasa.core.processor import MessageProcessor
    from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig

    SLOTS = ("requested_slot", "language_choice")
    DOMAIN = Domain.from_dict({"slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in SLOTS}})


SOURCE = channel.facts_or_defaults


class Agent:
    """As much of an agent as the channel asks for; its "model" says what `say` is."""

    def __init__(self) -> None:
        self.domain = DOMAIN
        self.tracker_store = FailSafeTrackerStore(InMemoryTrackerStore(self.domain))
        self.action_endpoint = EndpointConfig("http://127.0.0.1:1/webhook", enable_selective_domain=True)
        self.processor = SimpleNamespace(action_endpoint=self.action_endpoint, nlg=self)
        self.say: list[BotUttered] = [BotUttered("Hello")]
        self.messages: list[UserMessage] = []
        self.rendered: list[Any] = []

    def is_ready(self) -> bool:
        return True

    async def handle(self, message: UserMessage) -> None:
        self.messages.append(message)
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        parse = {"language": {"code": "de", "confidence": 0.9}}
        tracker.update(UserUttered(message.text, {}, [], parse, message_id=message.message_id))
        for said in self.say:
            tracker.update(said)
            await message.output_channel.send_response(message.sender_id, said.message())
        await self.tracker_store.save(tracker)

    async def generate(self, name: str, tracker: DialogueStateTracker, output_channel: str, **values: Any) -> Any:
        self.rendered.append((name, tracker.sender_id, output_channel, values))
        return {"text": name} if name.startswith("utter_") else None

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"text": text, "intent": {"name": "nevermind", "confidence": 0.93}}


@pytest.fixture(autouse=True)
def _house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "facts_or_defaults", lambda language: {"clinic": "Salama Clinic"})


def bot_of(agent: Agent) -> RasaBot:
    return RasaBot(lambda: agent, agent.handle)


def test_a_turn_and_what_rasa_is_told() -> None:
    agent = Agent()
    agent.say = [BotUttered("Which?", {"buttons": [{"title": "A", "payload": "/a"}]}, {"metadata": {"list_button": "L"}})]
    turn = asyncio.run(bot_of(agent).turn(7, "hallo", "wamid.1", "pt"))
    (message,) = agent.messages
    assert (message.text, message.sender_id, message.message_id) == ("hallo", "7", "wamid.1")
    assert (message.input_channel, message.output_channel.name()) == ("whatsapp", "whatsapp")
    assert message.metadata == {"asked": None, "language": "pt"}
    (said,) = turn.responses
    assert (said["text"], said["buttons"], said["metadata"]) == (
        "Which?",
        [{"title": "A", "payload": "/a"}],
        {"list_button": "L"},
    )
    assert turn.language == "de"


def test_rasa_is_told_what_was_asked_and_the_language_so_far() -> None:
    async def story() -> Agent:
        agent = Agent()
        bot = bot_of(agent)
        await bot.turn(7, "hallo", "wamid.1", "pt")
        tracker = await agent.tracker_store.retrieve("7")
        tracker.update_with_events([SlotSet("requested_slot", "slot"), SlotSet("language_choice", "ru")], agent.domain)
        await agent.tracker_store.save(tracker)
        await bot.turn(7, "10", "wamid.2", "pt")
        return agent

    assert asyncio.run(story()).messages[1].metadata == {"asked": "slot", "language": "ru"}


def test_a_turn_that_rasa_has_saved_is_not_had_again() -> None:
    async def story() -> tuple[Agent, Any, Any]:
        agent = Agent()
        agent.say = [BotUttered("one"), BotUttered("two", {"custom": {"location": {}}}, {"metadata": {"footer": "f"}})]
        bot = bot_of(agent)
        first = await bot.turn(7, "hallo", "wamid.1", None)
        agent.say = [BotUttered("later")]
        await bot.turn(7, "mehr", "wamid.2", None)
        return agent, first, await bot.turn(7, "hallo", "wamid.1", None)

    agent, first, again = asyncio.run(story())
    assert len(agent.messages) == 2
    assert again == replace(first, replayed=True)
    assert [said["text"] for said in again.responses] == ["one", "two"]


def test_a_tracker_store_that_is_away_is_no_new_conversation() -> None:
    agent = Agent()

    async def away(_sender: str) -> None:
        raise ConnectionError("no database")

    agent.tracker_store._tracker_store.retrieve = away
    with pytest.raises(ConnectionError):
        asyncio.run(bot_of(agent).turn(7, "hallo", "wamid.1", None))
    assert agent.messages == []


def test_responses_outside_a_turn() -> None:
    agent = Agent()
    turn = asyncio.run(bot_of(agent).render(7, "utter_please_write", "ar"))
    assert ([*turn.responses], turn.language) == ([{"text": "utter_please_write"}], "ar")
    assert agent.rendered == [("utter_please_write", "7", "whatsapp", {"language": "ar", "clinic": "Salama Clinic"})]
    assert asyncio.run(bot_of(agent).render(7, "no_such", None)).responses == []
    assert asyncio.run(bot_of(agent).intent("lass gut sein")) == ("nevermind", 0.93)


def test_an_action_server_that_is_gone_fails_the_turn_instead_of_emptying_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through Rasa's own RemoteAction and the `except Exception` of its processor."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.01)
    agent = Agent()
    agent.processor.action_endpoint = patience.RetryingEndpoint(
        EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook"), 0.1
    )
    action = RemoteAction("action_book", agent.processor.action_endpoint)
    tracker = DialogueStateTracker.from_events("7", [])
    prediction = PolicyPrediction([1.0], "RulePolicy")
    processor: Any = SimpleNamespace(domain=agent.domain)

    async def run() -> None:
        await MessageProcessor._run_action(processor, action, tracker, channel.Collector(), None, prediction)

    with pytest.raises(TurnFailed):
        asyncio.run(run())


def test_every_turn_makes_the_current_agent_patient() -> None:
    agent = Agent()
    asyncio.run(bot_of(agent).turn(7, "hallo", "wamid.1", None))
    assert isinstance(agent.processor.action_endpoint, patience.RetryingEndpoint)
    assert agent.processor.action_endpoint.kwargs == {"enable_selective_domain": True}
    assert issubclass(aiohttp.ClientConnectorError, aiohttp.ClientConnectionError)


def test_how_rasa_finds_the_channel() -> None:
    made = WhatsAppInput.from_credentials(None)
    assert (made.name(), made.url_prefix()) == ("whatsapp", "whatsapp")
    output = made.get_output_channel()
    assert output.name() == "whatsapp"
    blueprint = made.blueprint(Agent().handle)
    assert blueprint.name == "whatsapp"


def test_the_clinics_own_words_have_one_source() -> None:
    """`clinic.facts`, which knows what to say of a database without a clinic too."""
    assert not hasattr(channel, "_house")
    assert SOURCE is facts.facts_or_defaults
