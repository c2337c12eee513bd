"""Refusals as the Graph API words them.

Source: Meta, "Cloud API error codes" (its developer documentation: business messaging, WhatsApp, support).
"""

from __future__ import annotations

import secrets
from typing import Any

TITLES = {
    0: "AuthException",
    1: "API Unknown",
    2: "API Service",
    3: "API Method",
    4: "API Too Many Calls",
    10: "Permission Denied",
    33: "Parameter value is not valid",
    100: "Invalid parameter",
    190: "Invalid OAuth access token - Cannot parse access token",
    368: "Temporarily blocked for policies violations",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    130472: "User's number is part of an experiment",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131031: "Account has been locked",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: "User has stopped receipt of marketing messages",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Account in maintenance mode",
    131062: "Business-scoped User ID (BSUID) recipients are not supported for this message.",
    131059: "Invalid pagination cursor",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132005: "Translated text too long",
    132012: "Parameter format does not match format in the created template",
    132015: "Template is paused due to low quality",
    132016: "Template is disabled",
    132018: "There's an issue with the parameters in your template",
    133004: "Server Temporarily Unavailable",
    133010: "Phone number not registered",
    137000: "Recipient identity key mismatch",
}

#: HTTP statuses that are not 400.
STATUSES = {
    0: 401,
    2: 503,
    3: 500,
    10: 403,
    190: 401,
    368: 403,
    131000: 500,
    131005: 403,
    131016: 500,
    131031: 403,
    131057: 500,
    132001: 404,
    133004: 503,
}

ERROR_PAGE = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes/"


class GraphError(Exception):
    """One refusal; ``envelope`` is the body the real API would answer with."""

    def __init__(
        self,
        code: int,
        details: str | None = None,
        *,
        status: int | None = None,
        kind: str = "OAuthException",
        subcode: int | None = None,
        message: str | None = None,
        field: str | None = None,
    ) -> None:
        self.code = code
        #: Where it is wrong: this goes to the log, `details` may quote what a patient is called.
        self.field = field
        self.details = details
        self.status = status or STATUSES.get(code, 400)
        self.kind = kind
        self.subcode = subcode
        self.message = message or f"(#{code}) {TITLES.get(code, 'Unknown error')}"
        super().__init__(f"{self.message}: {details}" if details else self.message)

    def envelope(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)[:21]
        return {"error": error}


def status_error(code: int, details: str) -> dict[str, Any]:
    """The same refusal as an element of ``statuses[].errors`` (guide "Status messages webhook")."""
    title = TITLES.get(code, "Unknown error")
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": ERROR_PAGE,
    }


def bad_token() -> GraphError:
    return GraphError(190, message=TITLES[190])


def expired_token() -> GraphError:
    message = "Error validating access token: Session has expired."
    return GraphError(190, message=message, subcode=463)


def required_query(name: str) -> GraphError:
    details = f"The parameter {name} is required."
    return GraphError(100, details, message=f"(#100) {details}", field=name)


def unknown_object(identifier: str, verb: str) -> GraphError:
    """What the Graph answers for an id that is not there, or not yours."""
    message = (
        f"Unsupported {verb.lower()} request. Object with ID '{identifier}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, status=400, kind="GraphMethodException", subcode=33, message=message)


def unknown_path(path: str) -> GraphError:
    message = f"Unknown path components: {path}"
    return GraphError(100, status=404, kind="GraphMethodException", message=message)
