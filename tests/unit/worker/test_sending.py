"""The worker's arithmetic: when to try again, when to pause, how it starts."""

from __future__ import annotations

import pytest

from clinic import clock
from connectors.whatsapp.graph import GraphError, Trouble
from connectors.whatsapp.settings import receipts_wanted
from worker import __main__ as command
from worker.channel import LONGEST_PAUSE, Channel
from worker.verdict import FIRST_DELAY, LONGEST_DELAY, backoff, pair_delay


def test_it_backs_off_with_jitter_and_a_ceiling() -> None:
    for attempts in (1, 2, 5, 10, 1000):
        longest = min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)
        waits = [backoff(attempts) for _ in range(50)]
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(set(waits)) > 1


class Time:
    """A monotonic clock that a test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_throttle_grows_until_something_goes_well() -> None:
    time = Time()
    channel = Channel(time)
    pauses = []
    for _ in range(3):
        before = time.now
        channel.throttle(Trouble.NUMBER)
        assert not channel.is_open()
        while not channel.is_open():
            time.now += 0.5
        pauses.append(time.now - before)
    assert pauses == [2, 4, 8]
    channel.went_well()
    channel.throttle(Trouble.NUMBER)
    time.now += 2
    assert channel.is_open()


def test_a_throttle_honours_retry_after() -> None:
    time = Time()
    channel = Channel(time)
    channel.throttle(Trouble.NUMBER, 30)
    time.now += 29
    assert not channel.is_open()
    time.now += 1
    assert channel.is_open()


def test_a_stopped_channel_is_tried_again_and_alerts_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    channel = Channel(time)
    for _ in range(4):
        channel.stop(GraphError(Trouble.STOP, "190", "expired"))
        assert not channel.is_open()
        time.now += 30
        assert channel.is_open()
    assert len(caplog.records) == 2
    assert "set a new WHATSAPP_ACCESS_TOKEN" in caplog.text
    channel = Channel(time)
    channel.stop(GraphError(Trouble.STOP, "131031", "locked"))
    assert "Meta's console" in caplog.text


def test_without_a_token_it_does_not_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WHATSAPP_PHONE_NUMBER_ID", "100")
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "")
    assert command.main(["--once"]) == 2
    assert "WHATSAPP_ACCESS_TOKEN" in capsys.readouterr().err


def test_now_freezes_the_clinics_clock(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "")
    try:
        command.main(["--once", "--now", "2026-11-24T09:00:00+01:00"])
        assert clock.now().isoformat() == "2026-11-24T08:00:00+00:00"
    finally:
        clock.freeze(None)
    with pytest.raises(SystemExit) as caught:
        command.main(["--now", "tomorrow"])
    assert caught.value.code == 2
    assert "is not an ISO time" in capsys.readouterr().err


def test_receipts_can_be_switched_off() -> None:
    assert receipts_wanted({})
    assert not receipts_wanted({"WHATSAPP_READ_RECEIPTS": "off"})


def test_after_a_long_outage_nothing_overflows() -> None:
    retries: list[float] = []
    for attempts in (1, 2, 3, 5, 600, 5000):
        retries.append(pair_delay(attempts))
    assert retries == [1, 4, 16, 256, 256, 256]
    time = Time()
    channel = Channel(time)
    for _ in range(1200):
        channel.throttle(Trouble.NUMBER)
    time.now += LONGEST_PAUSE[Trouble.NUMBER]
    assert channel.is_open()
