"""A real simulator on a free port, and a clinic of three lines that takes its webhooks."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlparse

import requests
import uvicorn

from simulator.app import create_app
from simulator.settings import Settings

TOKEN, SECRET, NUMBER, ACCOUNT, VERIFY = "token-1", "test-app-secret", "1001", "2002", "verify-1"
ANNA = "+4915150000001"
Json = dict[str, Any]


def eventually(check: Callable[[], Any], seconds: float = 5.0) -> Any:
    """The first true thing `check` returns."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


@dataclass
class Clinic:
    """Takes webhooks; `answers` are the status codes of the next ones, 200 afterwards."""

    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    challenges: list[Json] = field(default_factory=list)
    verify_token: str = VERIFY

    def forget(self) -> None:
        for kept in (self.posts, self.times, self.answers):
            kept.clear()
        self.verify_token = VERIFY

    def values(self) -> list[Json]:
        bodies = [json.loads(body) for _, body in self.posts]
        return [change["value"] for body in bodies for entry in body["entry"] for change in entry["changes"]]

    def messages(self) -> list[Json]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self, wamid: str | None = None) -> list[Json]:
        found = [status for value in self.values() for status in value.get("statuses", [])]
        return [status for status in found if wamid in (None, status["id"])]

    def wait_statuses(self, wamid: str, count: int) -> list[Json]:
        found: list[Json] = eventually(lambda: len(self.statuses(wamid)) >= count and self.statuses(wamid))
        return found


def handler(clinic: Clinic) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            query = {key: value[0] for key, value in parse_qs(urlparse(self.path).query).items()}
            clinic.challenges.append(query)
            right = query.get("hub.verify_token") == clinic.verify_token
            self._answer(200, query["hub.challenge"].encode()) if right else self._answer(403)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            clinic.posts.append((dict(self.headers), body))
            clinic.times.append(time.monotonic())
            self._answer(clinic.answers.pop(0) if clinic.answers else 200)

    return Handler


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """One simulator in a thread of this process, and what a client of it needs."""

    def __init__(self, settings: Settings) -> None:
        self.base = f"http://127.0.0.1:{settings.port}"
        self.app = create_app(settings)
        config = uvicorn.Config(self.app, port=settings.port, ws="none", log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        eventually(lambda: self._server.started)
        self.http = requests.Session()
        self.http.trust_env = False

    def stop(self) -> None:
        self.http.close()
        self.app.state.simulator.stopping.set()
        self._server.should_exit = True
        self._thread.join(5)

    def control(self, path: str, body: Any = None, method: str | None = None) -> requests.Response:
        method = method or ("GET" if body is None else "POST")
        return self.http.request(method, f"{self.base}/control{path}", json=body, timeout=10)

    def graph(self, path: str, method: str = "GET", token: str | None = TOKEN, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.request(method, f"{self.base}{path}", headers=headers, timeout=more.pop("timeout", 10), **more)

    def post(self, body: Any, **more: Any) -> requests.Response:
        return self.graph(f"/v25.0/{NUMBER}/messages", "POST", json=body, **more)

    def say(self, text: str = "Hello", phone: str = ANNA) -> str:
        """The patient writes, which opens the window."""
        answer = self.control(f"/phones/{phone}/send", {"text": text})
        assert answer.status_code == 200, answer.text
        wamid: str = answer.json()["wamid"]
        return wamid

    def send(self, body: Json, phone: str = ANNA) -> str:
        """The clinic sends, and it is accepted."""
        answer = self.post({"messaging_product": "whatsapp", "to": phone, **body})
        assert answer.status_code == 200, answer.text
        wamid: str = answer.json()["messages"][0]["id"]
        return wamid

    def chat(self, phone: str = ANNA, after: int = 0) -> list[Json]:
        found: list[Json] = self.control(f"/phones/{phone}/messages?after={after}").json()["messages"]
        return found


TEXT: Json = {"type": "text", "text": {"body": "Good morning"}}


def buttons(*titles: str) -> Json:
    offered = [{"type": "reply", "reply": {"id": f"b{n}", "title": title}} for n, title in enumerate(titles)]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "Which?"}, "action": {"buttons": offered}},
    }


def list_of(*sections: list[str], button: str = "Choose") -> Json:
    """One section for each list of row titles."""
    made = [
        {
            "title": f"Section {s}",
            "rows": [{"id": f"r{s}.{n}", "title": t, "description": "With a doctor"} for n, t in enumerate(rows)],
        }
        for s, rows in enumerate(sections)
    ]
    action = {"button": button, "sections": made}
    return {
        "type": "interactive",
        "interactive": {"type": "list", "body": {"text": "When?"}, "action": action},
    }


#: A template with a header, named parameters and two buttons.
VISIT: Json = {
    "name": "visit_tomorrow",
    "language": "de",
    "category": "UTILITY",
    "parameter_format": "NAMED",
    "components": [
        {
            "type": "HEADER",
            "format": "TEXT",
            "text": "Termin bei {{clinic}}",
            "example": {"header_text_named_params": [{"param_name": "clinic", "example": "Salama"}]},
        },
        {
            "type": "BODY",
            "text": "Guten Tag {{name}}, morgen um {{hour}} Uhr.",
            "example": {
                "body_text_named_params": [
                    {"param_name": "name", "example": "Herr Öz"},
                    {"param_name": "hour", "example": "9"},
                ]
            },
        },
        {"type": "FOOTER", "text": "Ihre Praxis"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Ich komme"},
                {"type": "URL", "text": "Weg", "url": "https://example.org/{{1}}", "example": ["weg"]},
            ],
        },
    ],
}


def named(**values: str) -> list[Json]:
    return [{"type": "text", "parameter_name": name, "text": value} for name, value in values.items()]


def template_message(**components: Any) -> Json:
    """A message with the template; a component given as None is left out."""
    parts = {"header": named(clinic="Salama"), "body": named(name="Frau Weiß", hour="9"), **components}
    made = [{"type": kind, "parameters": value} for kind, value in parts.items() if kind != "url" and value is not None]
    url = components.get("url", [{"type": "text", "text": "karte"}])
    if url is not None:
        made.append({"type": "button", "sub_type": "url", "index": "1", "parameters": url})
    content = {"name": "visit_tomorrow", "language": {"code": "de"}, "components": made}
    return {"type": "template", "template": content}
