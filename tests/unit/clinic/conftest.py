"""Unit tests know no database and leave clock and settings as they found them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clinic import clock
from clinic.settings import settings


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The documented defaults, whatever the developer's environment says."""
    for name, value in {
        "CLINIC_TIMEZONE": "Europe/Berlin",
        "CLINIC_LANGUAGES": "en,ar,de,pt,ru",
        "CLINIC_DEFAULT_LANGUAGE": "en",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    clock.freeze(None)
    settings.cache_clear()
