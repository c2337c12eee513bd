"""The web application: which address leads where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.account_api import AccountApi
from simulator.account_control import AccountControl
from simulator.chaos_api import ChaosApi
from simulator.control_api import ControlApi
from simulator.control_bodies import ControlError
from simulator.graph_api import GraphApi
from simulator.media_api import MediaApi
from simulator.page_safety import OwnPagesOnly, PageHeaders
from simulator.recording_api import RecordingApi
from simulator.settings import Settings
from simulator.simulator import Simulator
from simulator.templates_api import TemplatesApi

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings) -> Starlette:
    """Must be called where the event loop that serves it runs, or before it starts."""
    simulator = Simulator(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await simulator.start()
        yield
        await simulator.stop()

    app = Starlette(
        routes=[*_page(), *_control(simulator), *_graph(simulator)],
        middleware=[Middleware(PageHeaders)],
        exception_handlers={ControlError: _control_refusal},
        lifespan=lifespan,
    )
    app.state.simulator = simulator
    return app


def _page() -> list[BaseRoute]:
    async def index(request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def control(request: Request) -> Response:
        return FileResponse(STATIC / "control.html")

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return [
        Route("/", index),
        Route("/control.html", control),
        Route("/health", health),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _control(simulator: Simulator) -> list[BaseRoute]:
    api = ControlApi(simulator)
    chaos = ChaosApi(simulator)
    account = AccountControl(simulator)
    recording = RecordingApi(simulator)
    one = "/phones/{phone}"
    routes = [
        Route("/phones", api.phones, methods=["GET"]),
        Route("/phones", api.add_phone, methods=["POST"]),
        Route(f"{one}/send", api.send, methods=["POST"]),
        Route(f"{one}/messages", api.messages, methods=["GET"]),
        Route(f"{one}/read", api.read, methods=["POST"]),
        Route("/reset", api.reset, methods=["POST"]),
        Route("/faults", api.faults, methods=["POST"]),
        Route("/webhooks", api.webhooks, methods=["GET", "POST"]),
        Route("/rate_limits", api.rate_limits, methods=["POST"]),
        Route("/clock", api.clock, methods=["POST"]),
        Route("/log", api.log, methods=["GET"]),
        Route("/events", api.events, methods=["GET"]),
        Route("/media/{id}", api.medium, methods=["GET"]),
        Route("/chaos", chaos.chaos, methods=["GET", "PUT", "POST"]),
        Route("/counters", chaos.counters, methods=["GET"]),
        Route("/token", chaos.token, methods=["POST"]),
        Route("/templates", account.templates, methods=["GET", "POST"]),
        Route("/templates/{name}/{language}", account.template, methods=["POST"]),
        Route("/account", account.account, methods=["GET", "POST"]),
        Route("/account/webhook", account.webhook, methods=["POST"]),
        Route(f"{one}/changes", account.change, methods=["POST"]),
        Route("/recording", recording.recording, methods=["GET", "POST"]),
        Route("/replay", recording.replay, methods=["GET", "POST"]),
        Route("/transcript", chaos.transcript, methods=["GET"]),
    ]
    return [Mount("/control", routes=routes, middleware=[Middleware(OwnPagesOnly)])]


def _graph(simulator: Simulator) -> list[BaseRoute]:
    graph = GraphApi(simulator)
    media = MediaApi(simulator, graph)
    templates = TemplatesApi(simulator, graph)
    account = AccountApi(simulator, graph)
    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return [
        Route("/whatsapp_business/attachments/", media.download, methods=["GET"]),
        Route("/{version}/{id}/messages", graph.messages, methods=["POST"]),
        Route("/{version}/{id}/media", media.upload, methods=["POST"]),
        Route("/{version}/debug_token", account.debug_token, methods=["GET"]),
        Route("/{version}/{id}/message_templates", templates.templates, methods=["GET", "POST", "DELETE"]),
        Route("/{version}/{id}/phone_numbers", account.phone_numbers, methods=["GET"]),
        Route("/{version}/{id}/subscribed_apps", account.subscribed_apps, methods=["GET", "POST", "DELETE"]),
        Route("/{version}/{id}/subscriptions", account.subscriptions, methods=["GET"]),
        Route("/{version}/{id}", templates.edited, methods=["POST"]),
        Route("/{version}/{id}", graph.thing, methods=["GET", "DELETE"]),
        Route("/{version}/{rest:path}", graph.unknown, methods=every),
        Route("/{version}", graph.unknown, methods=every),
    ]


async def _control_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, ControlError)
    return JSONResponse(error.body, error.status)
