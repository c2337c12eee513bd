"""The Graph side: what the clinic's worker talks to (Meta, "Messages API" reference)."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.faults import Fault
from simulator.graph_errors import GraphError, bad_token, unknown_object, unknown_path
from simulator.messages import check_message, check_read_receipt
from simulator.simulator import Simulator

log = logging.getLogger("simulator.graph")

Handler = Callable[[Request, bytes], Awaitable[Response]]
VERSION = re.compile(r"v\d{1,2}\.\d{1,2}")


class GraphApi:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def answer(self, request: Request, handler: Handler) -> Response:
        """Version and token first, the handler then, and every refusal in the Graph's own envelope."""
        body = await request.body()
        try:
            if not VERSION.fullmatch(request.path_params["version"]):
                raise unknown_path(request.url.path)
            self.check_token(request)
            response = await handler(request, body)
        except GraphError as error:
            log.info("Refused a %s: %s %s", request.method, error.message, error.field or "")
            response = JSONResponse(error.envelope(), error.status)
        self._simulator.requests.add(request.method, request.url.path, body, response.status_code)
        return response

    def check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = self._simulator.settings.access_token.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), known):
            raise bad_token()

    def check_number(self, request: Request) -> None:
        number = request.path_params["id"]
        if number != self._simulator.settings.phone_number_id:
            raise unknown_object(number, request.method)

    # handlers -----------------------------------------------------------------------------------------------------

    async def messages(self, request: Request) -> Response:
        return await self.answer(request, self._messages)

    async def _messages(self, request: Request, raw: bytes) -> Response:
        self.check_number(request)
        body = parse_json(request, raw)
        is_receipt = "status" in body
        fault = self._simulator.faults.take(receipt=is_receipt)
        if fault is not None and fault.silent_seconds is None:
            return _ordered(fault)
        if is_receipt:
            self._simulator.exchange.clinic_reads(*check_read_receipt(body))
            answer: dict[str, Any] = {"success": True}
        else:
            outgoing = check_message(body, self._simulator.media.mime_type)
            answer = self._simulator.exchange.clinic_sends(outgoing)
        response = JSONResponse(answer)
        if fault is not None and fault.silent_seconds is not None:
            await self._stay_silent(request, fault.silent_seconds)
        return response

    async def _stay_silent(self, request: Request, seconds: float) -> None:
        """Accepted, but the answer never comes: the client gives up, or this ends."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end and not self._simulator.stopping.is_set():
            if await request.is_disconnected():
                return
            await asyncio.sleep(0.05)

    async def thing(self, request: Request) -> Response:
        """GET or DELETE of one id: the clinic's number or a medium."""
        return await self.answer(request, self._thing)

    async def _thing(self, request: Request, raw: bytes) -> Response:
        identifier = request.path_params["id"]
        settings = self._simulator.settings
        if identifier == settings.phone_number_id and request.method == "GET":
            number = {
                "verified_name": settings.verified_name,
                "display_phone_number": settings.display_phone_number,
                "quality_rating": "GREEN",
                "id": identifier,
            }
            return JSONResponse(number)
        medium = self._simulator.media.get(identifier)
        if medium is None:
            raise unknown_object(identifier, request.method)
        if request.method == "DELETE":
            self._simulator.media.delete(identifier)
            return JSONResponse({"success": True})
        ticket = self._simulator.media.ticket(identifier, self._simulator.clock.now())
        base = f"{request.url.scheme}://{request.headers.get('host', settings.host)}"
        return JSONResponse(
            {
                "messaging_product": "whatsapp",
                "url": f"{base}/whatsapp_business/attachments/?{ticket}",
                "mime_type": medium.mime_type,
                "sha256": medium.sha256,
                "file_size": len(medium.content),
                "id": medium.id,
            }
        )

    async def unknown(self, request: Request) -> Response:
        return await self.answer(request, self._unknown)

    async def _unknown(self, request: Request, raw: bytes) -> Response:
        raise unknown_path(request.url.path)


def parse_json(request: Request, raw: bytes) -> dict[str, Any]:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise GraphError(100, "Content-Type must be application/json", message="(#100) Invalid parameter")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise GraphError(100, f"The body is not valid JSON: {error}", message="(#100) Invalid parameter") from error
    if not isinstance(body, dict):
        raise GraphError(100, "The body must be a JSON object", message="(#100) Invalid parameter")
    return body


def _ordered(fault: Fault) -> Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else None
    return JSONResponse(fault.error().envelope(), fault.status, headers=headers)
