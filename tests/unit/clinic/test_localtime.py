"""The wall clock and its changes: the grid of slots on ordinary days and on those where the clock jumps."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from clinic.scheduling.localtime import days, grid, instant

BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
CAIRO = ZoneInfo("Africa/Cairo")


def walls(day: date, starts: str, ends: str, minutes: int, zone: ZoneInfo) -> list[str]:
    """The local starting times of a day's slots."""
    stretch = (time.fromisoformat(starts), time.fromisoformat(ends))
    return [f"{start.astimezone(zone):%H:%M}" for start, _ in grid(day, *stretch, minutes, zone)]


def test_an_ordinary_day() -> None:
    assert walls(date(2026, 11, 24), "14:00", "15:30", 20, BERLIN) == ["14:00", "14:20", "14:40", "15:00"]


def test_a_last_slot_that_would_end_late_is_left_out() -> None:
    assert walls(date(2026, 11, 24), "08:00", "09:00", 40, BERLIN) == ["08:00"]


def test_the_same_wall_clock_before_and_after_a_change() -> None:
    """8:00 stays 8:00, though it is another UTC hour after the clock was put back."""
    before, after = (next(grid(date(2026, 10, d), time(8), time(9), 20, BERLIN))[0] for d in (24, 25))
    assert (before.hour, after.hour) == (6, 7)
    assert before.tzinfo is timezone.utc


def test_berlin_skips_an_hour_in_spring() -> None:
    assert walls(date(2027, 3, 28), "01:00", "05:00", 30, BERLIN) == [
        "01:00", "01:30", "03:00", "03:30", "04:00", "04:30",
    ]  # fmt: skip


def test_berlin_shows_an_hour_twice_in_autumn_and_offers_it_once() -> None:
    assert walls(date(2026, 10, 25), "01:00", "04:00", 30, BERLIN) == [
        "01:00", "01:30", "02:00", "02:30", "03:00", "03:30",
    ]  # fmt: skip


def test_a_stretch_inside_the_skipped_hour_does_not_exist() -> None:
    assert walls(date(2027, 3, 28), "02:00", "03:00", 20, BERLIN) == []
    assert walls(date(2027, 3, 28), "02:30", "03:40", 20, BERLIN) == ["03:00", "03:20"]


def test_sao_paulo_jumped_at_midnight() -> None:
    assert walls(date(2018, 11, 4), "00:00", "02:00", 30, SAO_PAULO) == ["01:00", "01:30"]
    assert walls(date(2018, 2, 17), "22:30", "23:59", 30, SAO_PAULO) == ["22:30", "23:00"]


def test_cairo_jumps_at_midnight() -> None:
    assert walls(date(2027, 4, 30), "00:00", "02:00", 30, CAIRO) == ["01:00", "01:30"]
    assert walls(date(2026, 10, 29), "22:00", "23:59", 30, CAIRO) == ["22:00", "22:30", "23:00"]


def test_a_time_that_does_not_exist_is_the_moment_of_the_jump() -> None:
    jump = datetime(2027, 3, 28, 1, 0, tzinfo=timezone.utc)
    for wall in (time(2, 0), time(2, 1), time(2, 30), time(2, 59), time(3, 0)):
        assert instant(date(2027, 3, 28), wall, BERLIN) == jump


def test_a_time_that_comes_twice_is_the_first_one() -> None:
    assert instant(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize("zone", [BERLIN, SAO_PAULO, CAIRO, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")])
@pytest.mark.parametrize("minutes", [15, 25, 40])
def test_every_day_of_years_is_sound(zone: ZoneInfo, minutes: int) -> None:
    """Right length, no overlap, no local time twice, and only times that clocks show on that day."""
    for year in (2018, 2027):
        for offset in range(365):
            day = date(year, 1, 1) + timedelta(days=offset)
            slots = list(grid(day, time(0), time(6), minutes, zone))
            assert all(end - start == timedelta(minutes=minutes) for start, end in slots)
            assert all(one[1] <= other[0] for one, other in pairwise(slots))
            shown = [start.astimezone(zone).replace(tzinfo=None) for start, _ in slots]
            assert len(set(shown)) == len(shown)
            assert all(wall.date() == day for wall in shown)


def test_days_are_local_dates() -> None:
    start = datetime(2026, 11, 24, 23, 30, tzinfo=timezone.utc)
    assert list(days(start, start + timedelta(hours=1), BERLIN)) == [date(2026, 11, 25)]
    assert list(days(start, start + timedelta(hours=24), BERLIN)) == [date(2026, 11, 25), date(2026, 11, 26)]
