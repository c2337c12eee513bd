"""Every message of every chat, in order, from both sides."""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.clock import real_seconds
from simulator.database import Database
from simulator.rendering import render

#: As a control client sees it: "in" came from the patient, "out" from the clinic.
INBOUND, OUTBOUND = "in", "out"

#: A status only ever moves forward (statuses can arrive in any order, a tick never goes back).
RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}


@dataclass(frozen=True)
class Message:
    seq: int
    phone: str
    direction: str
    wamid: str
    type: str
    payload: dict[str, Any]
    at: datetime
    status: str
    callback_data: str | None
    to_user_id: bool
    #: Real seconds, whatever the clock says: when it came here, and when the clinic first answered 2xx to it.
    arrived: float = 0.0
    acknowledged: float | None = None
    #: How many webhooks carried it, repeats included.
    posts: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "direction": self.direction,
            "wamid": self.wamid,
            "type": self.type,
            "text": render(self.type, self.payload),
            "payload": self.payload,
            "at": self.at.isoformat(),
            "status": self.status,
        }


def new_wamid(wa_id: str, direction: str) -> str:
    """An opaque id of the real ones' make: base64 over the number, a direction mark and random hex digits."""
    number = wa_id.encode()
    unique = secrets.token_hex(10).upper().encode()
    mark = b"\x12" if direction == INBOUND else b"\x11"
    raw = b"\x1d\x18" + bytes([len(number)]) + number + b"\x15\x02\x00" + mark
    raw += b"\x18" + bytes([len(unique)]) + unique + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()


class Chat:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        phone: str,
        direction: str,
        wamid: str,
        payload: dict[str, Any],
        at: datetime,
        status: str,
        callback_data: str | None = None,
        to_user_id: bool = False,
    ) -> Message:
        kind = str(payload.get("type", "text"))
        arrived = real_seconds()
        seq = self._database.run(
            "INSERT INTO messages (phone, direction, wamid, type, payload, at, status, callback_data, to_user_id, "
            "arrived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(phone, direction, wamid, kind, json.dumps(payload, ensure_ascii=False)),
            *(at.isoformat(), status, callback_data, int(to_user_id), arrived),
        )
        return Message(seq, phone, direction, wamid, kind, payload, at, status, callback_data, to_user_id, arrived)

    def after(self, phone: str, seq: int) -> list[Message]:
        """What is on the phone's screen; what failed later never came there."""
        rows = self._database.all(
            "SELECT * FROM messages WHERE phone=? AND seq>? AND status<>'failed' ORDER BY seq", phone, seq
        )
        return [_message(row) for row in rows]

    def everything(self, phone: str | None = None) -> list[Message]:
        """Of one phone or of all of them, in the order of arrival."""
        where, values = ("WHERE phone=?", (phone,)) if phone else ("", ())
        return [_message(row) for row in self._database.all(f"SELECT * FROM messages {where} ORDER BY seq", *values)]

    def posted(self, wamid: str) -> None:
        """One more webhook with this message left."""
        self._database.run("UPDATE messages SET posts=posts+1 WHERE wamid=?", wamid)

    def acknowledged(self, wamid: str) -> None:
        """The clinic has answered 2xx; the first time counts."""
        self._database.run(
            "UPDATE messages SET acknowledged=? WHERE wamid=? AND acknowledged IS NULL", real_seconds(), wamid
        )

    def newest_first(self, phone: str, direction: str) -> list[Message]:
        rows = self._database.all(
            "SELECT * FROM messages WHERE phone=? AND direction=? AND status<>'failed' ORDER BY seq DESC",
            *(phone, direction),
        )
        return [_message(row) for row in rows]

    def find(self, wamid: str) -> Message | None:
        row = self._database.one("SELECT * FROM messages WHERE wamid=?", wamid)
        return _message(row) if row else None

    def last_inbound_at(self, phone: str) -> datetime | None:
        row = self._database.one(
            "SELECT at FROM messages WHERE phone=? AND direction=? ORDER BY seq DESC LIMIT 1", phone, INBOUND
        )
        return datetime.fromisoformat(row["at"]) if row else None

    def advance(self, wamid: str, status: str) -> Message | None:
        """Move a message's status forward; None when it was there already."""
        message = self.find(wamid)
        if message is None or RANK[message.status] >= RANK[status]:
            return None
        self._database.run("UPDATE messages SET status=? WHERE wamid=?", status, wamid)
        return self.find(wamid)

    def unread(self, phone: str, direction: str, up_to: int) -> list[Message]:
        rows = self._database.all(
            "SELECT * FROM messages WHERE phone=? AND direction=? AND seq<=? AND status NOT IN ('read', 'failed') "
            "ORDER BY seq",
            *(phone, direction, up_to),
        )
        return [_message(row) for row in rows]


def _message(row: sqlite3.Row) -> Message:
    values = dict(row)
    values["payload"] = json.loads(values["payload"])
    values["at"] = datetime.fromisoformat(values["at"])
    values["to_user_id"] = bool(values["to_user_id"])
    return Message(**values)
