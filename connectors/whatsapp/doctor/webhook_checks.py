"""The webhook as somebody outside sees it: the handshake, a signed probe that brings nothing, a forged one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from connectors.whatsapp.doctor.findings import Case, Finding, fine, skipped, wrong
from connectors.whatsapp.signature import sign

PATH = "/webhooks/whatsapp/webhook"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TIMEOUT = (5.0, 10.0)
# A webhook without entries: stored by nobody.
_PROBE = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()
_PATIENCE = 1.0


def webhook(case: Case) -> Iterator[Finding]:
    """At --url, else the server on this machine."""
    address = case.url or f"http://127.0.0.1:{case.setting('RASA_PORT') or '5005'}{PATH}"
    host = urlsplit(address).hostname
    if not case.url:
        yield skipped(
            f"webhook from outside: only {address} is tried",
            "Say how Meta reaches you: --url https://your.host/webhooks/whatsapp/webhook",
        )
    elif urlsplit(address).scheme != "https" and host not in _LOOPBACK:
        yield wrong(f"webhook: {address} is not https", "Meta calls https with a valid certificate only (docs/deploy.md).")
    with requests.Session() as session:
        session.trust_env = host not in _LOOPBACK
        try:
            yield from _handshake(session, address, case.setting("WHATSAPP_VERIFY_TOKEN"))
            yield from _probe(session, address, case.setting("WHATSAPP_APP_SECRET"))
        except requests.exceptions.SSLError:
            yield wrong(
                "webhook: the certificate is not accepted",
                "Serve the whole chain (fullchain.pem) of a public authority; a self-signed one does not do.",
            )
        except requests.RequestException as error:
            advice = (
                "Is the proxy running, the name right, port 443 open?" if case.url else "Is Salama running (make serve)?"
            )
            yield wrong(f"webhook: {address} does not answer ({type(error).__name__})", advice)


def _handshake(session: requests.Session, address: str, verify_token: str) -> Iterator[Finding]:
    if not verify_token:
        yield skipped("webhook handshake", "WHATSAPP_VERIFY_TOKEN is not set.")
        return
    challenge = str(secrets.randbelow(10**10))
    asked = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
    answer = session.get(address, params=asked, timeout=_TIMEOUT, allow_redirects=False)
    if answer.status_code == 200 and answer.text == challenge:
        yield fine("webhook: the handshake works")
    elif answer.status_code == 403:
        yield wrong(
            "webhook: the handshake is refused",
            "The running server has another WHATSAPP_VERIFY_TOKEN than .env here: restart it.",
        )
    else:
        yield wrong(f"webhook: the handshake gives HTTP {answer.status_code}", _elsewhere(answer.status_code))


def _probe(session: requests.Session, address: str, secret: str) -> Iterator[Finding]:
    if not secret:
        yield skipped("webhook signature", "WHATSAPP_APP_SECRET is not set.")
        return
    answer = _post(session, address, sign(_PROBE, secret))
    seconds = answer.elapsed.total_seconds()
    if answer.status_code == 200:
        slow = f"It took {seconds:.1f} s; Meta wants 0.25." if seconds > _PATIENCE else ""
        yield fine("webhook: takes what is signed with the app's secret", slow)
    elif answer.status_code in (401, 503):
        yield wrong(
            f"webhook: a signed webhook gives HTTP {answer.status_code}",
            "The running server has another WHATSAPP_APP_SECRET than .env here, or its database is away: restart it.",
        )
    else:
        yield wrong(f"webhook: a signed webhook gives HTTP {answer.status_code}", _elsewhere(answer.status_code))
    # Signed with something else: a webhook that takes this would believe everybody.
    forged = _post(session, address, sign(_PROBE, secret + "x"))
    if forged.status_code == 200:
        yield wrong("webhook: takes a forged signature too", "Something else answers at this address, or a proxy signs it.")
    else:
        yield fine("webhook: refuses a forged signature")


def _post(session: requests.Session, address: str, signature: str) -> requests.Response:
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    return session.post(address, data=_PROBE, headers=headers, timeout=_TIMEOUT, allow_redirects=False)


def _elsewhere(status: int) -> str:
    if 300 <= status < 400:
        return "Meta does not follow redirects: give the address that answers itself."
    if status in (502, 503, 504):
        return "The proxy answers, Salama behind it does not: is it running, on that port?"
    if status == 404:
        return f"Something answers, but not Salama: the path ends in {PATH}."
    return "Something other than Salama answers at this address: look at the proxy."
