"""The webhook as a Sanic blueprint: for the Rasa server (`channel`) and for a gateway of its own.

It verifies, stores and answers 200; nobody thinks while Meta waits (it wants its answer within 250 ms,
and Sanic 21.12 cancels a handler whose client hangs up). What is stored is answered elsewhere.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from typing import Any

from sanic import Blueprint, Sanic
from sanic import response as answers
from sanic.request import Request
from sanic.response import HTTPResponse

from connectors.whatsapp import inbound, intake
from connectors.whatsapp.batching import Writer
from connectors.whatsapp.settings import WebhookSettings, webhook_settings
from connectors.whatsapp.signature import is_genuine

logger = logging.getLogger(__name__)

# Meta: a webhook's payload is at most 3 MB.
MAX_BODY = 3 * 1024 * 1024


def webhook_blueprint(
    *,
    ready: Callable[[Sanic], bool] = lambda app: True,
    stored: Callable[[], None] = lambda: None,
    store: Callable[[Any], int] = intake.store,
    writer: Writer | None = None,
    settings: WebhookSettings | None = None,
    name: str = "whatsapp",
) -> Blueprint:
    """`GET /` says whether somebody is `ready` to answer; `GET`/`POST /webhook` are Meta's.

    `store` (blocking, in a thread) keeps a parsed body; `stored` is called after it brought something new.
    A caller that wants to know when nothing is being stored brings its own `writer`.
    """
    blueprint = Blueprint(name)
    writer = writer or Writer(store)
    settings = settings or webhook_settings()
    _warn(settings)

    @blueprint.get("/")
    async def health(request: Request) -> HTTPResponse:
        if ready(request.app):
            return answers.json({"status": "ok"})
        return answers.json({"status": "starting"}, status=503)

    @blueprint.get("/webhook")
    async def handshake(request: Request) -> HTTPResponse:
        return _handshake(request, settings)

    @blueprint.post("/webhook", stream=True)
    async def webhook(request: Request) -> HTTPResponse:
        if not settings.app_secret:
            logger.error("webhook refused: set WHATSAPP_APP_SECRET (the app's secret in Meta's console) and restart")
            return answers.text("the channel is not set up", status=503)
        body = await _read(request)
        if body is None:
            return answers.text("larger than 3 MB", status=413)
        if not is_genuine(body, request.headers.get("x-hub-signature-256"), settings.app_secret):
            logger.warning("webhook refused: bad signature (%d bytes)", len(body))
            return answers.text("bad signature", status=401)
        try:
            document = inbound.read_json(body)
        except ValueError:
            logger.warning("webhook refused: no JSON (%d bytes)", len(body))
            return answers.text("no JSON", status=400)
        return await _keep(writer, document, len(body), stored)

    return blueprint


async def _keep(writer: Writer, document: Any, size: int, stored: Callable[[], None]) -> HTTPResponse:
    try:
        new = await writer.keep(document, size)
    except Exception as error:
        # The class only: a database error quotes its parameters, which are what the patient wrote.
        logger.error("webhook could not be stored (%s); Meta will repeat it", type(error).__name__)
        return answers.text("try again", status=503)
    if new:
        stored()
    return answers.text("ok")


def _handshake(request: Request, settings: WebhookSettings) -> HTTPResponse:
    token = request.args.get("hub.verify_token") or ""
    if not settings.verify_token:
        logger.error("subscription refused: set WHATSAPP_VERIFY_TOKEN and restart")
        return answers.text("forbidden", status=403)
    known = hmac.compare_digest(token.encode("utf-8", "replace"), settings.verify_token.encode())
    if request.args.get("hub.mode") != "subscribe" or not known:
        logger.warning("subscription refused: wrong mode or verify token")
        return answers.text("forbidden", status=403)
    return answers.text(request.args.get("hub.challenge") or "")


async def _read(request: Request) -> bytes | None:
    """The raw body, or None as soon as it is too large: a stranger cannot fill the memory."""
    declared = request.headers.get("content-length") or "0"
    if declared.isdigit() and int(declared) > MAX_BODY:
        return None
    body = bytearray()
    stream: Any = request.stream
    while True:
        part = await stream.read()
        if part is None:
            return bytes(body)
        body += part
        if len(body) > MAX_BODY:
            return None


def _warn(settings: WebhookSettings) -> None:
    """Say at the start, and not at the first lost message, what is missing."""
    for name, value in (
        ("WHATSAPP_APP_SECRET", settings.app_secret),
        ("WHATSAPP_VERIFY_TOKEN", settings.verify_token),
    ):
        if not value:
            logger.error("%s is not set: the WhatsApp webhook refuses everything until it is", name)
