"""Media for tests: given to the simulator, noted as a webhook does it, fetched as the worker does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from clinic import clock, database, media, messaging, sealed
from clinic.models import Medium
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.media import MediaSource
from connectors.whatsapp.settings import GraphSettings, MediaSettings
from tests.support.stage import Simulator
from tests.support.whatsapp import contact, message, rows
from worker.media import fetch

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8000


@contextmanager
def opened(stage: Simulator) -> Iterator[MediaSource]:
    """The simulator's media."""
    graph = Graph(GraphSettings(stage.url, "v25.0", "100", "token"))
    yield MediaSource(graph, MediaSettings(stage.url))
    graph.close()


def upload(stage: Simulator, content: bytes = JPEG, mime_type: str = "image/jpeg") -> str:
    answer = requests.post(
        f"{stage.url}/v25.0/100/media",
        headers={"Authorization": "Bearer token"},
        data={"messaging_product": "whatsapp", "type": mime_type},
        files={"file": ("x", content, mime_type)},
        timeout=10,
    )
    assert answer.ok, answer.text
    return str(answer.json()["id"])


def arrived(channel_id: str, kind: str = "image", **more: Any) -> int:
    """A message with a medium, as the webhook stores it."""
    raw = message(kind)
    owner = contact()
    with database.transaction() as session:
        messaging.receive(session, wamid=raw["id"], contact_id=owner, kind=kind, payload=raw, sent_at=clock.now())
        medium = media.register(session, raw["id"], kind, channel_id, **more)
        assert medium is not None
        return medium.id


def fetched(medium_id: int, source: Any) -> Medium:
    with database.transaction() as session:
        job = media.claim(session, medium_id)
    assert job is not None
    fetch(job, source)
    return medium(medium_id)


def medium(medium_id: int) -> Medium:
    return next(row for row in rows(Medium) if row.id == medium_id)


def files() -> list[Path]:
    return sorted(sealed.folder().glob("*")) if sealed.folder().exists() else []
