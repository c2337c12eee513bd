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

from simulator.deliveries import Deliveries, Delivery
from simulator.settings import Settings
from simulator.switches import Switches
from simulator.webhook_bodies import sign

log = logging.getLogger("simulator.webhooks")

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
TIMEOUT = 20.0


def wait_after(attempts: int) -> float:
    """Seconds before the next try: 0.5, 1, 2, 4, … at most 30."""
    return float(min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempts, 10)))


class Courier:
    def __init__(
        self,
        settings: Settings,
        deliveries: Deliveries,
        switches: Switches,
        arrived: Callable[[Delivery], None],
    ) -> None:
        self._settings = settings
        self._deliveries = deliveries
        self._switches = switches
        self._arrived = arrived
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # One thread a phone that has something to say at this moment; they only wait for the network.
        self._threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="webhook")
        self._nudged = asyncio.Event()
        self._failing = False

    def kick(self, phone: str) -> None:
        """There is something for this phone in the queue."""
        if phone not in self._tasks:
            self._tasks[phone] = asyncio.create_task(self._empty(phone))

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
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _empty(self, phone: str) -> None:
        try:
            while delivery := self._deliveries.next(phone):
                if self._switches.paused:
                    await self._sleep(LONGEST_WAIT)
                elif not await self._deliver(delivery):
                    await self._sleep(wait_after(delivery.attempts))
        except Exception:
            log.exception("The queue of one phone stopped; it goes on with the next message or the next start")
        finally:
            # No await between the last look at the queue and this line: nothing can be missed.
            self._tasks.pop(phone, None)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _deliver(self, delivery: Delivery) -> bool:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._threads, self._post, delivery.body)
        if not isinstance(answer, int) or not 200 <= answer < 300:
            self._complain(answer)
            self._deliveries.failed(delivery)
            return False
        if self._switches.duplicate:
            await loop.run_in_executor(self._threads, self._post, delivery.body)
        self._deliveries.done(delivery)
        self._arrived(delivery)
        if self._failing:
            self._failing = False
            log.info("Webhooks arrive again")
            self.nudge()
        return True

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
