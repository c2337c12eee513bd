"""Uploading and downloading media (Meta's guide "Media")."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator import limits
from simulator.checks import outer, required_outer
from simulator.graph_api import GraphApi
from simulator.graph_errors import GraphError
from simulator.simulator import Simulator


class MediaApi:
    def __init__(self, simulator: Simulator, graph: GraphApi) -> None:
        self._simulator = simulator
        self._graph = graph

    async def upload(self, request: Request) -> Response:
        return await self._graph.answer(request, self._upload)

    async def _upload(self, request: Request, raw: bytes) -> Response:
        self._graph.check_number(request)
        self._graph.check_media_chance()
        parts = parse_multipart(request.headers.get("content-type", ""), raw)
        product = parts.get("messaging_product")
        if product is None or product.content != b"whatsapp":
            raise (
                required_outer("messaging_product")
                if product is None
                else outer("messaging_product", "must be one of {whatsapp}")
            )
        file = parts.get("file")
        if file is None:
            raise required_outer("file")
        named = parts.get("type")
        mime_type = (named.content.decode("ascii", "replace") if named else file.mime_type).strip().lower()
        check_size(mime_type, len(file.content))
        ends = self._simulator.clock.now() + limits.UPLOADED_MEDIA
        medium = self._simulator.media.add(file.content, mime_type, file.filename, ends)
        return JSONResponse({"id": medium.id})

    async def download(self, request: Request) -> Response:
        """The address that GET /{media_id} gave: five minutes, and only with the token."""
        try:
            self._graph.check_token(request)
            self._graph.check_media_chance()
        except GraphError as error:
            return JSONResponse(error.envelope(), error.status)
        query = request.query_params
        identifier = query.get("mid", "")
        now = self._simulator.clock.now()
        holds = self._simulator.media.ticket_holds(identifier, query.get("ext", ""), query.get("hash", ""), now)
        medium = self._simulator.media.living(identifier, now) if holds else None
        if medium is None:
            return Response("URL signature expired", 404, media_type="text/plain")
        return Response(medium.content, media_type=medium.mime_type)


def check_size(mime_type: str, size: int) -> None:
    plain = mime_type.split(";", maxsplit=1)[0]
    kinds = [(kind, limit) for kind, limit in limits.MEDIA.items() if plain in limit.mime_types]
    if not kinds:
        known = sorted({mime for limit in limits.MEDIA.values() for mime in limit.mime_types})
        message = f"(#100) Param file must be a file with one of the following types: {', '.join(known)}."
        raise GraphError(100, f"type {mime_type!r} is not supported", message=message)
    kind, limit = kinds[0]
    if size > limit.bytes:
        raise GraphError(131053, f"file is too large for {kind}: {size} bytes. Max: {limit.bytes}")
    if size == 0:
        raise GraphError(131053, "file is empty")


@dataclass(frozen=True)
class Part:
    content: bytes
    mime_type: str
    filename: str | None


def parse_multipart(content_type: str, raw: bytes) -> dict[str, Part]:
    """The parts of a form by name; small enough not to ask for another package."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise outer("the body", "must be multipart/form-data")
    found: dict[str, Part] = {}
    for piece in (b"\r\n" + raw).split(b"\r\n--" + boundary.encode())[1:]:
        if piece.startswith(b"--"):
            break
        head, gap, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not gap:
            continue
        fields = BytesParser().parsebytes(head + b"\r\n\r\n")
        name = fields.get_param("name", header="content-disposition")
        if isinstance(name, str):
            found[name] = Part(content, fields.get_content_type(), fields.get_filename())
    return found
