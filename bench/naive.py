"""A connector as most are written: it answers the webhook after the bot has answered the patient."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from connectors.whatsapp.settings import webhook_settings
from connectors.whatsapp.signature import is_genuine


class NaiveInput(InputChannel):
    """Signed webhooks, no inbox: what the bot says is collected and thrown away, as if sending cost nothing."""

    @classmethod
    def name(cls) -> str:
        """Part of the address: /webhooks/naive/webhook."""
        return "naive"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """One route."""
        made, secret = Blueprint("naive"), webhook_settings().app_secret

        @made.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            if not is_genuine(request.body, request.headers.get("x-hub-signature-256"), secret):
                return response.text("bad signature", status=401)
            for entry in request.json["entry"]:
                for change in entry["changes"]:
                    for message in change["value"].get("messages", []):
                        text, sender = message["text"]["body"], "naive-" + message["from"]
                        await on_new_message(UserMessage(text, CollectingOutputChannel(), sender, input_channel="naive"))
            return response.text("ok")

        return made
