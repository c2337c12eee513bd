"""The part of the control API that records a run and plays it again; see docs/simulator.md."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from simulator.chaos import ChaosError
from simulator.control_bodies import ControlError, read_body
from simulator.recording import RecordingError, parse
from simulator.simulator import Simulator

FASTEST = 1000.0


class RecordingApi:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def recording(self, request: Request) -> Response:
        """The JSON Lines themselves (GET); on or off (POST)."""
        recording = self._simulator.recording
        if request.method == "GET":
            return PlainTextResponse(recording.text(), media_type="application/x-ndjson")
        body = await read_body(request)
        if not isinstance(body.get("on"), bool):
            raise ControlError(400, 'say {"on": true} or {"on": false}')
        if body["on"]:
            recording.start(self._simulator.chaos.settings)
        else:
            recording.stop()
        return JSONResponse(self._state())

    async def replay(self, request: Request) -> Response:
        """How far it is (GET); play what was recorded here, or the lines given (POST)."""
        replay = self._simulator.replay
        if request.method == "POST":
            body = await read_body(request)
            if body.get("stop"):
                replay.stop()
            else:
                self._start(body)
        return JSONResponse({**replay.progress.as_json(), **self._state()})

    def _start(self, body: dict[str, object]) -> None:
        speed = body.get("speed", 1.0)
        if isinstance(speed, bool) or not isinstance(speed, (int, float)) or not 0 < speed <= FASTEST:
            raise ControlError(400, f"speed must be a number up to {FASTEST:g}; 1 is the pace of the recording")
        given = body.get("recording")
        if given is not None and not isinstance(given, str):
            raise ControlError(400, "recording must be the text of a recording, JSON Lines")
        try:
            lines = parse(self._simulator.recording.text() if given is None else given)
            if not lines:
                raise RecordingError("nothing was recorded")
            self._simulator.recording.stop()
            self._simulator.replay.start(lines, float(speed))
        except (RecordingError, ChaosError) as error:
            raise ControlError(400, str(error)) from error

    def _state(self) -> dict[str, object]:
        recording = self._simulator.recording
        return {"recording": recording.on, "recorded": recording.count()}
