"""The environment that Salama's processes are started with: settings, their defaults, and the demo's secrets."""

from __future__ import annotations

import os
from typing import Dict, Mapping

from clinic.settings import PROJECT, environment

DEFAULTS = {
    "RASA_PORT": "5005",
    "ACTIONS_PORT": "5055",
    "DESK_PORT": "8080",
    "SIMULATOR_PORT": "9000",
    "CLINIC_DATABASE_URL": f"sqlite:///{PROJECT}/var/clinic.db",
    "TRACKER_DATABASE_URL": f"sqlite:///{PROJECT}/var/tracker.db",
    "WHATSAPP_GRAPH_VERSION": "v25.0",
    # Loopback: nginx or a tunnel brings the webhook in (docs/running.md).
    "SANIC_HOST": "127.0.0.1",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
    # Deprecations of Rasa's own dependencies, which nobody here can act on; tests turn warnings into errors.
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
# Secrets of a number that exists only in the simulator.
DEMO = {
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_BUSINESS_ACCOUNT_ID": "102290129340398",
    "WHATSAPP_ACCESS_TOKEN": "demo-access-token",
    "WHATSAPP_APP_SECRET": "demo-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "demo-verify-token",
    "DESK_PASSWORD": "demo",
    "CLINIC_ENCRYPTION_KEY": "ZGVtby1rZXktb2YtdGhlLXNpbXVsYXRvci0wMDAwMDA=",
}


def _absolute(url: str) -> str:
    from clinic.database import absolute_url

    return absolute_url(url)


def build(demo: bool, base: Mapping[str, str] | None = None) -> Dict[str, str]:
    """What every process gets: the environment and `.env` first, then defaults, then (demo) the simulator's secrets."""
    given = dict(environment() if base is None else base)
    env = {**DEFAULTS, **(DEMO if demo else {}), **given}
    for name in ("CLINIC_DATABASE_URL", "TRACKER_DATABASE_URL"):
        env[name] = _absolute(env[name])
    if env.get("GATEWAY_PORT"):
        # Who stores is another process than who answers: it has to look more often.
        env.setdefault("INBOX_POLL_SECONDS", "0.2")
    if demo:
        simulator = f"http://127.0.0.1:{env['SIMULATOR_PORT']}"
        env["WHATSAPP_GRAPH_URL"] = given.get("WHATSAPP_GRAPH_URL", simulator)
        webhook = f"http://127.0.0.1:{env.get('GATEWAY_PORT') or env['RASA_PORT']}/webhooks/whatsapp/webhook"
        env["SIMULATOR_WEBHOOK_URL"] = given.get("SIMULATOR_WEBHOOK_URL", webhook)
    return env


def apply(demo: bool) -> Dict[str, str]:
    """Put `build` into this process's own environment as well, and return it."""
    env = build(demo)
    os.environ.update(env)
    return env
