"""What the command line prints."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic.cli import table


def test_columns_line_up() -> None:
    printed = table.table(("id", "name"), [(1, "Ä"), (22, "سارة")])
    assert printed.splitlines() == ["id  name", "1   Ä", "22  سارة"]


def test_a_patient_can_not_steer_the_terminal() -> None:
    assert table.plain("\x1b[2Jhello\r\x07\u202e\nworld") == "[2Jhello\nworld"
    assert table.one_line("a\n\n b" + "c" * 100, 10) == "a bcccccc…"


@pytest.mark.parametrize(
    ("minutes", "says"), [(-1, "0 min"), (59, "59 min"), (125, "2 h 05 min"), (60 * 24 * 4 + 185, "4 d 3 h")]
)
def test_durations(minutes: int, says: str) -> None:
    assert table.lasting(timedelta(minutes=minutes)) == says
