"""The running Salama, started once for all tests that need it, and patients who write to it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.support import stack as running
from tests.support.stack import Patient, PatientFactory, Stack

# Test patients write faster than people do; the tests of the flood control say what they want themselves.
os.environ.setdefault("CLINIC_FLOOD_MESSAGES", "0")

_phones = (f"+49151{number}" for number in itertools.count(20_000_001))
_conversations = pytest.StashKey[list[Patient]]()


def _company(item: pytest.Item) -> str:
    """Tests that share something which is dear to make run in one process, one after the other."""
    if "stack" in getattr(item, "fixturenames", ()):
        return "stack"
    return "understanding" if "understanding" in item.path.parts else str(item.path)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For several processes (`-n 2`): who runs with whom; what takes longest begins first."""
    first = {"stack": 0, "understanding": 1}
    items.sort(key=lambda item: first.get(_company(item), 2))
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            item.add_marker(pytest.mark.xdist_group(_company(item)))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Rasa with the trained model, action server, worker and simulator; it is Monday, 23 November 2026, 9:00."""
    folder = tmp_path_factory.mktemp("stack")
    # Shorter patience: when the action server is killed, the turn shall really fail and be tried again.
    with Stack(folder, now=running.NOW, ACTIONS_PATIENCE_SECONDS="3") as started:
        yield started


@pytest.fixture
def new_patient(stack: Stack, request: pytest.FixtureRequest) -> PatientFactory:
    """Makes patients, each with a phone that nobody has used; a failing test shows what they wrote and read."""
    patients = request.node.stash.setdefault(_conversations, [])

    def make(name: str = "Patient", **options: Any) -> Patient:
        patients.append(Patient(stack, next(_phones), name, **options))
        return patients[-1]

    return make


@pytest.fixture
def patient(new_patient: PatientFactory) -> Patient:
    """One patient."""
    return new_patient()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing journey shows its conversations and the end of every process's log."""
    report = yield
    if report.failed and _conversations in item.stash:
        for patient in item.stash[_conversations]:
            report.sections.append(("conversation", _shown(patient)))
        if item.stash[_conversations]:
            used = item.stash[_conversations][0].stack
            report.sections += [(f"log of {name}", used.tail(name, 12)) for name in running.PROCESSES]
    return report


def _shown(patient: Patient) -> str:
    try:
        return patient.transcript()
    except Exception as error:  # the failure itself is more interesting
        return f"{patient.phone}: the simulator does not answer ({type(error).__name__})"
