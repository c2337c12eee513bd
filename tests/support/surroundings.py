"""What unit tests stand on: the documented settings, a frozen clock, a folder as model storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clinic import clock
from clinic.settings import settings

# A Sunday before Christmas, 10:00 in Berlin.
SUNDAY = "2026-11-22T10:00:00+01:00"
DEFAULTS = {
    "CLINIC_TIMEZONE": "Europe/Berlin",
    "CLINIC_LANGUAGES": "en,ar,de,pt,ru",
    "CLINIC_DEFAULT_LANGUAGE": "en",
    "CLINIC_HOLD_MINUTES": "10",
}


def documented(monkeypatch: pytest.MonkeyPatch, now: str | None = SUNDAY) -> Iterator[None]:
    """The documented defaults whatever the developer's environment says; the clock stands at `now`."""
    for name, value in DEFAULTS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CLINIC_NOW", raising=False)
    settings.cache_clear()
    clock.freeze(clock.parse_instant(now) if now else None)
    yield
    clock.freeze(None)
    settings.cache_clear()


class ModelFolder:
    """Stands in for Rasa's ModelStorage: one folder a resource."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def write_to(self, resource: object) -> Iterator[Path]:
        """The folder to write to."""
        self._folder.mkdir(parents=True, exist_ok=True)
        yield self._folder

    read_from = write_to
