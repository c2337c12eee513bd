"""The desk's pages. Behind HTTP Basic authentication: they show names and what patients wrote."""

from __future__ import annotations

import base64
import binascii
import logging
import secrets
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List

from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from clinic import clock, database, directory, encryption, formats, handoffs
from clinic.scheduling import booking
from clinic.settings import SettingsError, settings
from clinic.triage import intakes
from desk import channel, media

logger = logging.getLogger(__name__)

TEMPLATES = Jinja2Templates(directory=str(Path(__file__).parent / "templates"))
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
SECONDS_IN_A_MINUTE = 60


def waiting(language: str) -> List[Dict[str, Any]]:
    """Handoffs that are not closed, in the order in which staff should take them."""
    with database.read() as session:
        return [
            {
                "id": entry.id,
                "minutes": int((clock.now() - entry.opened_at).total_seconds() // SECONDS_IN_A_MINUTE),
                "language": formats.language_name(entry.language, language) if entry.language else "",
                "reason": entry.reason,
                "urgent": entry.priority == "urgent",
                "claimed_by": entry.claimed_by or "",
                "summary": entry.summary,
                "media": media.attached(session, entry.contact_id, entry.opened_at),
            }
            for entry in handoffs.waiting(session)
        ]


def appointments(language: str) -> List[Dict[str, Any]]:
    """The coming booked appointments of all patients, soonest first."""
    with database.read() as session:
        return [
            {
                "day": formats.day(entry.starts_at, language),
                "time": formats.clock_time(entry.starts_at, language),
                "patient": entry.patient.name if entry.patient else "",
                "practitioner": entry.practitioner.name,
                "location": directory.location_name(entry.location, language),
                "told": told(session, entry.id, language),
                "media": media.attached(session, entry.contact_id, entry.created_at),
            }
            for entry in booking.coming(session)
        ]


def told(session: Session, appointment_id: int, language: str) -> str:
    """What the patient told in the intake that led to the appointment; why not, where it cannot be read."""
    intake = intakes.of_appointment(session, appointment_id)
    if intake is None:
        return ""
    try:
        return intakes.in_words(intake, language)
    except (encryption.Unreadable, SettingsError) as error:
        logger.error("intake %d cannot be read: %s", intake.id, error)
        return "(cannot be read: see CLINIC_ENCRYPTION_KEY)"


async def page(request: Request) -> Response:
    """The one page."""
    language = settings().default_language
    context = {
        "stopped": channel.stopped(language),
        "waiting": waiting(language),
        "not_delivered": channel.not_delivered(language),
        "held_back": channel.held_back(language),
        "appointments": appointments(language),
    }
    return TEMPLATES.TemplateResponse(request, "desk.html", context, headers=HEADERS)


def play(request: Request) -> Response:
    """A voice note or a video on a page that does not load itself again meanwhile."""
    medium = media.find(int(request.path_params["id"]))
    found = media.described(medium) if medium is not None else None
    if found is None or found["shown"] != "play":
        return PlainTextResponse("There is nothing to play.\n", 404, HEADERS)
    return TEMPLATES.TemplateResponse(request, "play.html", {"medium": found}, headers=HEADERS)


async def health(_request: Request) -> Response:
    """200 while the desk runs; needs no password."""
    return JSONResponse({"status": "ok"})


class Password(BaseHTTPMiddleware):
    """HTTP Basic authentication with one password; the user name is free."""

    def __init__(self, app: Any, password: str) -> None:
        super().__init__(app)
        self._password = password.encode()

    async def dispatch(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Let /health and whoever knows the password through."""
        if request.url.path == "/health" or self._known(request.headers.get("authorization", "")):
            return await call_next(request)
        return PlainTextResponse(
            "The desk wants a password: any user name, and the value of DESK_PASSWORD.\n",
            401,
            {"WWW-Authenticate": 'Basic realm="Salama desk", charset="UTF-8"'},
        )

    def _known(self, header: str) -> bool:
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return False
        return secrets.compare_digest(given, self._password)


def build(password: str) -> Starlette:
    """The application."""
    return Starlette(
        routes=[
            Route("/", page),
            Route("/health", health),
            Route("/media/{id:int}", media.content),
            Route("/play/{id:int}", play),
        ],
        middleware=[Middleware(Password, password=password)],
    )
