"""An action server that is gone for a moment must not cost a patient the answer.

Rasa's processor swallows every `Exception` of an action and goes on with an empty turn. So the action
endpoint is wrapped: it waits for a server that restarts, and when that does not help it raises
`TurnFailed`, a `BaseException`, which no `except Exception` on the way stops. Rasa then saves nothing
of the turn, and the consumer tries the message again later.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

from clinic.settings import environment
from clinic.triage.screen import CERTAIN, LIKELY

logger = logging.getLogger(__name__)

ACTIONS_PATIENCE_SECONDS = float(environment().get("ACTIONS_PATIENCE_SECONDS") or 30)
# In an emergency the number must be said soon, if need be without the action server (`alarm`).
EMERGENCY_PATIENCE_SECONDS = 3.0
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0
SERVER_ERROR_TRIES = 3


class TurnFailed(BaseException):
    """The turn came to nothing and must not be saved. Not an Exception, on purpose."""


class RetryingEndpoint:
    """A Rasa `EndpointConfig` whose requests wait for a server that is not there (yet, or any more).

    Actions may run twice when the server dies in the middle of one; ours are written for that.
    """

    def __init__(self, endpoint: Any, patience: float = ACTIONS_PATIENCE_SECONDS) -> None:
        self._endpoint = endpoint
        self._patience = patience

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        # url, kwargs (enable_selective_domain …) and whatever else Rasa asks an endpoint for
        return getattr(self._endpoint, name)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """As `EndpointConfig.request`; TurnFailed when the action server cannot do its work."""
        deadline = time.monotonic() + _patience(kwargs.get("json"), self._patience)
        pause, errors = FIRST_PAUSE, 0
        while True:
            try:
                return await self._endpoint.request(*args, **kwargs)
            except (aiohttp.ClientConnectionError, asyncio.TimeoutError) as error:
                if time.monotonic() + pause > deadline:
                    raise TurnFailed(f"the action server cannot be reached ({type(error).__name__})") from None
            except aiohttp.ClientError as error:
                # 400 is how an action rejects its execution: Rasa's to handle.
                status = getattr(error, "status", 0)
                if status == 400:
                    raise
                errors += 1
                if status < 500 or errors >= SERVER_ERROR_TRIES:
                    # Its text would hold the whole tracker.
                    raise TurnFailed(f"the action server answered {status}") from None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)


def _patience(body: Any, usual: float) -> float:
    """How long to wait with what is sent to the action server: not long when the message may tell of an emergency."""
    tracker = body.get("tracker") if isinstance(body, Mapping) else None
    message = (tracker or {}).get("latest_message") or {}
    level = (message.get("emergency") or {}).get("level")
    return min(usual, EMERGENCY_PATIENCE_SECONDS) if level in (CERTAIN, LIKELY) else usual


def make_patient(agent: Any) -> None:
    """Wrap the agent's action endpoint, once; call it before every turn, a reloaded model is a new agent.

    `RemoteAction` gets its endpoint from the processor, a model that is loaded later from the agent.
    """
    holders: list[Any] = [agent, getattr(agent, "processor", None)]
    for holder in holders:
        endpoint = getattr(holder, "action_endpoint", None)
        if endpoint is not None and not isinstance(endpoint, RetryingEndpoint):
            holder.action_endpoint = RetryingEndpoint(endpoint)
