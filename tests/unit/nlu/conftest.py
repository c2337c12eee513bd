"""The language components: documented settings, Sunday 22 November 2026, 10:00 in Berlin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import surroundings


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from surroundings.documented(monkeypatch)
