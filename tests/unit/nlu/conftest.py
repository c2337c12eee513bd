"""The language components: documented settings, Sunday 22 November 2026, 10:00 in Berlin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import surroundings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    surroundings.strict(items, Path(__file__).parent)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from surroundings.documented(monkeypatch)
