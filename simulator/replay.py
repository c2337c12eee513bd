"""Plays a recording again: the same patients, the same words, at the same pace or faster."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from simulator.chaos import Chaos, parse_chaos
from simulator.exchange import Exchange
from simulator.patient_messages import OrderError, PatientMessages
from simulator.phones import Phone, Phones, digits

log = logging.getLogger("simulator.replay")

Json = dict[str, Any]
#: How long a patient waits for the button that was there last time, in real seconds.
PATIENCE = 60.0


@dataclass
class Progress:
    running: bool = False
    total: int = 0
    done: int = 0
    #: What could not be done again, in words; the rest went on.
    failed: list[str] = field(default_factory=list)

    def as_json(self) -> Json:
        return asdict(self)


class Replay:
    def __init__(
        self, phones: Phones, chaos: Chaos, messages: PatientMessages, exchange: Exchange, told: Callable[[], None]
    ) -> None:
        self._phones, self._chaos, self._messages, self._exchange = phones, chaos, messages, exchange
        self._told = told
        self._tasks: list[asyncio.Task[None]] = []
        self._wamids: dict[str, str] = {}
        self.progress = Progress()

    def start(self, lines: list[Json], speed: float) -> None:
        """Each patient acts alone: somebody who waits for a button holds up nobody else."""
        self.stop()
        self._wamids = {}
        by_phone: dict[str, list[Json]] = {}
        for line in lines:
            if line["do"] == "chaos":
                self._chaos.set(parse_chaos(line.get("chaos", {})))
            elif line["do"] == "phone":
                self._add_phone(line)
            else:
                by_phone.setdefault(digits(line["phone"]), []).append(line)
        self.progress = Progress(total=sum(map(len, by_phone.values())), running=bool(by_phone))
        self._tasks = [asyncio.create_task(self._play(each, speed)) for each in by_phone.values()]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        self.progress.running = False

    def _add_phone(self, line: Json) -> None:
        wa_id = digits(line["phone"])
        self._phones.add(
            *(wa_id, str(line.get("name") or f"+{wa_id}"), line.get("user_id"), line.get("language")),
            line.get("direction"),
            hides_number=bool(line.get("hides_number")),
        )
        self._told()

    async def _play(self, lines: list[Json], speed: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for line in lines:
            await asyncio.sleep(max(0.0, began + line["after"] / speed - loop.time()))
            phone = self._phones.by_address(line["phone"])
            try:
                if phone is None:
                    raise OrderError("there is no such phone")
                await self._do(phone, line)
            except (OrderError, ValueError) as error:
                self.progress.failed.append(f"{line['phone']} after {line['after']} s: {error}")
            self.progress.done += 1
            self.progress.running = self.progress.done < self.progress.total

    async def _do(self, phone: Phone, line: Json) -> None:
        if line["do"] == "read":
            self._exchange.patient_reads(phone, self._messages.newest(phone))
            return
        payload = await self._payload(phone, self._translated(line["order"]))
        message = self._exchange.patient_sends(phone, payload)
        if line.get("wamid"):
            self._wamids[line["wamid"]] = message.wamid

    async def _payload(self, phone: Phone, order: Json) -> Json:
        """A tap waits until the clinic has offered it, for an answer may take longer than last time."""
        end = asyncio.get_running_loop().time() + (PATIENCE if "tap" in order else 0.0)
        while True:
            try:
                return self._messages.build(phone, order)
            except OrderError:
                if asyncio.get_running_loop().time() >= end:
                    raise
            await asyncio.sleep(0.1)

    def _translated(self, order: Json) -> Json:
        """Ids of the recorded run mean nothing now: the patient's own are known, the clinic's are left out."""
        translated = {key: value for key, value in order.items() if key not in ("message", "reply_to")}
        if order.get("reply_to") in self._wamids:
            translated["reply_to"] = self._wamids[order["reply_to"]]
        return translated
