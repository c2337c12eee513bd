"""The part of the control API that makes trouble and says what came of it; described in docs/simulator.md."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.chaos import ChaosError, parse_chaos
from simulator.control_bodies import ControlError, read_body
from simulator.simulator import Simulator
from simulator.transcript import transcript


class ChaosApi:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def chaos(self, request: Request) -> Response:
        """Read the settings (GET) or replace them all (PUT, POST); an empty object ends the chaos."""
        if request.method != "GET":
            try:
                self._simulator.chaos.set(parse_chaos(await read_body(request)))
            except ChaosError as error:
                raise ControlError(400, str(error)) from error
            self._simulator.hub.publish({"kind": "chaos"})
        return JSONResponse(self._simulator.chaos.settings.as_json())

    async def counters(self, request: Request) -> Response:
        simulator = self._simulator
        return JSONResponse(
            {
                **simulator.counters.as_json(),
                "pending": simulator.deliveries.pending(),
                "faults_waiting": simulator.faults.waiting(),
                "token_expired": simulator.token.expired,
                "rate_limits": simulator.rates.enabled,
                "now": simulator.clock.now().isoformat(),
            }
        )

    async def token(self, request: Request) -> Response:
        """Expire the access token, for good or for some seconds, or renew it."""
        body = await read_body(request)
        seconds = body.get("seconds")
        if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0):
            raise ControlError(400, "seconds must be a number")
        if body.get("expired", True):
            self._simulator.token.expire(seconds)
        else:
            self._simulator.token.reset()
        return JSONResponse({"expired": self._simulator.token.expired})

    async def transcript(self, request: Request) -> Response:
        """Of ?phone= or of everybody; ?after= a seq leaves out what is known already."""
        address = request.query_params.get("phone", "").strip()
        wa_id = None
        if address:
            phone = self._simulator.phones.by_address(address)
            if phone is None:
                raise ControlError(404, "no such phone; create it with POST /control/phones")
            wa_id = phone.wa_id
        after = request.query_params.get("after", "0")
        if not after.isdigit():
            raise ControlError(400, "after must be the seq of a message")
        lines = [line for line in transcript(self._simulator.chat, wa_id) if line["seq"] > int(after)]
        return JSONResponse({"messages": lines, "pending": self._simulator.deliveries.pending()})
