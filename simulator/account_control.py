"""The part of the control API that plays Meta's console, and what a patient changes; see docs/simulator.md."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.account import DECISIONS, Standing
from simulator.changes import ChangeError
from simulator.control_bodies import ControlError, read_body
from simulator.graph_errors import GraphError
from simulator.simulator import Simulator
from simulator.template_rules import check_template
from simulator.templates import CATEGORIES, QUALITIES, STATUSES, Template

CHANGES = ("identity", "number", "user_id", "marketing")


class AccountControl:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def templates(self, request: Request) -> Response:
        """All of them (GET), or one more with the decision made already (POST)."""
        if request.method == "GET":
            return JSONResponse({"templates": [each.as_json() for each in self._simulator.templates.all()]})
        body = await read_body(request)
        status = body.pop("status", "APPROVED")
        _among("status", status, STATUSES)
        try:
            check_template(body)
        except GraphError as error:
            raise ControlError(400, error.details or error.message) from error
        if self._simulator.templates.find(body["name"], body["language"]) is not None:
            raise ControlError(409, "there is a template of that name and language")
        template = self._simulator.templates.add(
            *(body["name"], body["language"], body["category"]),
            *(body.get("parameter_format", "POSITIONAL"), body["components"]),
        )
        return JSONResponse(self._simulator.account.judge(template, status).as_json(), 201)

    async def template(self, request: Request) -> Response:
        """What Meta decides about one: status with its reason, quality, category; each is told by webhook."""
        name, language = request.path_params["name"], request.path_params["language"]
        template = self._simulator.templates.find(name, language)
        if template is None:
            raise ControlError(404, f"no template {name} in {language}")
        body = await read_body(request)
        _only(body, ("status", "reason", "quality", "category"))
        for key, known in (("status", STATUSES), ("quality", QUALITIES), ("category", CATEGORIES)):
            if key in body:
                _among(key, body[key], known)
        return JSONResponse(self._decide(template, body).as_json())

    def _decide(self, template: Template, body: dict[str, Any]) -> Template:
        account = self._simulator.account
        if "status" in body:
            template = account.judge(template, body["status"], str(body.get("reason", "NONE")))
        if "quality" in body:
            template = account.rate(template, body["quality"])
        if "category" in body:
            template = account.categorise(template, body["category"])
        return template

    async def account(self, request: Request) -> Response:
        """What the console says (GET), or some of it anew (POST)."""
        account = self._simulator.account
        if request.method != "GET":
            body = await read_body(request)
            _only(body, tuple(each.name for each in fields(Standing)))
            if "decide" in body:
                _among("decide", body["decide"], tuple(DECISIONS))
            for key, value in body.items():
                kind = type(getattr(account.standing, key))
                if not isinstance(value, (int, float) if kind is float else kind):
                    raise ControlError(400, f"{key} must be of the type {kind.__name__}")
            account.standing = replace(account.standing, **body)
            self._simulator.hub.publish({"kind": "templates"})
        return JSONResponse(asdict(account.standing))

    async def webhook(self, request: Request) -> Response:
        """Any other field of the account, as it is."""
        body = await read_body(request)
        if not isinstance(body.get("field"), str) or not isinstance(body.get("value"), dict):
            raise ControlError(400, 'say which: {"field": "account_update", "value": {…}}')
        self._simulator.account.tell(body["field"], body["value"])
        return JSONResponse({"queued": True})

    async def change(self, request: Request) -> Response:
        """A new key, number, user id, or another wish about advertising."""
        phone = self._simulator.phones.by_address(request.path_params["phone"])
        if phone is None:
            raise ControlError(404, "no such phone; create it with POST /control/phones")
        body = await read_body(request)
        _only(body, CHANGES)
        changes = self._simulator.changes
        try:
            if body.get("identity"):
                phone = changes.identity(phone)
            if "marketing" in body:
                phone = changes.marketing(phone, body["marketing"])
            if "user_id" in body:
                phone = changes.user_id(phone, str(body["user_id"]))
            if "number" in body:
                phone = changes.number(phone, str(body["number"]))
        except ChangeError as error:
            raise ControlError(400, str(error)) from error
        # A moved chat is another phone on the page: it begins anew.
        self._simulator.hub.publish({"kind": "reset" if "number" in body else "phone", "phone": phone.wa_id})
        return JSONResponse(phone.as_json())


def _only(body: dict[str, Any], keys: tuple[str, ...]) -> None:
    if not body or not set(body) <= set(keys):
        raise ControlError(400, f"say some of: {', '.join(keys)}")


def _among(key: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ControlError(400, f"{key} must be one of {', '.join(known)}")
