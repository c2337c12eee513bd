"""`python -m simulator`"""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from simulator.app import create_app
from simulator.settings import Settings, SettingsError


class Server(uvicorn.Server):
    """Tells the open streams to end when the process is asked to."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._ending()
        super().handle_exit(sig, frame)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_environment(os.environ)
        listener = listen(settings)
        app = create_app(settings)
    except SettingsError as error:
        print(f"The simulator cannot start.\n{error}", file=sys.stderr)
        return 2
    except (OSError, sqlite3.Error) as error:
        print(f"The simulator cannot start: {error}. Is SIMULATOR_DATABASE a place to write?", file=sys.stderr)
        return 2
    logging.getLogger("simulator").info("The phones are at http://%s:%s/", settings.host, settings.port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="none",  # the websockets that Sanic 21.12 pins is too old for uvicorn
        # Phone pages keep a stream open: without a limit the server would wait for them when it is told to stop.
        timeout_graceful_shutdown=2,
    )
    try:
        Server(config, app.state.simulator.stopping.set).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    logging.shutdown()
    # The database is closed by now. A thread may still wait for a clinic that does not answer; nothing needs it.
    os._exit(0)


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything else, so that a second simulator says what is wrong and touches nothing."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"{settings.host}:{settings.port} cannot be used ({error.strerror}).\n"
            "Stop what runs there, or set SIMULATOR_PORT to another number."
        ) from error
    return listener


if __name__ == "__main__":
    sys.exit(main())
