"""What a test, a script or the phone page orders; described in README.md."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from simulator.control_bodies import ControlError, query_number, read_body
from simulator.event_stream import event_stream
from simulator.faults import FaultError, parse_fault
from simulator.patient_messages import OrderError
from simulator.phones import Phone, digits
from simulator.request_log import KEPT
from simulator.settings import SettingsError, parse_instant
from simulator.simulator import Simulator

LONGEST_WAIT = 120.0


class ControlApi:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def phones(self, request: Request) -> Response:
        phones = [phone.as_json() for phone in self._simulator.phones.all()]
        return JSONResponse({"phones": phones, "clinic": self._clinic()})

    def _clinic(self) -> dict[str, str]:
        settings = self._simulator.settings
        return {
            "name": settings.verified_name,
            "phone": settings.display_phone_number,
            "webhook": self._simulator.handshake.state,
        }

    async def add_phone(self, request: Request) -> Response:
        body = await read_body(request)
        wa_id = digits(str(body.get("phone", "")))
        if not 7 <= len(wa_id) <= 15:
            raise ControlError(400, "phone must be an international number such as +4915112345678")
        user_id = body.get("user_id")
        owner = self._simulator.phones.by_address(user_id) if user_id else None
        if owner is not None and owner.wa_id != wa_id:
            raise ControlError(409, f"user_id {user_id} belongs to another phone")
        if body.get("direction") not in (None, "ltr", "rtl"):
            raise ControlError(400, "direction must be ltr or rtl")
        existed = self._simulator.phones.by_address(wa_id)
        name = str(body.get("name") or (existed.name if existed else f"+{wa_id}"))
        hides = bool(body.get("hides_number", existed.hides_number if existed else False))
        if hides and not (user_id or (existed and existed.user_id)):
            raise ControlError(400, "a phone that hides its number needs a user_id")
        phone = self._simulator.phones.add(
            wa_id, name, user_id, body.get("language"), body.get("direction"), hides_number=hides
        )
        self._simulator.hub.publish({"kind": "phone", "phone": phone.wa_id})
        return JSONResponse(phone.as_json(), 200 if existed else 201)

    async def send(self, request: Request) -> Response:
        phone = self._phone(request)
        body = await read_body(request)
        try:
            payload = self._simulator.patient_messages.build(phone, body)
        except OrderError as error:
            if error.offered is None:
                raise ControlError(400, str(error)) from error
            raise ControlError(404, str(error), offered=error.offered) from error
        message = self._simulator.exchange.patient_sends(phone, payload)
        self._simulator.recording.note("send", phone, message.wamid, order=body)
        return JSONResponse({"wamid": message.wamid, "seq": message.seq})

    async def messages(self, request: Request) -> Response:
        phone = self._phone(request)
        after = int(query_number(request, "after"))
        wait = min(query_number(request, "wait"), LONGEST_WAIT)
        with self._simulator.hub.listen() as events:
            end = asyncio.get_running_loop().time() + wait
            while not (found := self._simulator.chat.after(phone.wa_id, after)):
                left = end - asyncio.get_running_loop().time()
                if left <= 0 or self._simulator.stopping.is_set():
                    break
                try:
                    # A short pause at most, so that a stopping server is not held up.
                    await asyncio.wait_for(events.get(), min(left, 1.0))
                except asyncio.TimeoutError:
                    continue
        return JSONResponse({"messages": [message.as_json() for message in found]})

    async def read(self, request: Request) -> Response:
        phone = self._phone(request)
        body = await read_body(request)
        up_to = body.get("up_to")
        if not isinstance(up_to, int):
            up_to = self._simulator.patient_messages.newest(phone)
        read = self._simulator.exchange.patient_reads(phone, up_to)
        if read:
            self._simulator.recording.note("read", phone)
        return JSONResponse({"read": read})

    async def reset(self, request: Request) -> Response:
        self._simulator.reset()
        return JSONResponse({"reset": True})

    async def faults(self, request: Request) -> Response:
        body = await read_body(request)
        orders = body.get("next_responses")
        if not isinstance(orders, list):
            raise ControlError(400, "next_responses must be a list")
        try:
            faults = [parse_fault(order) for order in orders]
        except (FaultError, TypeError, ValueError) as error:
            raise ControlError(400, str(error)) from error
        if not faults:
            self._simulator.faults.clear()
        self._simulator.faults.order(faults)
        return JSONResponse({"waiting": self._simulator.faults.waiting()})

    async def webhooks(self, request: Request) -> Response:
        """Read the switches (GET) or turn them (POST)."""
        switches = self._simulator.switches
        if request.method == "POST":
            body = await read_body(request)
            for key, name in (("duplicate", "duplicate"), ("pause", "paused")):
                if key in body:
                    switches.set(name, bool(body[key]))
            self._simulator.courier.nudge()
        state = {"duplicate": switches.duplicate, "pause": switches.paused}
        pending = self._simulator.deliveries.pending()
        return JSONResponse({**state, "pending": pending, "verification": self._simulator.handshake.state})

    async def rate_limits(self, request: Request) -> Response:
        body = await read_body(request)
        self._simulator.rates.enabled = bool(body.get("enabled", True))
        return JSONResponse({"enabled": self._simulator.rates.enabled})

    async def clock(self, request: Request) -> Response:
        """Stop it (now), let it run (now: null), or put it forward (advance, in seconds)."""
        body = await read_body(request)
        clock = self._simulator.clock
        try:
            if "advance" in body:
                clock.advance(timedelta(seconds=float(body["advance"])))
            else:
                clock.set(parse_instant("now", body["now"]) if body.get("now") else None)
        except (SettingsError, AttributeError, TypeError, ValueError, OverflowError) as error:
            raise ControlError(400, str(error)) from error
        return JSONResponse({"now": clock.now().isoformat()})

    async def log(self, request: Request) -> Response:
        """The newest last; ?limit= of them."""
        limit = int(query_number(request, "limit"))
        return JSONResponse({"requests": self._simulator.requests.newest(limit or KEPT)})

    async def events(self, request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(event_stream(self._simulator), media_type="text/event-stream", headers=headers)

    async def medium(self, request: Request) -> Response:
        """For the phone page, which has no token. Only pictures are shown; the rest is downloaded."""
        medium = self._simulator.media.get(request.path_params["id"])
        if medium is None:
            raise ControlError(404, "no such medium")
        shown = medium.mime_type in ("image/jpeg", "image/png", "image/webp")
        headers = {} if shown else {"Content-Disposition": "attachment"}
        return Response(medium.content, media_type=medium.mime_type, headers=headers)

    def _phone(self, request: Request) -> Phone:
        phone = self._simulator.phones.by_address(request.path_params["phone"])
        if phone is None:
            known = [each.as_json()["phone"] for each in self._simulator.phones.all()]
            raise ControlError(404, "no such phone; create it with POST /control/phones", phones=known)
        return phone
