"""`python -m tests.support.echo_server PORT [LOG]`: webhook, consumer and an echoing bot as a process that can be killed.

LOG gets a line when a turn begins and one when it ends: process, contact, "begins" or "ends", text.
ECHO_FAILS in the environment is how often, from 0 to 1, a turn comes to nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
from pathlib import Path
from typing import Any

from sanic import Sanic

from connectors.whatsapp.blueprint import webhook_blueprint
from connectors.whatsapp.consumer import Consumer
from connectors.whatsapp.turns import Turn
from tests.support.whatsapp import EchoBot


class WritingBot(EchoBot):
    """Says everything back, and writes down when."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
        self._write(contact_id, "begins", text)
        said = await super().turn(contact_id, text, message_id, fallback)
        self._write(contact_id, "ends", text)
        return said

    def _write(self, contact_id: int, what: str, text: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{os.getpid()} {contact_id} {what} {text}\n")


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING)
    bot = WritingBot(Path(sys.argv[2])) if len(sys.argv) > 2 else EchoBot()
    bot.delay = 0.02
    chance = float(os.environ.get("ECHO_FAILS") or 0)

    def fail(_text: str) -> None:
        if random.random() < chance:
            raise RuntimeError("as ordered")

    bot.fail = fail
    consumers: list[Consumer] = []

    def wake() -> None:
        for consumer in consumers:
            consumer.wake()

    app = Sanic("echo", configure_logging=False)
    app.blueprint(webhook_blueprint(stored=wake), url_prefix="/webhooks/whatsapp")

    async def start(running: Sanic, _loop: Any) -> None:
        consumers.append(Consumer(bot))
        running.ctx.consuming = asyncio.create_task(consumers[0].run())

    app.listener("after_server_start")(start)
    app.run("127.0.0.1", int(sys.argv[1]), access_log=False)


if __name__ == "__main__":
    main()
