"""The settings of the WhatsApp channel (`WHATSAPP_*`), read by whoever needs them, never given a secret by default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from clinic.settings import environment, require

_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:]+")
# Where Meta keeps the content of media.
MEDIA_HOSTS = ("lookaside.fbsbx.com", ".fbcdn.net", ".whatsapp.net")


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


@dataclass(frozen=True)
class MediaSettings:
    """Who may be given the token when a medium is fetched: the Graph API, and `hosts` (".x.net": all under x.net)."""

    graph_url: str
    hosts: tuple[str, ...] = MEDIA_HOSTS

    def allows(self, url: str) -> bool:
        """Is this address one of theirs? Anywhere but at `graph_url` itself it has to be https, on its usual port."""
        try:
            asked, graph = urlsplit(url), urlsplit(self.graph_url)
            same = (asked.scheme, asked.hostname, asked.port) == (graph.scheme, graph.hostname, graph.port)
            usual = asked.scheme == "https" and asked.port in (None, 443)
        except ValueError:
            return False
        # Plain letters only: whoever sends the request may read odd ones (a backslash) otherwise than urlsplit does.
        if "@" in asked.netloc or not _HOST.fullmatch(asked.hostname or "") or not (same or usual):
            return False
        return same or any(_is_of(str(asked.hostname), host) for host in self.hosts)


def _is_of(hostname: str, host: str) -> bool:
    return hostname.endswith(host) if host.startswith(".") else hostname == host


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
        url=_graph_url(env),
        version=env.get("WHATSAPP_GRAPH_VERSION", "").strip() or "v25.0",
        phone_number_id=require("WHATSAPP_PHONE_NUMBER_ID", env),
        access_token=require("WHATSAPP_ACCESS_TOKEN", env),
    )


def media_settings(env: Mapping[str, str] | None = None) -> MediaSettings:
    """Read without complaint; without WHATSAPP_MEDIA_HOSTS Meta's own."""
    env = environment() if env is None else env
    named = (host.strip().lower() for host in env.get("WHATSAPP_MEDIA_HOSTS", "").split(","))
    return MediaSettings(_graph_url(env), tuple(host for host in named if host.strip(".")) or MEDIA_HOSTS)


def _graph_url(env: Mapping[str, str]) -> str:
    return (env.get("WHATSAPP_GRAPH_URL", "").strip() or "https://graph.facebook.com").rstrip("/")


def receipts_wanted(env: Mapping[str, str] | None = None) -> bool:
    """Shall patients see blue ticks and "typing…"? WHATSAPP_READ_RECEIPTS=off says no."""
    env = environment() if env is None else env
    return env.get("WHATSAPP_READ_RECEIPTS", "on").strip().lower() not in ("off", "no", "false", "0")
