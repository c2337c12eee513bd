"""Carries the queued webhooks to the clinic: per phone in order, again and again until it answers 2xx.

Source: Meta's guide "Webhooks": at once, then less and less often (here from half a second up to thirty).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from simulator.batches import STYLES, Batches, merge
from simulator.chaos import Chaos
from simulator.clock import real_seconds
from simulator.counters import Counters
from simulator.deliveries import REPEAT, Deliveries, Delivery
from simulator.settings import Settings
from simulator.switches import Switches
from simulator.webhook_bodies import sign

log = logging.getLogger("simulator.webhooks")

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
TIMEOUT = 20.0
#: How many POSTs may wait for the clinic at the same time.
THREADS = 200
#: How many updates one phone adds to a batch at most.
OF_ONE_PHONE = 10


def wait_after(attempts: int) -> float:
    """Seconds before the next try: 0.5, 1, 2, 4, … at most 30."""
    return float(min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempts, 10)))


class Courier:
    def __init__(
        self,
        settings: Settings,
        deliveries: Deliveries,
        switches: Switches,
        chaos: Chaos,
        counters: Counters,
        posted: Callable[[Delivery], None],
        arrived: Callable[[Delivery], None],
    ) -> None:
        self._settings = settings
        self._deliveries = deliveries
        self._switches = switches
        self._chaos = chaos
        self._counters = counters
        self._posted = posted
        self._arrived = arrived
        self._batches = Batches(self._deliver)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # One thread a phone that has something to say at this moment; they only wait for the network.
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="webhook")
        self._nudged = asyncio.Event()
        self._fresh: dict[str, asyncio.Event] = {}
        self._failing = False

    def kick(self, phone: str) -> None:
        """There is something for this phone in the queue."""
        if phone not in self._tasks:
            self._fresh[phone] = asyncio.Event()
            self._tasks[phone] = asyncio.create_task(self._empty(phone))
        else:
            self._fresh[phone].set()

    def kick_all(self) -> None:
        for phone in self._deliveries.phones():
            self.kick(phone)
        self.nudge()

    def nudge(self) -> None:
        """The clinic is there (again), or a switch was turned: no reason to wait any longer."""
        nudged, self._nudged = self._nudged, asyncio.Event()
        nudged.set()

    @property
    def busy(self) -> bool:
        """Whether some phone's webhooks are on their way."""
        return bool(self._tasks)

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._batches.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _empty(self, phone: str) -> None:
        try:
            while (wait := self._deliveries.wait(phone, real_seconds())) is not None:
                if self._switches.paused:
                    await self._sleep(LONGEST_WAIT)
                elif wait > 0:
                    await self._until_ready(phone, wait)
                else:
                    await self._next(phone)
        except Exception:
            log.exception("The queue of one phone stopped; it goes on with the next message or the next start")
        finally:
            # No await between the last look at the queue and this line: nothing can be missed.
            self._tasks.pop(phone, None)
            self._fresh.pop(phone, None)

    async def _next(self, phone: str) -> None:
        chances = self._chaos.settings.webhooks
        together = chances.batch > 0 and self._chaos.throw(f"batch:{phone}") < chances.batch
        limit = min(OF_ONE_PHONE, chances.batch_size) if together else 1
        group = self._deliveries.ready(phone, real_seconds(), limit)
        if not group:
            await asyncio.sleep(0)
        elif not await (self._batches.carry(group, chances.batch_size) if together else self._deliver(group)):
            await self._sleep(wait_after(group[0].attempts))

    async def _until_ready(self, phone: str, seconds: float) -> None:
        """What is held back waits; something new of the same phone may be allowed to pass it."""
        fresh = self._fresh[phone]
        fresh.clear()
        try:
            await asyncio.wait_for(fresh.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _deliver(self, group: list[Delivery]) -> bool:
        """Post them together. A twin is the same POST a second time, at the same moment."""
        body = group[0].body if len(group) == 1 else self._merged(group)
        twins = 2 if any(delivery.twin for delivery in group) else 1
        answers = await asyncio.gather(*(self._carry(group, body) for _ in range(twins)))
        refusals = [answer for answer in answers if not isinstance(answer, int) or not 200 <= answer < 300]
        if len(refusals) == twins:
            self._complain(refusals[0])
            for delivery in group:
                self._deliveries.failed(delivery)
            return False
        if self._switches.duplicate:
            self._counters.count("webhooks_duplicated")
            await self._carry(group, body)
        for delivery in group:
            self._deliveries.done(delivery)
            if delivery.kind != REPEAT:
                self._arrived(delivery)
        if self._failing:
            self._failing = False
            log.info("Webhooks arrive again")
            self.nudge()
        return True

    async def _carry(self, group: list[Delivery], body: bytes) -> int | str:
        self._counters.count("webhooks_sent")
        if group[0].attempts:
            self._counters.count("webhooks_repeated")
        for delivery in group:
            self._posted(delivery)
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._post, body)
        accepted = isinstance(answer, int) and 200 <= answer < 300
        self._counters.count("webhooks_accepted" if accepted else "webhooks_refused")
        return answer

    def _merged(self, group: list[Delivery]) -> bytes:
        self._counters.count("batches")
        self._counters.count("batched_updates", len(group))
        style = STYLES[int(self._chaos.throw("style") * len(STYLES))]
        return merge([delivery.body for delivery in group], style)

    def _complain(self, answer: int | str) -> None:
        if not self._failing:
            log.warning("The clinic's webhook answered %s; every webhook is kept and tried again", answer)
        self._failing = True

    def _post(self, body: bytes) -> int | str:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(self._settings.app_secret, body),
        }
        try:
            with requests.Session() as session:
                session.trust_env = False  # a proxy of the environment has no business between two local processes
                response = session.post(
                    self._settings.webhook_url,
                    data=body,
                    headers=headers,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
                return response.status_code
        except requests.RequestException as error:
            return type(error).__name__


def challenge(settings: Settings, word: str) -> requests.Response:
    """Meta's verification request (guide "Webhooks", section "Verification requests")."""
    query: dict[str, Any] = {
        "hub.mode": "subscribe",
        "hub.verify_token": settings.verify_token,
        "hub.challenge": word,
    }
    with requests.Session() as session:
        session.trust_env = False
        return session.get(settings.webhook_url, params=query, timeout=5, allow_redirects=False)
