"""Fault runs take minutes; they are asked for by `make faults`, but for one short one (`smoke`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import databases


@pytest.fixture(params=databases.KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database, which is `CLINIC_DATABASE_URL` while the test runs."""
    with databases.fresh(request.param, tmp_path) as url:
        yield url
