"""The settings of the WhatsApp channel (`WHATSAPP_*`), read by whoever needs them, never given a secret by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.settings import environment, require


@dataclass(frozen=True)
class WebhookSettings:
    """What the webhook needs. Without `app_secret` nothing is believed, without `verify_token` nobody subscribes."""

    app_secret: str
    verify_token: str


@dataclass(frozen=True)
class GraphSettings:
    """What sending needs. `connect_seconds` + `read_seconds` stay below the outbox's grace time."""

    url: str
    version: str
    phone_number_id: str
    access_token: str
    connect_seconds: float = 3.05
    read_seconds: float = 10.0


def webhook_settings(env: Mapping[str, str] | None = None) -> WebhookSettings:
    """Read without complaint: the webhook answers 503/403 and says in the log what is missing."""
    env = environment() if env is None else env
    return WebhookSettings(
        app_secret=env.get("WHATSAPP_APP_SECRET", "").strip(),
        verify_token=env.get("WHATSAPP_VERIFY_TOKEN", "").strip(),
    )


def graph_settings(env: Mapping[str, str] | None = None) -> GraphSettings:
    """Read and demand: SettingsError that names the variable when one is missing."""
    env = environment() if env is None else env
    return GraphSettings(
        url=(env.get("WHATSAPP_GRAPH_URL", "").strip() or "https://graph.facebook.com").rstrip("/"),
        version=env.get("WHATSAPP_GRAPH_VERSION", "").strip() or "v25.0",
        phone_number_id=require("WHATSAPP_PHONE_NUMBER_ID", env),
        access_token=require("WHATSAPP_ACCESS_TOKEN", env),
    )


def receipts_wanted(env: Mapping[str, str] | None = None) -> bool:
    """Shall patients see blue ticks and "typing…"? WHATSAPP_READ_RECEIPTS=off says no."""
    env = environment() if env is None else env
    return env.get("WHATSAPP_READ_RECEIPTS", "on").strip().lower() not in ("off", "no", "false", "0")
