"""What every call of the control API shares: its body, its numbers, its refusals."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request


class ControlError(Exception):
    """A refusal, as `{"error": …}` with whatever helps beside it."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": message, **more}


async def read_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ControlError(400, f"the body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise ControlError(400, "the body must be a JSON object")
    return body


def query_number(request: Request, name: str) -> float:
    try:
        return max(0.0, float(request.query_params.get(name, "0")))
    except ValueError as error:
        raise ControlError(400, f"{name} must be a number") from error
