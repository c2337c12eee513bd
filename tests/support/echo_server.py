"""`python -m tests.support.echo_server PORT`: webhook, consumer and an echoing bot as a process that can be killed."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from sanic import Sanic

from connectors.whatsapp.blueprint import webhook_blueprint
from connectors.whatsapp.consumer import Consumer
from tests.support.whatsapp import EchoBot


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING)
    bot = EchoBot()
    bot.delay = 0.02
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
