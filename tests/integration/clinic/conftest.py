"""The clinic's integration tests run in Berlin on a Sunday before Christmas, unless they say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clinic import clock
from clinic.settings import settings

SUNDAY = "2026-11-22T10:00:00+01:00"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "CLINIC_TIMEZONE": "Europe/Berlin",
        "CLINIC_LANGUAGES": "en,ar,de,pt,ru",
        "CLINIC_DEFAULT_LANGUAGE": "en",
        "CLINIC_HOLD_MINUTES": "10",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    clock.freeze(clock.parse_instant(SUNDAY))
    yield
    clock.freeze(None)
    settings.cache_clear()
