"""`python -m worker [--once] [--now ISO]`: sends what waits in the outbox."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from clinic import clock
from clinic.media import days_kept
from clinic.settings import SettingsError
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.media import MediaSource
from connectors.whatsapp.settings import graph_settings, media_settings, receipts_wanted
from worker import media
from worker.loop import PARALLEL, Worker
from worker.media import Fetcher
from worker.receipts import Receipts

logger = logging.getLogger("worker")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m worker", description="Sends what waits in the outbox.")
    parser.add_argument("--once", action="store_true", help="send what is due, then stop")
    parser.add_argument("--now", metavar="ISO", help="pretend it is this instant, e.g. 2026-11-24T09:00:00+01:00")
    arguments = parser.parse_args(argv)
    if arguments.now:
        try:
            clock.freeze(clock.parse_instant(arguments.now))
        except ValueError as error:
            parser.error(f"--now: {error}")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or Ctrl-C (the current sends are finished), or once."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Its lines would hold addresses and paths.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        days = days_kept()
        graph = Graph(graph_settings(), connections=PARALLEL + media.PARALLEL + 1)
    except SettingsError as error:
        print(f"the worker cannot start: {error}", file=sys.stderr)
        return 2
    receipts = None if arguments.once or not receipts_wanted() else Receipts(graph)
    source = MediaSource(graph, media_settings())
    fetcher = Fetcher(source, days=days)
    worker = Worker(graph, receipts=receipts, fetcher=fetcher)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()
        source.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        if arguments.once:
            worker.run_once()
        else:
            logger.info("the worker sends the outbox")
            worker.run()
    finally:
        if receipts is not None:
            receipts.close()
        fetcher.close()
        graph.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
