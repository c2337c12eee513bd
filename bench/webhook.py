"""How soon a webhook is acknowledged: ``python -m bench.webhook [--quick] [--database URL]``.

In one run, one after the other: Rasa's own REST channel and a naive connector, which answer when the bot has answered;
ours in the Rasa server; ours as gateway, with the bot busy and alone. Meta wants a median of at most 250 ms and less
than 1 % over a second. Written to var/bench/webhook.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import requests
import yaml
from sqlalchemy import func, select

from bench import bots, figures, posts, sample, server
from bench.posts import Answers
from clinic import database
from clinic.models import Inbox, col
from clinic.settings import PROJECT
from scripts.demo_clinic import environment_of_demo_clinic
from scripts.stack import free_ports

SECONDS_TO_SETTLE, SLOW, SENDERS = 600.0, 1.0, 200
CREDENTIALS = {"rest": None, "bench.naive.NaiveInput": None, "connectors.whatsapp.channel.WhatsAppInput": None}
CHANNELS = {"rest": "Rasa's REST channel", "naive": "naive connector", "whatsapp": "ours, in the Rasa server"}
HEAD = ("", "posts", "posts/s", "median, ms", "p99, ms", "longest, ms", "over 1 s", "refused", "lost")


@dataclass(frozen=True)
class Plan:
    """How much is sent."""

    epochs: int | None
    alone: int
    burst: int
    rate: float
    seconds: float


FULL = Plan(epochs=None, alone=40, burst=300, rate=500.0, seconds=20.0)
QUICK = Plan(epochs=2, alone=5, burst=60, rate=100.0, seconds=3.0)


class Bench:
    """One run: what is sent where, and the lines of the table."""

    def __init__(self, plan: Plan, env: Mapping[str, str], texts: Sequence[str]) -> None:
        self._plan, self._env, self._texts = plan, env, texts
        self._url = env["CLINIC_DATABASE_URL"]
        self._sender = 0
        self.lines: list[list[str]] = []

    def _requests(self, channel: str, count: int) -> list[bytes]:
        """That many posts for a channel, from many patients in turn."""
        path, made = f"/webhooks/{channel}/webhook", []
        for _ in range(count):
            self._sender += 1
            sender, text = self._sender % SENDERS, self._texts[self._sender % len(self._texts)]
            if channel == "rest":
                made.append(posts.request(path, json.dumps({"sender": f"rest-{sender}", "message": text}).encode()))
            else:
                made.append(posts.request(path, posts.message(sender, text), self._env["WHATSAPP_APP_SECRET"]))
        return made

    def run(self, name: str, channel: str, port: int, count: int, connections: int, rate: float | None) -> None:
        """Send, and write a line about it."""
        stored = channel == "whatsapp"
        before = self._stored() if stored else 0
        answers = posts.send(port, self._requests(channel, count), connections, rate)
        lost = answers.accepted - (self._stored() - before) if stored else None
        self.lines.append(line(name, answers, lost))
        print(self.lines[-1], flush=True)

    def _stored(self, *conditions: object) -> int:
        with database.read(self._url) as session:
            return int(session.execute(select(func.count()).select_from(Inbox).where(*conditions)).scalar() or 0)

    def settle(self) -> None:
        """Wait until the bot has answered everything."""
        end = time.monotonic() + SECONDS_TO_SETTLE
        while self._stored(col(Inbox.processed_at).is_(None)):
            if time.monotonic() > end:
                raise server.Failed(f"the inbox is not empty after {SECONDS_TO_SETTLE:.0f} s")
            time.sleep(0.2)

    def in_the_server(self, port: int) -> None:
        """The three channels of the Rasa server: at rest, then each with a burst."""
        for channel, name in CHANNELS.items():
            posts.send(port, self._requests(channel, 5), 1)
            self.settle()
            self.run(f"{name}: one at a time", channel, port, self._plan.alone, 1, 4.0)
            self.settle()
        for channel, name in CHANNELS.items():
            self.run(f"{name}: {self._plan.burst} at once", channel, port, self._plan.burst, self._plan.burst, None)
            self.settle()

    def gateway(self, name: str, port: int) -> None:
        """So many a second for some time, as nginx would pass them on: over connections that stay open."""
        count = round(self._plan.rate * self._plan.seconds)
        posts.send(port, self._requests("whatsapp", 50), 4)
        self.run(f"{name}: {self._plan.rate:.0f} a second", "whatsapp", port, count, 32, self._plan.rate)
        self.run(f"{name}: {self._plan.burst} at once", "whatsapp", port, self._plan.burst, self._plan.burst, None)


def line(name: str, answers: Answers, lost: int | None) -> list[str]:
    """A line of the table."""
    found = [seconds * 1000 for seconds in answers.seconds]
    slow = sum(seconds > SLOW for seconds in answers.seconds) / len(found)
    return [
        name,
        str(len(found)),
        figures.number(answers.rate),
        *(figures.number(value) for value in (median(found), figures.percentile(found, 0.99), max(found))),
        f"{slow:.1%}",
        str(len(found) - answers.accepted),
        figures.NOTHING if lost is None else str(lost),
    ]


@contextmanager
def gateway_on(env: Mapping[str, str], log: Path) -> Iterator[int]:
    """A gateway on a free port, until the block ends."""
    (port,) = free_ports(1)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "connectors.whatsapp.gateway"],
            cwd=PROJECT,
            env={**env, "GATEWAY_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 60
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                raise server.Failed(f"the gateway does not answer\n{log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/webhooks/whatsapp/", timeout=2).status_code == 200
    return False


def measure(plan: Plan, env: Mapping[str, str], folder: Path) -> list[list[str]]:
    """Train a small bot, and post to it."""
    chosen = sample.training(2)
    bot = bots.make("ours", folder / "bot", chosen, plan.epochs)
    (bot.folder / "credentials.yml").write_text(yaml.safe_dump(CREDENTIALS), encoding="utf-8")
    server.train(bot, env)
    bench = Bench(plan, env, sample.spoken(chosen))
    with server.serving(bot, {**env, "INBOX_POLL_SECONDS": "0.2"}) as running:
        bench.in_the_server(running.port)
        with gateway_on(env, folder / "gateway.log") as port:
            bench.gateway("ours, as gateway, bot busy", port)
    with gateway_on(env, folder / "gateway.log") as port:
        bench.gateway("ours, as gateway, alone", port)
    return bench.lines


def heading(plan: Plan, kind: str) -> str:
    """What was measured, where, and how it is to be read."""
    trial = "" if plan.epochs is None else " **A trial: the figures mean nothing.**"
    return (
        f"# Until a webhook is acknowledged\n\n{figures.machine()}; {kind}.{trial}\n\n"
        f"A post counts from when it was due, also while it waits for a connection. `{plan.burst} at once`: each on a "
        f"connection of its own. The sender, the bot and the gateway share the machine. `lost`: acknowledged and not in "
        f"the inbox.\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 1 when a message was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a minute or two, to try the code")
    parser.add_argument("--database", metavar="URL", help="of an empty PostgreSQL database, instead of SQLite")
    options = parser.parse_args(arguments)
    server.end_by_exception()
    plan = QUICK if options.quick else FULL
    given = {"CLINIC_DATABASE_URL": options.database} if options.database else {}
    with environment_of_demo_clinic() as env, tempfile.TemporaryDirectory(prefix="salama-bench-") as folder:
        if options.database:
            for step in ("migrate", "seed"):
                subprocess.run([sys.executable, "-m", "clinic", step], cwd=PROJECT, env={**env, **given}, check=True)
        lines = measure(plan, {**env, **given}, Path(folder))
    kind = "PostgreSQL" if options.database else "SQLite"
    name = "webhook-postgresql" if options.database else "webhook"
    figures.publish(name, f"{heading(plan, kind)}\n{figures.markdown(HEAD, lines)}")
    return int(any(line[-1] not in (figures.NOTHING, "0") for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
