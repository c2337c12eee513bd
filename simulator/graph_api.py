"""The Graph side: what the clinic's worker talks to (Meta, "Messages API" reference)."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from simulator.faults import SERVER_ERRORS, Fault, fault_of
from simulator.graph_errors import GraphError, expired_token, unknown_object, unknown_path
from simulator.messages import check_message, check_read_receipt
from simulator.phones import digits
from simulator.simulator import Simulator

log = logging.getLogger("simulator.graph")

Handler = Callable[[Request, bytes], Awaitable[Response]]
TokenCheck = Callable[[Request], None]
VERSION = re.compile(r"v\d{1,2}\.\d{1,2}")


class GraphApi:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def answer(self, request: Request, handler: Handler, token: TokenCheck | None = None) -> Response:
        """Version and token first, the handler then, and every refusal in the Graph's own envelope."""
        body = await request.body()
        try:
            if not VERSION.fullmatch(request.path_params["version"]):
                raise unknown_path(request.url.path)
            (token or self.check_token)(request)
            response = await handler(request, body)
        except GraphError as error:
            log.info("Refused a %s: %s %s", request.method, error.message, error.field or "")
            self._simulator.counters.refused(error.code)
            response = JSONResponse(error.envelope(), error.status)
        self._simulator.requests.add(request.method, request.url.path, body, response.status_code)
        return response

    def check_token(self, request: Request) -> None:
        self._simulator.token.check(request.headers.get("authorization", ""))

    def check_media_chance(self) -> None:
        """A media call that goes wrong by the chaos in force."""
        if self._simulator.chaos.other_call_fails("media"):
            raise GraphError(131000)

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
        fault = self._simulator.faults.take(receipt=is_receipt) or self._by_chance(body, is_receipt)
        if fault is not None and fault.silent_seconds is None and not fault.later:
            self._simulator.counters.refused(fault.code)
            return _ordered(fault)
        if fault is not None and not fault.accepted:
            return await self._silent(request, fault, _ordered(Fault(503, 2)))
        if is_receipt:
            self._simulator.exchange.clinic_reads(*check_read_receipt(body))
            answer: dict[str, Any] = {"success": True}
        else:
            outgoing = check_message(body, self._simulator.media.mime_type)
            answer = self._simulator.exchange.clinic_sends(outgoing, fault if fault and fault.later else None)
        return await self._silent(request, fault, JSONResponse(answer))

    def _by_chance(self, body: dict[str, Any], is_receipt: bool) -> Fault | None:
        """What the chaos in force does to this call."""
        chaos = self._simulator.chaos
        if is_receipt:
            return SERVER_ERRORS[0] if chaos.other_call_fails("receipts") else None
        address = str(body.get("to") or body.get("recipient") or "")
        recipient = digits(address) if body.get("to") else address
        fate = chaos.fate(recipient)
        if fate == "token":
            self._simulator.token.expire(chaos.settings.graph.token_seconds)
            raise expired_token()
        if fate is None:
            return None
        return fault_of(fate, chaos.throw(f"variant:{recipient}"), chaos.settings.graph.timeout_seconds)

    async def _silent(self, request: Request, fault: Fault | None, response: Response) -> Response:
        if fault is not None and fault.silent_seconds is not None:
            self._simulator.counters.count("silent_answers")
            await self._stay_silent(request, fault.silent_seconds)
        return response

    async def _stay_silent(self, request: Request, seconds: float) -> None:
        """The answer never comes: the client gives up, or this ends."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end and not self._simulator.stopping.is_set():
            if await request.is_disconnected():
                return
            await asyncio.sleep(0.05)

    async def thing(self, request: Request) -> Response:
        """One id: the clinic's number, a template or a medium."""
        return await self.answer(request, self._thing)

    async def _thing(self, request: Request, raw: bytes) -> Response:
        identifier = request.path_params["id"]
        if identifier == self._simulator.settings.phone_number_id and request.method == "GET":
            return JSONResponse(self.number())
        template = self._simulator.templates.get(identifier)
        if template is not None and request.method == "GET":
            return JSONResponse(template.as_json())
        self.check_media_chance()
        now = self._simulator.clock.now()
        medium = self._simulator.media.living(identifier, now)
        if medium is None:
            raise unknown_object(identifier, request.method)
        if request.method == "DELETE":
            self._simulator.media.delete(identifier)
            return JSONResponse({"success": True})
        ticket = self._simulator.media.ticket(identifier, now)
        base = f"{request.url.scheme}://{request.headers.get('host', self._simulator.settings.host)}"
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

    def number(self) -> dict[str, Any]:
        """The clinic's number as its own fields say it."""
        settings, standing = self._simulator.settings, self._simulator.account.standing
        return {
            "id": settings.phone_number_id,
            "verified_name": settings.verified_name,
            "display_phone_number": settings.display_phone_number,
            "quality_rating": standing.quality_rating,
            "status": standing.status,
            "code_verification_status": standing.code_verification_status,
            "name_status": standing.name_status,
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "messaging_limit_tier": standing.messaging_limit_tier,
        }

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
    if fault.page:
        return HTMLResponse("<html><body><h1>Bad Gateway</h1></body></html>", fault.status)
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else None
    return JSONResponse(fault.error().envelope(), fault.status, headers=headers)
