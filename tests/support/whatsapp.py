"""WhatsApp for tests: webhook bodies written by us, a Sanic server with the blueprint, bots that need no model."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
from sanic import Sanic
from sqlalchemy import select

from clinic import clock, contacts, database, messaging
from connectors.whatsapp.blueprint import webhook_blueprint
from connectors.whatsapp.consumer import Consumer
from connectors.whatsapp.settings import WebhookSettings
from connectors.whatsapp.signature import sign
from connectors.whatsapp.turn import Danger, Turn

SECRET = "test-app-secret"
VERIFY_TOKEN = "test-verify-token"
PHONE = "4915123000001"
SENT_AT = 1_795_500_000

_names = (f"whatsapp_test_{number}" for number in itertools.count())
_numbers = itertools.count()


def _new_wamid() -> str:
    # Of a bare count: tests write from several threads, and a generator runs in one at a time.
    return f"wamid.TEST{next(_numbers):06d}"


def body_of(*values: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    """A webhook body with one entry and change for each `value`."""
    changes = [{"field": field, "value": {"messaging_product": "whatsapp", **value}} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [c]} for c in changes]}


def message(kind: str = "text", *, phone: str = PHONE, wamid: str | None = None, **fields: Any) -> dict[str, Any]:
    """A message object; a text says "hello" unless told otherwise."""
    found: dict[str, Any] = {
        "from": phone,
        "id": wamid or _new_wamid(),
        "timestamp": str(fields.pop("timestamp", SENT_AT)),
        "type": kind,
    }
    if kind == "text" and "text" not in fields:
        fields["text"] = {"body": fields.pop("body", "hello")}
    return {**found, **fields}


def of_messages(*messages: dict[str, Any]) -> dict[str, Any]:
    """A webhook body that brings these messages in one change."""
    return body_of({"messages": list(messages)})


def of_status(opaque: str | None, wamid: str, status: str, **fields: Any) -> dict[str, Any]:
    """A webhook body with one status of one of our messages."""
    found = {"id": wamid, "status": status, "timestamp": str(SENT_AT), "recipient_id": PHONE, **fields}
    if opaque:
        found["biz_opaque_callback_data"] = opaque
    return body_of({"statuses": [found]})


def contact(phone: str = PHONE) -> int:
    """The id of the contact with this phone."""
    with database.transaction() as session:
        return contacts.by_address(session, phone=phone).id


def writes(phone: str = PHONE, at: datetime | None = None, **fields: Any) -> int:
    """The contact with this phone has written something, which opens the 24 hours; its id."""
    who = contact(phone)
    said = {"wamid": _new_wamid(), "kind": "text", "payload": {}, "text": "hello", **fields}
    with database.transaction() as session:
        messaging.receive(session, contact_id=who, sent_at=at or clock.now(), **said)
    return who


def rows(table: Any) -> list[Any]:
    """All rows of a table, by id."""
    with database.read() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())


def wait_for(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """What `condition` gives as soon as that is something; AssertionError when it takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


class EchoBot:
    """Says everything back. `turns` lists what it was asked, `fail` may raise instead."""

    def __init__(self) -> None:
        self.turns: list[tuple[int, str]] = []
        self.fail: Callable[[str], None] = lambda text: None
        self.forgotten: list[tuple[int, list[str]]] = []
        self.delay = 0.0
        self.open_form: str | None = None
        self.busy = self.most_at_once = 0

    def ready(self) -> bool:
        return True

    async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
        self.turns.append((contact_id, text))
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        await asyncio.sleep(self.delay)
        self.busy -= 1
        self.fail(text)
        return Turn([{"text": f"echo: {text}"}], "en")

    async def render(self, contact_id: int, response: str, fallback: str | None) -> Turn:
        return Turn([{"text": response}], fallback or "en")

    async def intent(self, text: str) -> tuple[str, float]:
        return ("nevermind", 0.9) if text == "leave it" else ("inform", 0.9)

    async def danger(self, text: str) -> Danger | None:
        return Danger("likely", ("unnamed",)) if "danger" in text else None

    async def forget(self, contact_id: int, message_ids: Collection[str]) -> None:
        self.forgotten.append((contact_id, list(message_ids)))

    async def form(self, contact_id: int) -> str | None:
        return self.open_form


class Running:
    """A server with the webhook (and a consumer, when it got a bot)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, document: Any, secret: str = SECRET, raw: bytes | None = None) -> requests.Response:
        """POST a signed webhook."""
        body = json.dumps(document).encode() if raw is None else raw
        headers = {"X-Hub-Signature-256": sign(body, secret), "Content-Type": "application/json"}
        return requests.post(f"{self.url}/webhook", data=body, headers=headers, timeout=30)

    def get(self, path: str, **params: str) -> requests.Response:
        """GET a path of the blueprint."""
        return requests.get(f"{self.url}{path}", params=params, timeout=30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def webhook(bot: Any = None, **options: Any) -> Iterator[Running]:
    """The blueprint on a free port, in a thread; with `bot` its answers reach the outbox."""
    app = Sanic(next(_names), configure_logging=False)
    consumers: list[Consumer] = []
    options.setdefault("settings", WebhookSettings(SECRET, VERIFY_TOKEN))
    options.setdefault("stored", lambda: [consumer.wake() for consumer in consumers])
    app.blueprint(webhook_blueprint(**options), url_prefix="/webhooks/whatsapp")
    if bot is not None:

        async def start(running: Sanic, _loop: Any) -> None:
            consumers.append(Consumer(bot, poll_seconds=0.1))
            running.ctx.consuming = asyncio.create_task(consumers[0].run())

        async def stop(_app: Sanic, _loop: Any) -> None:
            await consumers[0].stop()

        app.listener("after_server_start")(start)
        app.listener("before_server_stop")(stop)
    with serving(app) as port:
        yield Running(f"http://127.0.0.1:{port}/webhooks/whatsapp")


@contextmanager
def serving(app: Sanic) -> Iterator[int]:
    """Run a Sanic app in a thread; its port."""
    # Sanic 21.12 rewrites its own methods at the start; this lets it do so again for the next app.
    Sanic.test_mode = True
    port, loop, up = free_port(), asyncio.new_event_loop(), threading.Event()

    async def open_up() -> Any:
        server: Any = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        up.set()
        return server

    def work() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(open_up())
        loop.run_forever()
        loop.run_until_complete(server.before_stop())
        server.close()
        loop.run_until_complete(server.wait_closed())
        for connection in list(server.connections):
            connection.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert up.wait(10), "the server did not start"
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
