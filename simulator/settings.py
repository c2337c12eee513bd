"""What the simulator is told by its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or unusable; the message says which and what to do."""


REQUIRED = {
    "WHATSAPP_APP_SECRET": "the secret that signs the webhooks",
    "WHATSAPP_ACCESS_TOKEN": "the Bearer token the clinic sends with",
    "WHATSAPP_PHONE_NUMBER_ID": "the id of the clinic's number, digits",
    "WHATSAPP_BUSINESS_ACCOUNT_ID": "the id that stands in entry[].id of the webhooks",
    "WHATSAPP_VERIFY_TOKEN": "the word of the webhook's verification handshake",
}


@dataclass(frozen=True)
class Settings:
    app_secret: str
    access_token: str
    phone_number_id: str
    business_account_id: str
    verify_token: str
    host: str = "127.0.0.1"
    port: int = 9000
    webhook_url: str = "http://127.0.0.1:5005/webhooks/whatsapp/webhook"
    database: Path = Path("var/simulator.db")
    display_phone_number: str = "+49 30 55550100"
    verified_name: str = "Salama Clinic"
    rate_limits: bool = True
    now: datetime | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        missing = [name for name in REQUIRED if not environment.get(name, "").strip()]
        if missing:
            lines = [f"  {name}  ({REQUIRED[name]})" for name in missing]
            raise SettingsError("Set these environment variables first:\n" + "\n".join(lines))
        return cls(
            app_secret=environment["WHATSAPP_APP_SECRET"].strip(),
            access_token=environment["WHATSAPP_ACCESS_TOKEN"].strip(),
            phone_number_id=environment["WHATSAPP_PHONE_NUMBER_ID"].strip(),
            business_account_id=environment["WHATSAPP_BUSINESS_ACCOUNT_ID"].strip(),
            verify_token=environment["WHATSAPP_VERIFY_TOKEN"].strip(),
            host=environment.get("SIMULATOR_HOST") or cls.host,
            port=_port(environment.get("SIMULATOR_PORT") or str(cls.port)),
            webhook_url=environment.get("SIMULATOR_WEBHOOK_URL") or cls.webhook_url,
            database=Path(environment.get("SIMULATOR_DATABASE") or cls.database),
            display_phone_number=environment.get("SIMULATOR_DISPLAY_PHONE_NUMBER") or cls.display_phone_number,
            verified_name=environment.get("SIMULATOR_BUSINESS_NAME") or cls.verified_name,
            rate_limits=environment.get("SIMULATOR_RATE_LIMITS", "on").lower() not in ("off", "0", "false"),
            now=parse_instant("CLINIC_NOW", environment["CLINIC_NOW"]) if environment.get("CLINIC_NOW") else None,
        )


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingsError(f"SIMULATOR_PORT must be a number between 1 and 65535, not {value!r}")
    return int(value)


def parse_instant(name: str, value: str) -> datetime:
    """An ISO time that says its offset: a naive one would mean another hour on another machine."""
    try:
        instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError as error:
        raise SettingsError(f"{name} must be an ISO time such as 2026-11-24T09:00:00+01:00, not {value!r}") from error
    if instant.tzinfo is None:
        raise SettingsError(f"{name} needs its offset, for example {value}+01:00")
    return instant
