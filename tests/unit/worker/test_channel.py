"""The number as a whole: each scope's pauses, the alert, and what staff can see of it."""

from __future__ import annotations

import pytest

from connectors.whatsapp.graph import GraphError, Trouble
from worker.channel import LONGEST_PAUSE, LONGEST_RETRY_AFTER, NUMBER_PAUSE, QUALITY_PAUSE, QUOTA_PAUSE, Channel


class Time:
    """A monotonic clock that a test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def pause_of(channel: Channel, time: Time) -> float:
    before = time.now
    while not channel.is_open():
        time.now += 0.5
    return time.now - before


@pytest.mark.parametrize(
    ("scope", "first"), [(Trouble.NUMBER, NUMBER_PAUSE), (Trouble.ACCOUNT, QUOTA_PAUSE), (Trouble.APP, QUOTA_PAUSE)]
)
def test_each_scope_has_its_own_pauses(scope: Trouble, first: float) -> None:
    time = Time()
    channel = Channel(time)
    pauses = []
    for _ in range(12):
        channel.throttle(scope)
        pauses.append(pause_of(channel, time))
    assert pauses[:3] == [first, first * 2, first * 4]
    assert pauses[-1] == LONGEST_PAUSE[scope]


def test_one_scopes_history_does_not_lengthen_anothers() -> None:
    time = Time()
    channel = Channel(time)
    for _ in range(5):
        channel.throttle(Trouble.NUMBER)
        pause_of(channel, time)
    channel.throttle(Trouble.ACCOUNT)
    assert pause_of(channel, time) == QUOTA_PAUSE


def test_an_absurd_retry_after_is_cut() -> None:
    time = Time()
    channel = Channel(time)
    channel.throttle(Trouble.APP, 1e9)
    assert pause_of(channel, time) == LONGEST_RETRY_AFTER


def test_doubts_about_quality_keep_back_mailings_for_an_hour_and_are_said_once(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    channel = Channel(time)
    error = GraphError(Trouble.QUALITY, "131048", "Spam rate limit hit")
    assert [channel.doubted(error), channel.doubted(error)] == [True, False]
    assert (channel.is_open(), channel.takes_bulk()) == (True, False)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    time.now += QUALITY_PAUSE
    assert channel.takes_bulk()


def test_it_tells_the_first_success_and_the_one_after_a_stop() -> None:
    channel = Channel(Time())
    assert [channel.went_well(), channel.went_well()] == [True, False]
    channel.stop(GraphError(Trouble.STOP, "190", "expired"))
    assert [channel.went_well(), channel.went_well()] == [True, False]
