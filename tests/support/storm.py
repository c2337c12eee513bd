"""Many conversations at once while things go wrong: patients who write, WhatsApp at its worst, and a reaper.

    with scene(database_url, folder) as (played, crew):
        verdict = run(Storm(seed=1), played, crew, database_url)

Everything at random has a seed: who writes what and when, what befalls each webhook and each call, who is killed when.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from clinic import database
from clinic.models import Inbox, Outbox, col
from tests.support import ledger, stage
from tests.support.crew import Crew
from tests.support.ledger import PENDING, Ledger, Verdict
from tests.support.whatsapp import free_port, wait_for

# What the simulator does to webhooks and calls; see docs/simulator.md.
TROUBLE: Mapping[str, Any] = {
    "webhooks": {"batch": 0.3, "duplicate": 0.2, "reorder": 0.2, "delay": [0, 1.0], "drop_status": 0.05},
    "graph": {"error_5xx": 0.08, "rate": 0.01, "pair": 0.02, "timeout_after_accepting": 0.02, "other_5xx": 0.1},
}
# As in production, where nobody says otherwise.
GRACE_SECONDS = "60"
UP_SECONDS = 60.0


@dataclass(frozen=True)
class Storm:
    """So many patients write 2 to 4 messages each within `seconds`; every so often somebody is killed."""

    seed: int
    conversations: int = 200
    seconds: float = 90.0
    messages: tuple[int, int] = (2, 4)
    victims: Sequence[str] = ("gateway", "bot", "worker")
    # Nobody is up for less than some seconds: what the webhook refuses comes again ever later, as from WhatsApp itself.
    kill_every: tuple[float, float] = (2.5, 5.0)
    # What they say; nothing given: words of their own each time.
    texts: Sequence[str] = ()
    trouble: Mapping[str, Any] = field(default_factory=lambda: TROUBLE)
    # How long the rest may take when nobody writes or kills any more.
    patience: float = 240.0

    @property
    def phones(self) -> list[str]:
        """Whose telephones they are."""
        return [f"+4915123{number:06d}" for number in range(self.conversations)]


def letters(storm: Storm) -> list[tuple[float, str, str]]:
    """When who writes what: some in one breath, others as they read the answers."""
    chance = random.Random(storm.seed)
    found = []
    for number, phone in enumerate(storm.phones):
        moment = chance.uniform(0, storm.seconds * 0.85)
        hasty = chance.random() < 0.4
        for count in range(chance.randint(*storm.messages)):
            text = chance.choice(storm.texts) if storm.texts else f"patient {number} writes {count}"
            found.append((moment, phone, text))
            moment += chance.uniform(0.0, 0.4) if hasty else chance.uniform(1.0, 6.0)
    return sorted(found)


@contextmanager
def scene(database_url: str, folder: Path, **environment: str) -> Iterator[tuple[stage.Simulator, Crew]]:
    """The simulator, and a crew of nobody yet that belongs to it; `GATEWAY_PORT` is where the webhooks go."""
    port = free_port()
    webhook = f"http://127.0.0.1:{port}/webhooks/whatsapp/webhook"
    with stage.simulator(database_url, webhook, folder) as (played, settings):
        own = {"GATEWAY_PORT": str(port), "OUTBOX_GRACE_SECONDS": GRACE_SECONDS, "INBOX_POLL_SECONDS": "0.2"}
        with Crew({**settings, **own, **environment}, folder) as crew:
            yield played, crew


def echoing(crew: Crew, *, bots: int = 1, workers: int = 1) -> None:
    """The gateway, echoing bots behind it and workers; ready when this returns."""
    crew.start("gateway", "connectors.whatsapp.gateway")
    for number in range(bots):
        crew.start(f"bot{number or ''}", "tests.support.echo_server", str(free_port()))
    for number in range(workers):
        crew.start(f"worker{number or ''}", "worker")
    address = f"http://127.0.0.1:{crew.environment['GATEWAY_PORT']}/webhooks/whatsapp/"
    wait_for(lambda: stage.is_up(address), UP_SECONDS)


Event = Callable[[], None]


def run(
    storm: Storm,
    played: stage.Simulator,
    crew: Crew,
    database_url: str,
    *,
    echoes: bool = True,
    events: Mapping[float, Event] | None = None,
    thinking: timedelta = ledger.THINKING,
) -> Verdict:
    """Let it rage, wait until everything is done, and hold the books against each other.

    `events`: what else happens so many seconds after the beginning. The summary is printed.
    """
    began = time.monotonic()
    played.post("/rate_limits", enabled=False)
    for phone in storm.phones:
        played.post("/phones", phone=phone, name="A patient")
    played.post("/chaos", seed=storm.seed, **storm.trouble)
    with _reaper(storm, crew), _happening(events or {}):
        _write_all(storm, played)
    rest = time.monotonic()
    seen = _settled(storm, played, database_url)
    verdict = ledger.judge(seen, echoes=echoes, thinking=thinking)
    times = {"storm": f"{rest - began:.0f} s", "rest": f"{time.monotonic() - rest:.0f} s"}
    print("\n" + verdict.report(), *(f"{name} {value}" for name, value in times.items()), sep=" · ")
    print("  kills:", _counted(crew.kills), "· fell by themselves:", _counted(crew.fell))
    print("  trouble:", _counted(played.counters()))
    if not verdict.clean:
        print(crew.troubles())
    return verdict


def _write_all(storm: Storm, played: stage.Simulator) -> None:
    began = time.monotonic()
    for moment, phone, text in letters(storm):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        played.send(phone, text=text)


@contextmanager
def _reaper(storm: Storm, crew: Crew) -> Iterator[None]:
    """Strikes one of the victims at a time, each of them as often as the others, until the block ends."""
    chance, ended = random.Random(storm.seed + 1), threading.Event()

    def reap() -> None:
        waiting: list[str] = []
        while storm.victims and not ended.wait(chance.uniform(*storm.kill_every)):
            waiting = waiting or chance.sample(list(storm.victims), len(storm.victims))
            crew.strike(waiting.pop())

    with _beside(reap, ended):
        yield


@contextmanager
def _happening(events: Mapping[float, Event]) -> Iterator[None]:
    ended = threading.Event()
    began = time.monotonic()

    def happen() -> None:
        for moment in sorted(events):
            ended.wait(max(0.0, began + moment - time.monotonic()))
            # Also when everything has been written already: what was begun has to end.
            events[moment]()

    with _beside(happen, ended):
        yield


@contextmanager
def _beside(work: Event, ended: threading.Event) -> Iterator[None]:
    problems: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if problems:
        raise problems[0]


def _settled(storm: Storm, played: stage.Simulator, database_url: str) -> Ledger:
    """Both sides when nothing is left to do, or when patience has ended."""
    end = time.monotonic() + storm.patience
    # In this order: who has nothing left to say causes no more webhooks.
    while time.monotonic() < end and not (_idle(database_url) and played.pending() == 0):
        time.sleep(1.0)
    seen = played.transcript()
    return ledger.read(seen["messages"], database_url, undelivered=seen["pending"])


def _idle(database_url: str) -> bool:
    inbox = select(func.count()).where(col(Inbox.processed_at).is_(None), col(Inbox.contact_id).is_not(None))
    outbox = select(func.count()).where(col(Outbox.status).in_(PENDING))
    try:
        with database.read(database_url) as session:
            return not any(session.execute(counted).scalar() for counted in (inbox, outbox))
    except DBAPIError:
        return False


def _counted(numbers: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in numbers.items() if value) or "none"
