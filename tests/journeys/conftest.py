"""Journeys go through webhook, model, actions, database and worker; none may take longer than this."""

from __future__ import annotations

import pytest

SECONDS = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A time limit for each, which includes the start of the processes for the first one."""
    for item in items:
        if "journeys" in item.path.parts and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SECONDS))
