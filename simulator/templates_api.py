"""Templates over the Graph: list, create, edit, delete (Meta's reference "Message Templates")."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.checks import required_outer
from simulator.graph_api import GraphApi, parse_json
from simulator.graph_errors import GraphError, unknown_object
from simulator.simulator import Simulator
from simulator.template_rules import check_components, check_template
from simulator.templates import Template

Json = dict[str, Any]
PAGE, LONGEST_PAGE = 25, 1000
FILTERS = ("name", "language", "category", "status")


class TemplatesApi:
    def __init__(self, simulator: Simulator, graph: GraphApi) -> None:
        self._simulator = simulator
        self._graph = graph

    async def templates(self, request: Request) -> Response:
        return await self._graph.answer(request, self._templates)

    async def _templates(self, request: Request, raw: bytes) -> Response:
        account = request.path_params["id"]
        if account != self._simulator.settings.business_account_id:
            raise unknown_object(account, request.method)
        if request.method == "POST":
            return self._create(parse_json(request, raw))
        return self._delete(request) if request.method == "DELETE" else self._list(request)

    def _list(self, request: Request) -> Response:
        wanted = {key: request.query_params[key] for key in FILTERS if request.query_params.get(key)}
        found = [each for each in self._simulator.templates.all() if _fits(each.as_json(), wanted)]
        limit = _limit(request.query_params.get("limit"))
        start = _place(request.query_params.get("after"))
        page = found[start : start + limit]
        paging: Json = {"cursors": {"before": _cursor(start), "after": _cursor(start + len(page))}} if page else {}
        if start + len(page) < len(found):
            address = request.url.include_query_params(after=_cursor(start + len(page)), limit=limit)
            paging["next"] = str(address)
        return JSONResponse({"data": [each.as_json() for each in page], **({"paging": paging} if paging else {})})

    def _create(self, body: Json) -> Response:
        check_template(body)
        if self._simulator.templates.find(body["name"], body["language"]) is not None:
            details = "There is already content for this name and language; delete or edit it"
            message = "Content in this language already exists"
            raise GraphError(100, details, message=message, subcode=2388024)
        template = self._simulator.templates.add(
            *(body["name"], body["language"], body["category"]),
            *(body.get("parameter_format", "POSITIONAL"), body["components"]),
        )
        self._simulator.account.submitted(template)
        return JSONResponse({"id": template.id, "status": "PENDING", "category": template.category})

    def _delete(self, request: Request) -> Response:
        name = request.query_params.get("name", "")
        if not name:
            raise required_outer("name")
        if not self._simulator.templates.delete(name, request.query_params.get("hsm_id")):
            raise GraphError(100, f"no template with the name {name}", subcode=2593002, message="(#100) Invalid parameter")
        self._simulator.hub.publish({"kind": "templates"})
        return JSONResponse({"success": True})

    async def edited(self, request: Request) -> Response:
        """POST to a template's id: new components or another category, and a new decision."""
        return await self._graph.answer(request, self._edited)

    async def _edited(self, request: Request, raw: bytes) -> Response:
        template = self._simulator.templates.get(request.path_params["id"])
        if template is None:
            raise unknown_object(request.path_params["id"], request.method)
        return self._edit(template, parse_json(request, raw))

    def _edit(self, template: Template, body: Json) -> Response:
        if "components" in body:
            check_components(body["components"], template.parameter_format, body.get("category", template.category))
            components = json.dumps(body["components"], ensure_ascii=False)
            template = self._simulator.templates.change(template, components=components)
        if body.get("category"):
            template = self._simulator.templates.change(template, category=body["category"])
        pending = self._simulator.templates.change(template, status="PENDING")
        self._simulator.account.submitted(pending)
        return JSONResponse({"success": True})


def _fits(template: Json, wanted: dict[str, str]) -> bool:
    return all(str(template[key]).lower() == value.lower() for key, value in wanted.items())


def _limit(given: str | None) -> int:
    if given is None:
        return PAGE
    if not given.isdigit() or not 1 <= int(given) <= LONGEST_PAGE:
        raise GraphError(100, f"limit must be a number from 1 to {LONGEST_PAGE}", message="(#100) Invalid parameter")
    return int(given)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"at {place}".encode()).decode().rstrip("=")


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        if word == "at" and place.isdigit():
            return int(place)
    except (binascii.Error, ValueError):
        pass
    raise GraphError(131059, "the cursor in `after` is none that was given")
