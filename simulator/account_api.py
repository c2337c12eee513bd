"""The calls that tell about the account itself: token, numbers, subscriptions; what a set-up check asks."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.account import APP_ID
from simulator.graph_api import GraphApi
from simulator.graph_errors import GraphError, required_query, unknown_object
from simulator.simulator import Simulator

#: The webhook fields a WhatsApp app subscribes to.
FIELDS = (
    *("messages", "message_template_status_update", "message_template_quality_update", "template_category_update"),
    *("account_update", "account_alerts", "phone_number_quality_update", "user_preferences", "user_id_update"),
)


class AccountApi:
    def __init__(self, simulator: Simulator, graph: GraphApi) -> None:
        self._simulator = simulator
        self._graph = graph

    async def debug_token(self, request: Request) -> Response:
        return await self._graph.answer(request, self._debug_token, token=self._app_or_access_token)

    async def _debug_token(self, request: Request, raw: bytes) -> Response:
        given = request.query_params.get("input_token")
        if not given:
            raise required_query("input_token")
        token = self._simulator.token
        if not token.is_it(given) or token.expired:
            why = "Session has expired" if token.is_it(given) else "The access token could not be decrypted"
            error = {"code": 190, "message": why, "subcode": 463 if token.is_it(given) else 467}
            return JSONResponse({"data": {"is_valid": False, "scopes": [], "error": error}})
        data = {
            "app_id": APP_ID,
            "type": "SYSTEM_USER",
            "application": "Simulator",
            "is_valid": True,
            "expires_at": 0,
            "scopes": self._simulator.account.standing.scopes,
            "granular_scopes": [],
        }
        return JSONResponse({"data": data})

    async def phone_numbers(self, request: Request) -> Response:
        return await self._graph.answer(request, self._phone_numbers)

    async def _phone_numbers(self, request: Request, raw: bytes) -> Response:
        self._check_account(request)
        cursors = {"before": "QVFI", "after": "QVFI"}
        return JSONResponse({"data": [self._graph.number()], "paging": {"cursors": cursors}})

    async def subscribed_apps(self, request: Request) -> Response:
        return await self._graph.answer(request, self._subscribed_apps)

    async def _subscribed_apps(self, request: Request, raw: bytes) -> Response:
        self._check_account(request)
        standing = self._simulator.account.standing
        if request.method != "GET":
            standing.subscribed = request.method == "POST"
            return JSONResponse({"success": True})
        app = {"id": APP_ID, "name": "Simulator", "link": "https://example.org/simulator"}
        return JSONResponse({"data": [{"whatsapp_business_api_data": app}] if standing.subscribed else []})

    async def subscriptions(self, request: Request) -> Response:
        return await self._graph.answer(request, self._subscriptions, token=self._app_token)

    async def _subscriptions(self, request: Request, raw: bytes) -> Response:
        if request.path_params["id"] != APP_ID:
            raise unknown_object(request.path_params["id"], request.method)
        version = request.path_params["version"]
        subscription = {
            "object": "whatsapp_business_account",
            "callback_url": self._simulator.settings.webhook_url,
            "active": True,
            "fields": [{"name": name, "version": version} for name in FIELDS],
        }
        return JSONResponse({"data": [subscription]})

    def _check_account(self, request: Request) -> None:
        if request.path_params["id"] != self._simulator.settings.business_account_id:
            raise unknown_object(request.path_params["id"], request.method)

    def _app_token(self, request: Request) -> None:
        """The app's own token is its id, a bar and its secret."""
        given = request.headers.get("authorization", "").partition(" ")[2].strip()
        known = f"{APP_ID}|{self._simulator.settings.app_secret}"
        if not hmac.compare_digest(given.encode(), known.encode()):
            raise GraphError(190, status=400, message="Invalid OAuth access token signature.")

    def _app_or_access_token(self, request: Request) -> None:
        """An expired access token may still ask about itself; a wrong one may not."""
        given = request.headers.get("authorization", "").partition(" ")[2].strip()
        if not self._simulator.token.is_it(given):
            self._app_token(request)
