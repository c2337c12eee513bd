"""Slot keys survive the way to a phone and back; lists are not filled with one time or one doctor."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from clinic.scheduling import slots
from clinic.scheduling.slots import TOGETHER, FreeSlot, InvalidKey

START = datetime(2026, 11, 24, 14, 0, tzinfo=timezone.utc)


def slot(practitioner: int, minutes: int = 0) -> FreeSlot:
    start = START + timedelta(minutes=minutes)
    return FreeSlot(practitioner, f"doctor-{practitioner}", 1, 1, start, start + timedelta(minutes=20))


def test_the_key_is_stable_and_reads_back() -> None:
    one = slot(12)
    assert one.key == "12.1.1.202611241400"
    read = FreeSlot.parse(one.key)
    assert (read.practitioner_id, read.location_id, read.appointment_type_id) == (12, 1, 1)
    assert read.starts_at == one.starts_at


@pytest.mark.parametrize(
    "key", ["", "x", "1.2.3", "1.2.3.4", "1.2.3.202613241400", "a.1.1.202611241400", "1.1.1.20261124140",
            "٣.1.1.202611241400",
            "1.1.1.1.202611241400", "-", "None"],
)  # fmt: skip
def test_other_texts_are_no_keys(key: str) -> None:
    with pytest.raises(InvalidKey):
        FreeSlot.parse(key)


def test_one_time_does_not_fill_the_list() -> None:
    many = [slot(doctor, minutes) for minutes in (0, 20, 40) for doctor in range(1, 11)]
    chosen = slots._spread(iter(many), 9)
    assert len(chosen) == 9
    assert [chosen[i].starts_at for i in (0, 3, 6)] == [START + timedelta(minutes=m) for m in (0, 20, 40)]
    assert len({s.practitioner_id for s in chosen}) == 3 * TOGETHER, "other doctors each time"
    assert chosen == sorted(chosen, key=lambda s: (s.starts_at, s.practitioner_id))


def test_few_doctors_are_all_shown() -> None:
    chosen = slots._spread(iter([slot(1), slot(2), slot(1, 20), slot(2, 20)]), 9)
    assert [s.practitioner_id for s in chosen] == [1, 2, 1, 2]


def test_the_limit_is_kept() -> None:
    assert len(slots._spread(iter([slot(d, m) for m in range(0, 200, 20) for d in (1, 2)]), 5)) == 5
