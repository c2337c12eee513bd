"""A clinic's file: what it may say, and the sentence it gets for what it may not."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from pathlib import Path
from typing import Any

import pytest

from clinic import seedfile
from clinic.seedfile import Node, SeedError


def node(value: Any) -> Node:
    return Node(value, "here")


def test_days_and_hours() -> None:
    assert node("mon-fri").weekdays() == [0, 1, 2, 3, 4]
    assert node("mon, wed,sat").weekdays() == [0, 2, 5]
    assert node("Tuesday").weekdays() == [1]
    assert node("08:00-13:00, 14:00–18:30").hours() == [(time(8), time(13)), (time(14), time(18, 30))]


def test_moments_are_local() -> None:
    assert node(date(2026, 12, 21)).moment() == datetime(2026, 12, 20, 23, 0, tzinfo=timezone.utc)
    assert node(date(2027, 3, 28)).moment(end=True) == datetime(2027, 3, 28, 22, 0, tzinfo=timezone.utc)
    assert node("2026-12-21 12:00").moment(end=True) == datetime(2026, 12, 21, 11, 0, tzinfo=timezone.utc)
    assert node("2026-12-21T12:00:00+00:00").moment() == datetime(2026, 12, 21, 12, 0, tzinfo=timezone.utc)


def test_one_text_serves_all_languages() -> None:
    assert node("Salamaweg 12").texts() == dict.fromkeys(("en", "ar", "de", "pt", "ru"), "Salamaweg 12")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: node("fri-mon").weekdays(), "here: fri-mon runs backwards"),
        (lambda: node("monday to friday").weekdays(), "names no days"),
        (lambda: node(840).hours(), "are no hours: write 08:00-13:00"),
        (lambda: node("13:00-08:00").hours(), "ends before it starts"),
        (lambda: node("08:00-12:00, 11:00-13:00").hours(), "overlaps"),
        (lambda: node("25:00-26:00").hours(), "are no hours"),
        (lambda: node({"en": "x"}).texts(), "nothing for ar, de, pt, ru"),
        (lambda: node("x" * 25).mapping(("a",)), "a mapping is expected"),
        (lambda: node({"b": 1, "a": 1}).mapping(("a",)), "unknown b; known: a"),
        (lambda: node(dict.fromkeys(("en", "ar", "de", "pt", "ru"), "x" * 25)).texts(24), "longer than 24 characters"),
        (lambda: node("Anna Weber").identifier(), "is no identifier"),
        (lambda: node("24.12.2026").day(), "is no date: write 2026-12-24"),
        (lambda: node("soon").moment(), "is no time"),
        (lambda: node(True).number(5, 480), "a number from 5 to 480"),
        (lambda: node(500).number(5, 480), "a number from 5 to 480"),
        (lambda: node("x").one_of(("a", "b")), "'x' is not one of a, b"),
        (lambda: list(node("x").items()), "a list is expected"),
        (lambda: node("").text(), "a text is expected"),
    ],
)  # fmt: skip
def test_errors_name_the_place(call: Any, says: str) -> None:
    with pytest.raises(SeedError, match=says) as raised:
        call()
    assert str(raised.value).startswith("here: ")


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="does not exist"):
        seedfile.read(tmp_path / "no.yml")
    (tmp_path / "bad.yml").write_text("a: [b", encoding="utf-8")
    with pytest.raises(SeedError, match="is no YAML"):
        seedfile.read(tmp_path / "bad.yml")
    (tmp_path / "latin.yml").write_bytes(b"a: \xe4")
    with pytest.raises(SeedError, match="can not be read"):
        seedfile.read(tmp_path / "latin.yml")
    (tmp_path / "odd.yml").write_text("doctors: []", encoding="utf-8")
    with pytest.raises(SeedError, match="the file: unknown doctors"):
        seedfile.read(tmp_path / "odd.yml")
