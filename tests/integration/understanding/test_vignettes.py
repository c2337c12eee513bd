"""The gate of the triage: clinical vignettes, played through model, action server and database (tests/triage/vignettes)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clinic.settings import PROJECT
from clinic.triage.engine import MOST_OF_SEVERAL
from scripts.demo_clinic import NOW
from scripts.stack import Stack
from scripts.train import MODEL
from training.triage import measure, vignettes
from training.triage.measure import Outcome, exact_interval

pytestmark = pytest.mark.timeout(600)
# All of them are played by `make triage-report`; here every fourth, for the time.
EVERY = 4


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """How every case ended."""
    folder = tmp_path_factory.mktemp("vignettes")
    with Stack(folder / "stack", now=NOW, processes=("actions",)) as stack:
        out = folder / "played.json"
        command = [sys.executable, "-m", "training.triage.player", str(MODEL), str(out), "--every", str(EVERY)]
        subprocess.run(command, cwd=PROJECT, env=stack.env, check=True, capture_output=True)
    given = json.loads(Path(out).read_text("utf-8"))
    return [Outcome(**{**one, "fired": tuple(one["fired"]), "transcript": ()}) for one in given]


def test_the_triage_is_as_careful_as_it_was(played: list[Outcome]) -> None:
    caught, of = measure.emergencies(played)
    assert caught / of >= REACHED["emergencies"]
    assert measure.accuracy(played) >= REACHED["accuracy"]
    assert measure.under(played) <= REACHED["under"]
    assert measure.over(played) <= REACHED["over"]
    assert max(one.questions for one in played) <= MOST_OF_SEVERAL


# A floor for 45 cases, of which eleven are emergencies: one or two may fall. All 180 are at 0.956, 0.861, 0.061 and 0.078.
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
