"""Webhooks that arrive together are stored together, and each still gets an answer of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from connectors.whatsapp import batching
from connectors.whatsapp.batching import Writer, can_join, joined
from tests.support.whatsapp import message, of_messages


class Store:
    """Keeps the bodies of the messages of each call; a call waits until it is let go."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.go_on = threading.Event()

    def __call__(self, document: Any) -> int:
        self.go_on.wait(5)
        bodies = [m["text"]["body"] for e in document["entry"] for m in e["changes"][0]["value"]["messages"]]
        self.calls.append(bodies)
        if "bad" in bodies:
            raise ValueError("bad")
        if "gone" in bodies:
            raise OperationalError("select", {}, Exception("no database"))
        return sum(body != "old" for body in bodies)


def keep(store: Store, *bodies: str) -> list[Any]:
    """What becomes of these POSTs, which have all arrived before the first is written."""

    async def all_of_them() -> list[Any]:
        writer = Writer(store)
        tasks = [asyncio.create_task(writer.keep(of_messages(message(body=body)), len(body))) for body in bodies]
        await asyncio.sleep(0.01)
        store.go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_what_waits_is_written_together_and_in_order() -> None:
    store = Store()
    assert keep(store, "1", "2", "3", "4") == [True] * 4
    assert store.calls == [["1", "2", "3", "4"]]


def test_nothing_new_is_said_so() -> None:
    assert keep(Store(), "old") == [False]


def test_a_bad_one_fails_alone() -> None:
    store = Store()
    outcomes = keep(store, "1", "2", "bad", "3")
    assert [type(outcome) for outcome in outcomes] == [bool, bool, ValueError, bool]
    assert store.calls == [["1", "2", "bad", "3"], ["1"], ["2"], ["bad"], ["3"]]


def test_a_database_that_is_gone_is_asked_once() -> None:
    store = Store()
    outcomes = keep(store, "gone", "1", "gone", "2")
    assert all(isinstance(outcome, OperationalError) for outcome in outcomes)
    assert len(store.calls) == 1


def test_a_transaction_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST_POSTS", 3)
    store = Store()
    keep(store, *"abcdefgh")
    assert max(map(len, store.calls)) == 3
    monkeypatch.setattr(batching, "MOST_BYTES", 2)
    store = Store()
    keep(store, *"abcdefgh")
    assert max(map(len, store.calls)) == 2


def test_a_client_that_hangs_up_does_not_disturb_the_others() -> None:
    store = Store()

    async def hang_up() -> Any:
        writer = Writer(store)
        tasks = [asyncio.create_task(writer.keep(of_messages(message(body=body)))) for body in "123"]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
        store.go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(hang_up())
    assert (first, third) == (True, True)
    assert isinstance(second, asyncio.CancelledError)


def test_only_bodies_of_one_kind_are_joined() -> None:
    one, other = of_messages(message(body="a")), of_messages(message(body="b"))
    assert can_join(one, other)
    assert joined([one, other])["entry"] == one["entry"] + other["entry"]
    assert not can_join(one, {**other, "object": "page"})
    assert not any(can_join(one, strange) or can_join(strange, one) for strange in ([], "x", 7, {}, {"entry": {}}))


def test_work_that_can_wait_begins_when_nothing_is_written() -> None:
    store = Store()

    async def look() -> list[bool]:
        writer = Writer(store)
        await writer.idle(5)
        keeping = asyncio.create_task(writer.keep(of_messages(message(body="1"))))
        await asyncio.sleep(0.01)
        await writer.idle(0.05)
        found = [keeping.done()]
        store.go_on.set()
        await writer.idle(5)
        return [*found, keeping.done() or bool(store.calls)]

    assert asyncio.run(look()) == [False, True]
