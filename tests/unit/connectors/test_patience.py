"""An action server that is away, or broken, costs no turn."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from connectors.whatsapp import patience
from connectors.whatsapp.patience import RetryingEndpoint, TurnFailed, make_patient


class Status(aiohttp.ClientError):
    """Like Rasa's ClientResponseError."""

    def __init__(self, status: int) -> None:
        super().__init__("the whole tracker")
        self.status = status


class Endpoint:
    """An action endpoint that raises what it is told, in turn, and then answers."""

    url = "http://127.0.0.1:5055/webhook"
    kwargs = {"enable_selective_domain": True}  # noqa: RUF012

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.calls: list[dict[str, Any]] = []

    async def request(self, **kwargs: Any) -> Any:
        self.calls.append(kwargs)
        if self.errors:
            raise self.errors.pop(0)
        return {"events": []}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(patience, "LONGEST_PAUSE", 0.02)


def ask(endpoint: Endpoint, seconds: float = 5) -> Any:
    return asyncio.run(RetryingEndpoint(endpoint, seconds).request(json={"next_action": "a"}, method="post"))


def test_it_waits_for_a_server_that_restarts() -> None:
    gone = [aiohttp.ClientConnectionError(), aiohttp.ServerDisconnectedError(), asyncio.TimeoutError()]
    endpoint = Endpoint(*gone)
    assert ask(endpoint) == {"events": []}
    assert endpoint.calls == [{"json": {"next_action": "a"}, "method": "post"}] * 4


@pytest.mark.parametrize(("level", "patient"), [("certain", False), ("likely", False), ("none", True)])
def test_an_emergency_waits_only_shortly(level: str, patient: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "EMERGENCY_PATIENCE_SECONDS", 0.05)
    endpoint = Endpoint(*[aiohttp.ClientConnectionError() for _ in range(20)])
    body = {"next_action": "a", "tracker": {"latest_message": {"text": "…", "emergency": {"level": level, "signs": []}}}}
    request = RetryingEndpoint(endpoint, 5).request(json=body, method="post")
    if patient:
        assert asyncio.run(request) == {"events": []}
    else:
        with pytest.raises(TurnFailed):
            asyncio.run(request)


def test_it_gives_up_in_the_end() -> None:
    with pytest.raises(TurnFailed, match="cannot be reached"):
        ask(Endpoint(*[aiohttp.ClientConnectionError() for _ in range(99)]), 0.1)


def test_server_errors_are_tried_a_few_times() -> None:
    assert ask(Endpoint(Status(500), Status(503))) == {"events": []}
    with pytest.raises(TurnFailed, match="answered 500") as caught:
        ask(Endpoint(*[Status(500)] * 3))
    assert "tracker" not in str(caught.value)


def test_an_unknown_action_fails_the_turn_at_once() -> None:
    endpoint = Endpoint(Status(404))
    with pytest.raises(TurnFailed):
        ask(endpoint)
    assert len(endpoint.calls) == 1


def test_a_rejection_is_rasas_to_handle() -> None:
    with pytest.raises(Status):
        ask(Endpoint(Status(400)))


def test_no_except_exception_stops_it() -> None:
    assert not issubclass(TurnFailed, Exception)


def test_the_agent_and_its_processor_become_patient_once() -> None:
    endpoint = Endpoint()
    agent = SimpleNamespace(action_endpoint=endpoint, processor=SimpleNamespace(action_endpoint=endpoint))
    make_patient(agent)
    wrapped = agent.processor.action_endpoint
    assert isinstance(agent.action_endpoint, RetryingEndpoint)
    assert (wrapped.url, wrapped.kwargs) == (Endpoint.url, Endpoint.kwargs)
    make_patient(agent)
    assert agent.processor.action_endpoint is wrapped
    make_patient(SimpleNamespace(action_endpoint=None, processor=None))
