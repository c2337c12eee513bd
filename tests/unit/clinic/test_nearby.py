"""Distances, and how they are written."""

from __future__ import annotations

import pytest

from clinic import formats
from clinic.nearby import metres_between


def test_distances_on_the_earth() -> None:
    assert metres_between(52.5, 13.4, 52.5, 13.4) == 0
    # A degree of latitude, and half way round.
    assert metres_between(0, 0, 1, 0) == pytest.approx(111_195, rel=0.001)
    assert metres_between(0, 0, 0, 180) == pytest.approx(20_015_000, rel=0.001)
    # Over the date line it is near.
    assert metres_between(0, 179.9, 0, -179.9) == pytest.approx(22_239, rel=0.001)


@pytest.mark.parametrize(
    ("metres", "language", "written"),
    [
        (3, "en", "50\xa0m"),
        (449, "de", "450\xa0m"),
        (980, "en", "1\xa0km"),
        (3210, "de", "3,2\xa0km"),
        (3210, "ar", "٣٫٢\xa0كم"),
        (27_400, "ru", "27\xa0км"),
        (1_234_567, "pt", "1.235\xa0km"),
    ],
)
def test_distances_in_words(metres: float, language: str, written: str) -> None:
    assert formats.distance(metres, language) == written
