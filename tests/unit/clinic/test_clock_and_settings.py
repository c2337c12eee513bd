"""The one clock, and settings that are wrong in ways that people get them wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from clinic import clock
from clinic.settings import SettingsError, read, require


def test_the_clock_runs_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLINIC_NOW", raising=False)
    assert clock.now().tzinfo is timezone.utc
    assert abs(clock.now() - datetime.now(timezone.utc)) < timedelta(seconds=5)


def test_the_environment_stops_the_clock_and_freeze_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_NOW", "2026-11-24T09:00:00+01:00")
    assert clock.now() == datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)
    clock.freeze(clock.parse_instant("2027-01-01T00:00:00Z"))
    assert clock.now().year == 2027
    clock.freeze(None)
    assert clock.now().year == 2026


def test_naive_instants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="has no offset: write for example 2026-11-24T09:00:00"):
        clock.parse_instant("2026-11-24T09:00:00")
    with pytest.raises(ValueError, match="is not an ISO time"):
        clock.parse_instant("tomorrow")
    with pytest.raises(ValueError, match="aware"):
        clock.freeze(datetime(2026, 1, 1))


def test_defaults() -> None:
    found = read({})
    assert (found.database_url, found.time_zone.key) == ("sqlite:///var/clinic.db", "Europe/Berlin")
    assert (found.languages, found.default_language) == (("en", "ar", "de", "pt", "ru"), "en")
    assert found.hold_minutes == 10


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"CLINIC_TIMEZONE": "Mars/Olympus"}, "CLINIC_TIMEZONE='Mars/Olympus' is no time zone"),
        ({"CLINIC_LANGUAGES": "en,xx"}, "CLINIC_LANGUAGES='en,xx'"),
        ({"CLINIC_LANGUAGES": "de", "CLINIC_DEFAULT_LANGUAGE": "en"}, "CLINIC_DEFAULT_LANGUAGE='en'"),
    ],
)
def test_mistakes_name_the_variable(environment: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read(environment)


def test_secrets_have_no_default() -> None:
    assert require("X", {"X": " y "}) == "y"
    with pytest.raises(SettingsError, match="X is not set"):
        require("X", {"X": " "})
