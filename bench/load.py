"""Patients who write to a bot's REST channel, and how long it takes to answer them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from bench.figures import window

ANSWER_SECONDS = 120.0
# A patient's messages, then another patient writes.
MESSAGES_OF_A_SENDER = 10


class Unanswered(Exception):
    """The server said something else than 200."""


@dataclass(frozen=True)
class Load:
    """What senders saw: whole turns a second, the seconds of each, and the share with an answer in it."""

    turns_per_second: float
    latencies: list[float]
    answered: float


class Line:
    """One connection, kept open: the standard library's, because the client shares the machine with the server."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def post(self, path: str, body: dict[str, str]) -> Any:
        """The JSON that comes back."""
        content = json.dumps(body).encode()
        self._connection.request("POST", path, content, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise Unanswered(f"{path}: {response.status} {answer[:200]!r}")
        return json.loads(answer)

    def parse(self, text: str) -> Any:
        """What the model understands."""
        return self.post("/model/parse", {"text": text})

    def say(self, sender: str, text: str) -> tuple[float, bool]:
        """The seconds of a whole turn, and whether an answer came."""
        began = time.perf_counter()
        answers = self.post("/webhooks/rest/webhook", {"sender": sender, "message": text})
        return time.perf_counter() - began, bool(answers)


def parses_per_second(port: int, texts: Sequence[str], seconds: float) -> float:
    """How many messages one client has parsed a second, one after the other."""
    with closing(Line(port)) as line:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            line.parse(texts[count % len(texts)])
            count += 1
        return count / (time.perf_counter() - began)


def _write(port: int, name: str, texts: Sequence[str]) -> list[tuple[float, bool]]:
    with closing(Line(port)) as line:
        return [line.say(f"{name}-{place // MESSAGES_OF_A_SENDER}", text) for place, text in enumerate(texts)]


def senders(port: int, count: int, texts: Sequence[str], messages: int) -> Load:
    """`count` patients at once, who write that many messages each, each beginning elsewhere in `texts`.

    A number of messages, not of seconds: sessions grow as long, and hold the same words, whoever answers.
    """
    began = time.perf_counter()
    starts = [place * len(texts) // count for place in range(count)]
    with ThreadPoolExecutor(count) as pool:
        writing = [
            pool.submit(_write, port, f"{count}-{place}", said(texts, start, messages))
            for place, start in enumerate(starts)
        ]
        turns = [turn for one in writing for turn in one.result()]
    took = time.perf_counter() - began
    return Load(len(turns) / took, [latency for latency, _ in turns], sum(ok for _, ok in turns) / len(turns))


def said(texts: Sequence[str], start: int, count: int) -> list[str]:
    """`count` of the messages from `start` on, from the beginning again where they end."""
    return [texts[(start + place) % len(texts)] for place in range(count)]


def session_texts(texts: Sequence[str], points: Sequence[int]) -> list[str]:
    """A session's messages: the same ones around every point, so that only the session's length differs."""
    found = said(texts, 0, window(points[-1]).stop)
    for point in points:
        for offset, place in enumerate(window(point)):
            found[place] = texts[offset]
    return found


def session(port: int, texts: Sequence[str]) -> list[float]:
    """The seconds of each turn of one long session."""
    with closing(Line(port)) as line:
        return [line.say("patient", text)[0] for text in texts]
