"""Asks the Duckling worker; starts it, and starts another when a text has killed it or made it hang."""

from __future__ import annotations

import atexit
import json
import logging
import selectors
import subprocess
import sys
import threading
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional

from clinic.settings import PROJECT

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 3.0
# The first answer waits for the worker to start.
START_SECONDS = 30.0


class Duckling:
    """One worker process and the line to it. Safe to use from several threads, one request at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Optional[subprocess.Popen[str]] = None
        atexit.register(self.close)

    def parse(self, text: str, language: str, wall: datetime) -> List[Dict[str, Any]]:
        """Duckling's times of `text` at the naive wall-clock time `wall`; none when Duckling fails on it."""
        request = {"text": text, "language": language, "epoch": int(wall.replace(tzinfo=timezone.utc).timestamp())}
        with self._lock:
            fresh = self._worker is None or self._worker.poll() is not None
            worker = self._start() if fresh or self._worker is None else self._worker
            answer = self._ask(worker, json.dumps(request), START_SECONDS if fresh else ANSWER_SECONDS)
            if answer is None:
                # The text itself stays out of the log: a patient wrote it.
                logger.error("Duckling failed on a text of %d characters (%s); starting it again", len(text), language)
                self._end()
                return []
        times: List[Dict[str, Any]] = json.loads(answer)
        return times

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[str]:
        self._end()
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "nlu.duckling_worker"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            bufsize=1,
        )
        return self._worker

    @staticmethod
    def _ask(worker: subprocess.Popen[str], request: str, seconds: float) -> Optional[str]:
        """The worker's line, or None when it died or was silent for too long."""
        assert worker.stdin and worker.stdout
        try:
            worker.stdin.write(request + "\n")
            worker.stdin.flush()
        except OSError:
            return None
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                return None
        return worker.stdout.readline() or None

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        for pipe in (worker.stdin, worker.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    pass
        worker.wait()


_shared = Duckling()
parse = _shared.parse
