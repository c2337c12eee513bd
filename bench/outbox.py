"""How fast the outbox empties, and whether in order: ``python -m bench.outbox [--quick] [--database URL]``.

The worker sends to a server here that takes everything, at once or as slowly as Meta does. Written to
var/bench/outbox.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from bench import figures, server
from clinic import clock, contacts, database, messaging
from clinic.models import Outbox, col
from clinic.models.messaging import PENDING
from clinic.settings import PROJECT
from scripts.demo_clinic import environment_of_demo_clinic
from scripts.stack import free_ports

MOST_SECONDS = 600.0
HEAD = ("", "messages", "messages/s", "sent twice", "out of order")


@dataclass(frozen=True)
class Round:
    """What waits, and who sends it. `latency`: seconds until the channel answers."""

    name: str
    contacts: int
    each: int
    latency: float = 0.0
    workers: int = 1
    # wait for "delivered" between two messages of a contact, for that many seconds
    delivered_seconds: float = 0.0


ROUNDS = (
    Round("one message each", 500, 1, delivered_seconds=3.0),
    Round("20 messages each, order by acceptance", 25, 20),
    Round("one message each, the channel takes 0.1 s", 200, 1, latency=0.1, delivered_seconds=3.0),
    Round("one message each, two workers", 500, 1, workers=2, delivered_seconds=3.0),
)


@dataclass
class Channel:
    """Takes every message, and remembers in which order."""

    latency: float = 0.0
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the worker hangs up."""
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
                body = json.loads(await reader.readexactly(int(length or 0)) or b"{}")
                await asyncio.sleep(self.latency)
                if "text" in body:
                    self.taken.append((str(body.get("to") or body.get("recipient")), body["text"]["body"]))
                answer = json.dumps({"messages": [{"id": f"wamid.OUT{len(self.taken):07d}"}]}).encode()
                kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                writer.write(kind + f"Content-Length: {len(answer)}\r\n\r\n".encode() + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def disordered(self) -> int:
        """Messages that came after a later one of the same contact."""
        seen: dict[str, list[int]] = defaultdict(list)
        for to, text in self.taken:
            seen[to].append(int(text))
        return sum(later < earlier for numbers in seen.values() for earlier, later in pairwise(numbers))


@contextmanager
def listening(channel: Channel) -> Iterator[int]:
    """The channel on a free port, in a thread."""
    loop, (port,) = asyncio.new_event_loop(), free_ports(1)
    listening_now = loop.run_until_complete(asyncio.start_server(channel.serve, "127.0.0.1", port))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        listening_now.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def fill(url: str, wanted: Round, first: int) -> None:
    """Contacts who have just written, and what they are to be told, in turn."""
    with database.transaction(url) as session:
        people = []
        for number in range(first, first + wanted.contacts):
            person = contacts.by_address(session, phone=f"+4915140{number:06d}").id
            what: dict[str, Any] = {"wamid": f"wamid.IN{number:07d}", "kind": "text", "payload": {}, "text": "hello"}
            messaging.receive(session, contact_id=person, sent_at=clock.now(), **what)
            people.append(person)
        for number in range(wanted.each):
            for person in people:
                messaging.enqueue(session, person, {"text": str(number)})


def pending(url: str) -> int:
    """How many wait."""
    with database.read(url) as session:
        waiting = select(func.count()).select_from(Outbox).where(col(Outbox.status).in_(PENDING))
        return int(session.execute(waiting).scalar() or 0)


def measure(wanted: Round, env: Mapping[str, str], first: int) -> list[str]:
    """One line of the table: from the first message that is taken to the last."""
    channel, url = Channel(wanted.latency), env["CLINIC_DATABASE_URL"]
    fill(url, wanted, first)
    with listening(channel) as port:
        given = {"WHATSAPP_GRAPH_URL": f"http://127.0.0.1:{port}", "WHATSAPP_READ_RECEIPTS": "off"}
        given["OUTBOX_DELIVERED_SECONDS"] = str(wanted.delivered_seconds)
        command = [sys.executable, "-m", "worker"]
        workers = [subprocess.Popen(command, cwd=PROJECT, env={**env, **given}) for _ in range(wanted.workers)]
        try:
            end = time.monotonic() + MOST_SECONDS
            while not channel.taken and time.monotonic() < end:
                time.sleep(0.01)
            began = time.perf_counter()
            while pending(url):
                if time.monotonic() > end or any(worker.poll() is not None for worker in workers):
                    raise server.Failed(f"{wanted.name}: {pending(url)} messages are left")
                time.sleep(0.1)
            took = time.perf_counter() - began
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(30)
    count = len(set(channel.taken))
    twice = len(channel.taken) - count
    return [wanted.name, str(count), figures.number(count / took), str(twice), str(channel.disordered())]


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 1 when a message was sent twice or out of order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages")
    parser.add_argument("--database", metavar="URL", help="of an empty PostgreSQL database, instead of SQLite")
    options = parser.parse_args(arguments)
    server.end_by_exception()
    lines, first = [], 0
    with environment_of_demo_clinic() as env:
        if options.database:
            env["CLINIC_DATABASE_URL"] = options.database
            subprocess.run([sys.executable, "-m", "clinic", "migrate"], cwd=PROJECT, env=env, check=True)
        # The window of 24 hours is judged by the clinic's clock: everybody's has to run.
        del env["CLINIC_NOW"]
        for wanted in ROUNDS:
            few = replace(wanted, contacts=wanted.contacts // 10) if options.quick else wanted
            lines.append(measure(few, env, first))
            first += few.contacts
            print(lines[-1], flush=True)
    kind = "PostgreSQL" if options.database else "SQLite"
    heading = f"# The outbox empties\n\n{figures.machine()}; {kind}. The worker runs as configured: four sends at once.\n"
    name = "outbox-postgresql" if options.database else "outbox"
    figures.publish(name, f"{heading}\n{figures.markdown(HEAD, lines)}")
    return int(any(line[3:] != ["0", "0"] for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
