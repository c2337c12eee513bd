"""The gate of the triage: clinical vignettes, played through model, action server and database (tests/triage/vignettes)."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.triage.engine import MOST_OF_SEVERAL
from training.triage import measure, vignettes
from training.triage.measure import Outcome, exact_interval

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def played(measured: dict[str, Any]) -> list[Outcome]:
    """How every case ended."""
    return [Outcome(**{**one, "fired": tuple(one["fired"]), "transcript": ()}) for one in measured["played"]]


def test_the_triage_is_as_careful_as_it_was(played: list[Outcome]) -> None:
    caught, of = measure.emergencies(played)
    assert caught / of >= REACHED["emergencies"]
    assert measure.accuracy(played) >= REACHED["accuracy"]
    assert measure.under(played) <= REACHED["under"]
    assert measure.over(played) <= REACHED["over"]
    assert max(one.questions for one in played) <= MOST_OF_SEVERAL


# A floor for 45 cases, of which eleven are emergencies: one or two may fall. All 180 are at 0.978, 0.917, 0.028 and 0.056.
REACHED = {"emergencies": 0.87, "accuracy": 0.78, "under": 0.13, "over": 0.15}


def test_there_are_enough_of_every_level_and_language() -> None:
    cases = vignettes.vignettes()
    assert len(cases) >= 60
    for level in ("emergency", "urgent", "routine", "self_care"):
        assert {case.language for case in cases if case.level == level} == {"en", "ar", "de", "pt", "ru"}


def test_the_interval_is_exact() -> None:
    """Clopper and Pearson: 9 of 10 is 55.5 to 99.7 per cent."""
    low, high = exact_interval(9, 10)
    assert (round(low, 4), round(high, 4)) == (0.5550, 0.9975)
    assert exact_interval(10, 10)[1] == 1.0 and exact_interval(0, 10)[0] == 0.0
