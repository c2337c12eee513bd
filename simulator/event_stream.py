"""Server-Sent Events for the phone page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from simulator.simulator import Simulator

HEARTBEAT = 15.0


async def event_stream(simulator: Simulator) -> AsyncIterator[str]:
    """Every change as it happens. The page reads the whole state first thing after it has connected."""
    with simulator.hub.listen() as events:
        yield "retry: 1000\n\n" + _line({"kind": "hello", "webhook": simulator.handshake.state})
        quiet = 0.0
        while not simulator.stopping.is_set():
            try:
                event = await asyncio.wait_for(events.get(), 0.5)
            except asyncio.TimeoutError:
                quiet += 0.5
                if quiet >= HEARTBEAT:
                    quiet = 0.0
                    yield ": still here\n\n"
                continue
            yield _line(event)


def _line(event: object) -> str:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
