"""Posts to a webhook, as many a second as is asked for, and how long each answer took. One process, no library."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from connectors.whatsapp.signature import sign

SENT_AT = 1_795_500_000
_numbers = count()


@dataclass(frozen=True)
class Answers:
    """What the sender saw: the seconds of each answer, how many said 200, and how long all of it took."""

    seconds: list[float]
    accepted: int
    took: float

    @property
    def rate(self) -> float:
        """Accepted posts a second."""
        return self.accepted / self.took


def message(sender: int, text: str) -> bytes:
    """A webhook's body with one message that nobody has sent before."""
    number = next(_numbers)
    phone = f"49151{sender:08d}"
    what = {"from": phone, "id": f"wamid.BENCH{number:09d}", "timestamp": str(SENT_AT + number), "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "A patient"}, "wa_id": phone}],
        "messages": [{**what, "text": {"body": text}}],
    }
    entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def request(path: str, body: bytes, secret: str = "") -> bytes:
    """The bytes of a POST; signed when there is a secret."""
    signature = f"X-Hub-Signature-256: {sign(body, secret)}\r\n" if secret else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{signature}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, requests: Sequence[bytes], connections: int, rate: float | None = None) -> Answers:
    """Send them all over so many connections: at once, or `rate` a second, whether or not the server keeps up.

    An answer's time counts from when its post was due: what waits for a free connection is not hidden.
    """
    return asyncio.run(_send(port, requests, connections, rate))


async def _send(port: int, requests: Sequence[bytes], connections: int, rate: float | None) -> Answers:
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    began = time.perf_counter()
    due = iter([(began + number / rate if rate else began, content) for number, content in enumerate(requests)])
    found: list[tuple[float, bool]] = []

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for at, content in due:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            writer.write(content)
            accepted = await _answer(reader)
            found.append((time.perf_counter() - at, accepted))
        writer.close()

    await asyncio.gather(*(work(*line) for line in lines))
    took = time.perf_counter() - began
    return Answers([seconds for seconds, _ in found], sum(accepted for _, accepted in found), took)


async def _answer(reader: asyncio.StreamReader) -> bool:
    """Read one response to its end; whether it is a 200."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    await reader.readexactly(length)
    return head.split(b" ", 2)[1] == b"200"
