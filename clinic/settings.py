"""Settings from the environment (and `.env`), read once and checked where they are used first.

Names and defaults are those of `docs/settings.md`. Secrets have no default: what needs one calls
`require`, whose error says which variable to set.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parent.parent
SUPPORTED_LANGUAGES = ("en", "ar", "de", "pt", "ru")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which variable to set and how."""


@dataclass(frozen=True)
class Settings:
    """What the environment says. Addresses and secrets of WhatsApp live in `connectors.whatsapp`."""

    database_url: str
    time_zone: ZoneInfo
    languages: tuple[str, ...]
    default_language: str
    hold_minutes: int
    # whether symptoms are collected by chat at all; the danger screen always runs
    intake: bool = True


def environment() -> Mapping[str, str]:
    """`.env` of the project overlaid with the process's environment (which wins)."""
    from_file = {key: value for key, value in dotenv_values(PROJECT / ".env").items() if value is not None}
    return {**from_file, **os.environ}


def require(name: str, env: Mapping[str, str] | None = None) -> str:
    """The value of a variable that has no default; SettingsError when it is not set."""
    value = (env if env is not None else environment()).get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set: put it into the environment or into .env (see docs/settings.md)")
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(f"CLINIC_TIMEZONE={name!r} is no time zone: write for example Europe/Berlin") from None


def _languages(text: str) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in text.split(",") if code.strip())
    unknown = [code for code in codes if code not in SUPPORTED_LANGUAGES]
    if unknown or not codes:
        raise SettingsError(f"CLINIC_LANGUAGES={text!r}: choose from {','.join(SUPPORTED_LANGUAGES)}")
    return codes


def _switch(name: str, text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise SettingsError(f"{name}={text!r}: write on or off")
    return text.lower() == "on"


def read(env: Mapping[str, str]) -> Settings:
    """Build Settings from a mapping; SettingsError on a value that cannot be used."""
    languages = _languages(env.get("CLINIC_LANGUAGES") or ",".join(SUPPORTED_LANGUAGES))
    default = env.get("CLINIC_DEFAULT_LANGUAGE") or languages[0]
    if default not in languages:
        raise SettingsError(f"CLINIC_DEFAULT_LANGUAGE={default!r} is not one of CLINIC_LANGUAGES={','.join(languages)}")
    return Settings(
        database_url=env.get("CLINIC_DATABASE_URL") or "sqlite:///var/clinic.db",
        time_zone=_zone(env.get("CLINIC_TIMEZONE") or "Europe/Berlin"),
        languages=languages,
        default_language=default,
        hold_minutes=int(env.get("CLINIC_HOLD_MINUTES") or 10),
        intake=_switch("CLINIC_INTAKE", env.get("CLINIC_INTAKE") or "on"),
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings. Tests that change the environment call `settings.cache_clear()`."""
    return read(environment())
