"""Several updates in one POST, as Meta sends them when much happens at once.

Source: Meta's guide "Webhooks": up to 1,000 updates, over several entries and changes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from simulator.deliveries import Delivery
from simulator.webhook_bodies import encode

#: How long the first update waits for company, in seconds.
GATHERING = 0.1
STYLES = ("entries", "changes", "values")

Json = dict[str, Any]


def merge(bodies: list[bytes], style: str) -> bytes:
    """One document for all: an entry each, a change each in one entry, or lists inside one value."""
    documents = [json.loads(body) for body in bodies]
    entries: list[Json] = [entry for document in documents for entry in document["entry"]]
    if style == "entries":
        return encode({**documents[0], "entry": entries})
    changes = [change for entry in entries for change in entry["changes"]]
    if style == "values":
        changes = _joined(changes)
    return encode({**documents[0], "entry": [{**entries[0], "changes": changes}]})


def _joined(changes: list[Json]) -> list[Json]:
    """Changes of the field `messages` become one, with every contact, message and status in it; others stay."""
    first = next((change for change in changes if change["field"] == "messages"), None)
    others = [change for change in changes if change["field"] != "messages"]
    if first is None:
        return others
    value: Json = {}
    for change in changes:
        if change["field"] != "messages":
            continue
        for key, content in change["value"].items():
            if isinstance(content, list):
                known = value.setdefault(key, [])
                known.extend(each for each in content if key != "contacts" or each not in known)
            else:
                value[key] = content
    return [{"field": "messages", "value": value}, *others]


class Batches:
    """Gathers what several phones have to say; everybody learns how the POST they shared went."""

    def __init__(self, post: Callable[[list[Delivery]], Awaitable[bool]]) -> None:
        self._post = post
        self._waiting: list[tuple[list[Delivery], asyncio.Future[bool]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def carry(self, group: list[Delivery], size: int) -> bool:
        loop = asyncio.get_running_loop()
        if self._updates() + len(group) > size:
            self._leave()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((group, future))
        if self._updates() >= size:
            self._leave()
        elif self._timer is None:
            self._timer = loop.call_later(GATHERING, self._leave)
        return await future

    def _updates(self) -> int:
        return sum(len(group) for group, _ in self._waiting)

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        together, self._waiting = self._waiting, []
        if together:
            task = asyncio.create_task(self._send(together))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, together: list[tuple[list[Delivery], asyncio.Future[bool]]]) -> None:
        arrived = False
        try:
            arrived = await self._post([delivery for group, _ in together for delivery in group])
        finally:
            for _, future in together:
                if not future.done():
                    future.set_result(arrived)

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
