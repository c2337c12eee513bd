"""The Graph client against a small HTTP server: what each answer, and each silence, means."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clinic.settings import SettingsError
from connectors.whatsapp.graph import Graph, GraphError, Trouble, classify
from connectors.whatsapp.settings import GraphSettings, graph_settings, webhook_settings
from tests.support.whatsapp import free_port


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (131000, 500, Trouble.RETRY),
        (2, 503, Trouble.RETRY),
        (None, 502, Trouble.RETRY),
        (999, 500, Trouble.RETRY),
        (1, 400, Trouble.FEW),
        (131056, 400, Trouble.PAIR),
        (130429, 400, Trouble.NUMBER),
        (80007, 400, Trouble.ACCOUNT),
        (4, 400, Trouble.APP),
        (None, 429, Trouble.NUMBER),
        (131047, 400, Trouble.WINDOW),
        (190, 401, Trouble.STOP),
        (0, 401, Trouble.STOP),
        (10, 403, Trouble.STOP),
        (200, 403, Trouble.STOP),
        (299, 403, Trouble.STOP),
        (131031, 403, Trouble.STOP),
        (131005, 403, Trouble.STOP),
        (None, 401, Trouble.STOP),
        (131050, 400, Trouble.REFUSED),
        (100, 400, Trouble.PERMANENT),
        (131026, 400, Trouble.PERMANENT),
        (132001, 404, Trouble.PERMANENT),
        (424242, 400, Trouble.PERMANENT),
        (None, 404, Trouble.PERMANENT),
    ],
)
def test_the_code_decides(code: int | None, status: int, expected: Trouble) -> None:
    assert classify(code, status) is expected


class Server:
    """Answers every POST with `status` and `answer`; keeps what came."""

    def __init__(self) -> None:
        self.status: int = 200
        self.answer: Any = {"messages": [{"id": "wamid.NEW"}]}
        self.headers: dict[str, str] = {}
        self.delay = 0.0
        self.hang_up = False
        self.seen: list[tuple[str, str, Any]] = []


@pytest.fixture
def server() -> Iterator[tuple[Server, Graph]]:
    script = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.seen.append((self.path, self.headers["Authorization"], json.loads(body)))
            time.sleep(script.delay)
            if script.hang_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            answer = script.answer if isinstance(script.answer, bytes) else json.dumps(script.answer).encode()
            self.send_response(script.status)
            for name, value in {**script.headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client that did not wait is what some tests are about."""

    http = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    graph = Graph(GraphSettings(f"http://127.0.0.1:{http.server_port}", "v25.0", "100", "token", 0.5, 0.5))
    yield script, graph
    graph.close()
    http.shutdown()
    thread.join()
    http.server_close()


def trouble(graph: Graph) -> GraphError:
    with pytest.raises(GraphError) as caught:
        graph.send({"type": "text"})
    return caught.value


def test_accepted(server: tuple[Server, Graph]) -> None:
    script, graph = server
    assert graph.send({"type": "text"}) == "wamid.NEW"
    assert script.seen == [("/v25.0/100/messages", "Bearer token", {"type": "text"})]


def test_read_and_typing(server: tuple[Server, Graph]) -> None:
    script, graph = server
    graph.mark_read("wamid.IN")
    assert script.seen[0][2] == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.IN",
        "typing_indicator": {"type": "text"},
    }


def test_refused_with_metas_envelope(server: tuple[Server, Graph]) -> None:
    script, graph = server
    details = {"details": "Message failed to send because more than 24 hours …"}
    script.status = 400
    script.answer = {"error": {"message": "(#131047) Re-engagement", "code": 131047, "error_data": details}}
    error = trouble(graph)
    assert (error.trouble, error.code) == (Trouble.WINDOW, "131047")
    assert error.detail == "(#131047) Re-engagement: Message failed to send because more than 24 hours …"


def test_retry_after_is_heard(server: tuple[Server, Graph]) -> None:
    script, graph = server
    script.status, script.answer, script.headers = 429, b"slow down", {"Retry-After": "7"}
    error = trouble(graph)
    assert (error.trouble, error.code, error.retry_after) == (Trouble.NUMBER, "http-429", 7.0)
    script.headers = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert trouble(graph).retry_after is None


@pytest.mark.parametrize("answer", [b"<html>", b"[]", {"error": "odd"}, {"error": {"code": "190"}}])
def test_an_answer_of_another_shape_is_judged_by_its_status(server: tuple[Server, Graph], answer: Any) -> None:
    script, graph = server
    script.status, script.answer = 503, answer
    assert trouble(graph).trouble is Trouble.RETRY


@pytest.mark.parametrize("answer", [b"", b"ok", {}, {"messages": []}, {"messages": [{"id": None}]}])
def test_accepted_without_an_id_is_accepted(server: tuple[Server, Graph], answer: Any) -> None:
    script, graph = server
    script.answer = answer
    assert graph.send({"type": "text"}) is None


def test_silence_may_be_sent(server: tuple[Server, Graph]) -> None:
    script, graph = server
    script.delay = 0.8
    assert trouble(graph).trouble is Trouble.UNSURE


def test_a_hang_up_may_be_sent(server: tuple[Server, Graph]) -> None:
    script, graph = server
    script.hang_up = True
    assert trouble(graph).trouble is Trouble.UNSURE


def test_nobody_there_is_surely_not_sent() -> None:
    for url in (f"http://127.0.0.1:{free_port()}", "http://nowhere.invalid"):
        graph = Graph(GraphSettings(url, "v25.0", "100", "token", 0.5, 0.5))
        error = trouble(graph)
        graph.close()
        assert (error.trouble, error.code) == (Trouble.RETRY, "network")


def test_settings_name_what_is_missing() -> None:
    env = {"WHATSAPP_PHONE_NUMBER_ID": "100", "WHATSAPP_ACCESS_TOKEN": "token", "WHATSAPP_GRAPH_URL": "http://x/"}
    found = graph_settings(env)
    assert (found.url, found.version) == ("http://x", "v25.0")
    assert graph_settings({**env, "WHATSAPP_GRAPH_URL": ""}).url == "https://graph.facebook.com"
    for name in ("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_ACCESS_TOKEN"):
        with pytest.raises(SettingsError, match=name):
            graph_settings({**env, name: " "})
    assert webhook_settings({}).app_secret == ""
