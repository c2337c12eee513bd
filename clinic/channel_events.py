"""What the channel reported that is no message: kept once, so that a person can look up what happened to the account.

Whoever records something here takes out what is about people first: these rows have no time limit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from clinic import clock
from clinic.models import ChannelEvent

# SQLAlchemy 1.4 has no types of its own; as Any its columns are expressions and not values.
_Row: Any = ChannelEvent
_LONGEST_FIELD = 64


def record(session: Session, field: str, payload: Mapping[str, Any]) -> bool:
    """Keep one report; False when the same one is kept already. One atomic insert, whoever else tries."""
    insert: Any = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    canonical = json.dumps([field, payload], sort_keys=True, default=str)
    row = {
        "field": field[:_LONGEST_FIELD],
        "fingerprint": sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest(),
        "payload": payload,
        "received_at": clock.now(),
    }
    result = session.execute(insert(ChannelEvent).values(**row).on_conflict_do_nothing(index_elements=["fingerprint"]))
    return bool(result.rowcount == 1)


def newest(session: Session, field: str | None = None, limit: int = 50) -> list[ChannelEvent]:
    """The newest reports, of one field or of all."""
    wanted = select(ChannelEvent).order_by(_Row.received_at.desc(), _Row.id.desc()).limit(limit)
    if field is not None:
        wanted = wanted.where(_Row.field == field)
    return list(session.execute(wanted).scalars())


def counts(session: Session, since: datetime | None = None) -> dict[str, int]:
    """field → how many reports."""
    wanted = select(_Row.field, func.count()).group_by(_Row.field).order_by(_Row.field)
    if since is not None:
        wanted = wanted.where(_Row.received_at >= since)
    return {field: int(number) for field, number in session.execute(wanted)}
