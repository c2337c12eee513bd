"""Percentiles, neighbouring turns and tables: what they are of numbers that can be counted by hand."""

from __future__ import annotations

import math

import pytest

from bench import figures, load


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.95, 10), (0.9, 9), (0.99, 10), (0.0, 1), (1.0, 10)])
def test_percentiles_are_values_that_were_measured(share: float, expected: int) -> None:
    assert figures.percentile([7, 3, 10, 1, 9, 2, 8, 4, 6, 5], share) == expected


def test_nothing_has_no_percentile() -> None:
    assert math.isnan(figures.percentile([], 0.5))


def test_one_slow_turn_does_not_count_among_its_neighbours() -> None:
    latencies = [9.0, 1, 1, 1, 1, 2, 2, 50, 2, 2]
    assert figures.around(latencies, 1) == 1
    assert figures.around(latencies, 8) == 2
    assert list(figures.window(50)) == [47, 48, 49, 50, 51]


def test_the_same_messages_stand_around_every_point() -> None:
    texts = [f"message {place}" for place in range(37)]
    said = load.session_texts(texts, (1, 50, 200))
    assert len(said) == 202
    assert [said[place] for place in figures.window(50)] == [said[place] for place in figures.window(200)] == texts[:5]
    assert len(set(said)) == 37


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1234, "0.12"), (12.34, "12.3"), (123.4, "123"), (math.nan, "—"), (0.0, "0.00")]
)
def test_numbers_are_short(value: float, expected: str) -> None:
    assert figures.number(value) == expected


def test_ratios_are_of_ours_to_stock() -> None:
    assert figures.ratio(80, 10) == "8.00×"
    assert figures.ratio(1, 0) == figures.ratio(math.nan, 1) == figures.ratio(1, math.nan) == "—"


def test_a_table_is_markdown() -> None:
    assert figures.markdown(["a", "b"], [["x", "1"]]).splitlines() == ["| a | b |", "| --- | ---: |", "| x | 1 |"]
