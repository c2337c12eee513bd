"""A WhatsApp account on this machine: what `python -m connectors.whatsapp` asks of the Graph API, and a switch for each fault."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN, SECRET, APP, ACCOUNT, NUMBER = (
    "test-token",
    "test-app-secret",
    "4000000000000001",
    "2000000000000001",
    "1000000000000001",
)
FIELDS = ("messages", "message_template_status_update", "message_template_quality_update", "template_category_update")
Answer = tuple[int, Any]


def refusal(code: int, message: str, status: int = 400, **more: Any) -> Answer:
    """Meta's form of an error."""
    return status, {"error": {"message": message, "type": "OAuthException", "code": code, **more}}


class FakeAccount:
    """Change the attributes to change the account."""

    def __init__(self) -> None:
        self.url = ""
        self.token: dict[str, Any] = {
            "app_id": APP,
            "is_valid": True,
            "expires_at": 0,
            "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        }
        self.number: dict[str, Any] = {
            "id": NUMBER,
            "display_phone_number": "+49 30 23125 100",
            "verified_name": "Salama Clinic",
            "quality_rating": "GREEN",
            "status": "CONNECTED",
            "name_status": "APPROVED",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
        }
        self.numbers = [NUMBER]
        self.subscribed: list[str] = [APP]
        self.subscriptions: list[dict[str, Any]] = [
            {
                "object": "whatsapp_business_account",
                "callback_url": "https://clinic.example/webhooks/whatsapp/webhook",
                "active": True,
                "fields": [{"name": name, "version": "v25.0"} for name in FIELDS],
            }
        ]
        self.templates: list[dict[str, Any]] = []
        self.page = 3
        self.refuse: dict[str, Answer] = {}
        self.asked: list[tuple[str, str]] = []

    def env(self) -> dict[str, str]:
        """The settings of a clinic that has this account."""
        return {
            "WHATSAPP_GRAPH_URL": self.url,
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "WHATSAPP_BUSINESS_ACCOUNT_ID": ACCOUNT,
            "WHATSAPP_ACCESS_TOKEN": TOKEN,
            "WHATSAPP_APP_SECRET": SECRET,
            "WHATSAPP_VERIFY_TOKEN": "test-verify-token",
        }

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, bearer: str) -> Answer:
        """What the Graph API says; `path` without the version."""
        self.asked.append((method, path))
        if path in self.refuse:
            return self.refuse[path]
        if path == f"{APP}/subscriptions":
            if bearer != f"{APP}|{SECRET}":
                return refusal(190, "Invalid OAuth access token signature.")
            return 200, {"data": self.subscriptions}
        if bearer != TOKEN:
            return refusal(190, "Invalid OAuth access token.", 401)
        if path == "debug_token":
            return 200, {"data": self.token}
        if path == NUMBER:
            return 200, self.number
        if path == f"{ACCOUNT}/phone_numbers":
            return 200, {"data": [{"id": number} for number in self.numbers]}
        if path == f"{ACCOUNT}/subscribed_apps":
            return 200, {"data": [{"whatsapp_business_api_data": {"id": app}} for app in self.subscribed]}
        if path == f"{ACCOUNT}/message_templates":
            return self._submitted(body) if method == "POST" else self._listed(query)
        return refusal(100, f"Object with ID '{path}' does not exist", error_subcode=33)

    def _listed(self, query: dict[str, str]) -> Answer:
        start = int(query.get("after") or 0)
        end = min(start + self.page, len(self.templates))
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(self.templates):
            paging["next"] = "…"
        return 200, {"data": self.templates[start:end], "paging": paging}

    def _submitted(self, body: Any) -> Answer:
        if any((t["name"], t["language"]) == (body["name"], body["language"]) for t in self.templates):
            return refusal(100, "Content in this language already exists", error_subcode=2388024)
        made = {**body, "id": str(900 + len(self.templates)), "status": "PENDING", "rejected_reason": "NONE"}
        self.templates.append(made)
        return 200, {key: made[key] for key in ("id", "status", "category")}


@contextmanager
def fake_account() -> Iterator[FakeAccount]:
    """Serve one until the block ends."""
    fake = FakeAccount()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            path = parts.path.split("/", 2)[2]
            status, found = fake.answer(self.command, path, query, body, bearer)
            said = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
