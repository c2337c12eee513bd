"""The webhook as a process of its own: ``python -m connectors.whatsapp.gateway``. It knows no model and no Rasa.

It stores and answers 200, however busy or absent the assistant is; the Rasa server finds the messages in the inbox
(`INBOX_POLL_SECONDS=0.2` there). Several workers share one socket; one that dies is started again.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any

from sanic import Sanic

from clinic.settings import SettingsError, environment
from connectors.whatsapp.blueprint import webhook_blueprint

logger = logging.getLogger(__name__)

PREFIX = "/webhooks/whatsapp"
BACKLOG = 2048
REST_SECONDS = 1.0
STOP_SECONDS = 10.0
# Spawned and not forked: a child must share no database connection and no thread's lock with its parent.
_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class GatewaySettings:
    """Where it listens, and how many share the work."""

    host: str
    port: int
    workers: int


def gateway_settings(env: Mapping[str, str] | None = None) -> GatewaySettings:
    """`GATEWAY_*` of the environment; SettingsError when one of them is no number that can be used."""
    env = environment() if env is None else env
    return GatewaySettings(
        host=env.get("GATEWAY_HOST", "").strip() or "127.0.0.1",
        port=_number("GATEWAY_PORT", env.get("GATEWAY_PORT") or "5006", 65_535),
        workers=_number("GATEWAY_WORKERS", env.get("GATEWAY_WORKERS") or _enough(env), 64),
    )


def _enough(env: Mapping[str, str]) -> str:
    """One on SQLite, where the second would only wait for the first one's write lock."""
    return "2" if env.get("CLINIC_DATABASE_URL", "").startswith("postgresql") else "1"


def _number(name: str, text: str, most: int) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= most:
        raise SettingsError(f"{name}={text!r}: write a number from 1 to {most}")
    return int(text)


def application(parent: Connection | None = None) -> Sanic:
    """The app of one worker. It stops when the other end of `parent` is gone: nobody keeps an orphan's port busy."""
    app = Sanic("whatsapp_gateway", configure_logging=False)
    app.blueprint(webhook_blueprint(), url_prefix=PREFIX)
    if parent is not None:
        line = parent

        async def watch(running: Sanic, loop: Any) -> None:
            loop.add_reader(line.fileno(), running.stop)

        app.register_listener(watch, "after_server_start")
    return app


def _work(sock: socket.socket, parent: Connection) -> None:
    """One worker, until it is told to stop or its parent ends."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    application(parent).run(sock=sock, access_log=False, motd=False, backlog=BACKLOG)


class Gateway:
    """The parent of the workers."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._stopping = False
        self._workers: list[Any] = []
        # The workers read this line; nothing is ever said on it but its end.
        self._theirs, self._mine = _processes.Pipe(duplex=False)

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; 1 when the port is taken."""
        try:
            sock = self._listen()
        except OSError as error:
            logger.error("port %d cannot be used (GATEWAY_PORT): %s", self._settings.port, error.strerror)
            return 1
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._workers = [self._start(sock) for _ in range(self._settings.workers)]
        logger.info("gateway: http://%s:%d%s/webhook", self._settings.host, sock.getsockname()[1], PREFIX)
        while not self._stopping:
            wait([worker.sentinel for worker in self._workers], timeout=REST_SECONDS)
            self._replace_the_dead(sock)
        self._end()
        return 0

    def _listen(self) -> socket.socket:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self._settings.host, self._settings.port))
        sock.listen(BACKLOG)
        return sock

    def _start(self, sock: socket.socket) -> Any:
        worker = _processes.Process(target=_work, args=(sock, self._theirs), daemon=True)
        worker.start()
        return worker

    def _replace_the_dead(self, sock: socket.socket) -> None:
        dead = [worker for worker in self._workers if worker.exitcode is not None]
        if not dead or self._stopping:
            return
        logger.error("gateway: %d of %d workers ended; starting again", len(dead), len(self._workers))
        # Those that cannot even start must not be started without a pause.
        time.sleep(REST_SECONDS)
        if self._stopping:
            return
        alive = [worker for worker in self._workers if worker.exitcode is None]
        self._workers = alive + [self._start(sock) for _ in range(self._settings.workers - len(alive))]

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        """Let the requests that run be finished, for a while."""
        end = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join(max(0.0, end - time.monotonic()))
            if worker.is_alive():
                worker.kill()
        self._mine.close()


def main() -> int:
    """Entry point."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = gateway_settings()
    except SettingsError as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 1
    return Gateway(settings).run()


if __name__ == "__main__":
    raise SystemExit(main())
