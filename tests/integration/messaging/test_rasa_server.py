"""The channel inside a server the way Rasa builds it: its own `register`, with a stand-in for the agent."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic

from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp.channel import WhatsAppInput
from tests.support.whatsapp import SECRET, Running, contact, message, of_messages, rows, serving, wait_for

pytestmark = pytest.mark.usefixtures("database_url")


class Agent:
    """Answers with the text and what it was told about it."""

    def __init__(self, ready: bool = True) -> None:
        self.loaded = ready
        self.tracker_store: Any = self
        self.domain: Any = SimpleNamespace(slots=[])
        self.processor: Any = SimpleNamespace(nlg=self, action_endpoint=None)

    def is_ready(self) -> bool:
        return self.loaded

    async def retrieve(self, sender_id: str) -> None:
        return None

    async def handle_message(self, said: UserMessage) -> None:
        channel: Any = said.output_channel
        await channel.send_response(said.sender_id, {"text": f"{said.sender_id}: {said.text}"})

    async def generate(self, name: str, *_: Any, **values: Any) -> dict[str, Any]:
        return {"text": f"{name} {values['clinic']} {values['emergency_number']}"}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_APP_SECRET", SECRET)
    monkeypatch.setenv("WHATSAPP_VERIFY_TOKEN", "token")


def app_with(agent: Agent, channel: WhatsAppInput) -> Sanic:
    app = Sanic(f"rasa_server_{id(agent)}", configure_logging=False)
    app.ctx.agent = agent
    register([channel], app, "/webhooks/")
    return app


def test_from_the_webhook_to_the_outbox() -> None:
    agent = Agent(ready=False)
    with serving(app_with(agent, WhatsAppInput())) as port:
        server = Running(f"http://127.0.0.1:{port}/webhooks/whatsapp")
        assert server.get("/").status_code == 503
        challenge = {"hub.mode": "subscribe", "hub.verify_token": "token", "hub.challenge": "42"}
        assert server.get("/webhook", **challenge).text == "42"
        assert server.post(of_messages(message(body="hello"))).status_code == 200
        assert rows(Inbox)[0].processed_at is None
        agent.loaded = True
        assert server.get("/").json() == {"status": "ok"}
        wait_for(lambda: rows(Outbox))
    (row,) = rows(Outbox)
    assert row.message == {"text": f"utter_introduction Salama 112\n\n{contact()}: hello"}
    assert rows(Inbox)[0].processed_at


def test_what_rasa_says_unasked_goes_into_the_outbox() -> None:
    who = contact()
    output = WhatsAppInput().get_output_channel()
    buttons = [{"title": "Yes", "payload": "/affirm"}]
    asyncio.run(output.send_response(str(who), {"text": "Still there?", "buttons": buttons}))
    (row,) = rows(Outbox)
    assert (row.contact_id, row.in_reply_to, row.message["choices"][0]["id"]) == (who, None, "/affirm")
