"""`python -m simulator`"""

from __future__ import annotations

import logging
import os
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
    except SettingsError as error:
        print(f"The simulator cannot start.\n{error}", file=sys.stderr)
        return 2
    logging.getLogger("simulator").info("The phones are at http://%s:%s/", settings.host, settings.port)
    # Phone pages keep a stream open: without a limit the server would wait for them when it is told to stop.
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        ws="none",  # the websockets that Sanic 21.12 pins is too old for uvicorn
        timeout_graceful_shutdown=2,
    )
    Server(config, app.state.simulator.stopping.set).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
