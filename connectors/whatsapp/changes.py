"""Messages that change others: an edit replaces the words, a revoke erases them, in whatever order they arrive.

The row of an edit keeps its words only until its message is there to take them; that of a revoke never has any. So
once a message is taken back, its words are nowhere in the inbox, nor in what staff read of an open handoff. Where it was
answered before, the row of the revoke goes to the consumer, which takes them out of the conversation (`taken_back`); a
closed handoff or an intake may still have them: docs/whatsapp.md says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from clinic import contacts, handoffs, media, messaging
from clinic.models.messaging import Inbox
from connectors.whatsapp.content import Edit, Revoke, content_of, kind_of
from connectors.whatsapp.inbound import InboundMessage, words_of

# The kind of the row that stands for the news (a status) that a message was deleted.
DELETED = "deleted"
# In a group an edit is of kind "group", like everything there.
_CHANGES = ("edit", "revoke", "group", DELETED)
# WhatsApp lets people edit for 15 minutes and take back for two days.
_LONGEST = timedelta(days=3)
# What stays of a message: nothing that anybody wrote.
_KEPT = ("id", "type", "timestamp")
# What an edit cannot replace.
_FIXED = (*_KEPT, "from", "from_user_id", "from_parent_user_id", "group_id")


def settle(session: Session, new: Sequence[tuple[InboundMessage, int]]) -> None:
    """Apply every change that these messages (just stored, each with its contact) bring or have been waiting for."""
    if not new:
        return
    targets: set[tuple[int, str]] = set()
    since: list[datetime] = []
    for message, contact_id in new:
        targets.add((contact_id, _target(message.content) or message.wamid))
        is_change = isinstance(message.content, (Edit, Revoke))
        since.append(message.sent_at - _LONGEST if is_change else message.sent_at)
    owners = {contact_id for contact_id, _ in targets}
    changes: dict[tuple[int, str], list[Inbox]] = {}
    for row in messaging.of_kinds(session, owners, _CHANGES, min(since)):
        target = _target(_change(row))
        if target is not None and row.contact_id is not None and (row.contact_id, target) in targets:
            changes.setdefault((row.contact_id, target), []).append(row)
    for (contact_id, target), rows in changes.items():
        _apply(session, contact_id, target, rows)


def edited(session: Session, row: Inbox) -> Inbox | None:
    """The message that an edit changed, if it has been processed: what it says now was perhaps read by nobody."""
    target = _target(content_of(row.payload, row.kind)) if row.kind == "edit" else None
    original = messaging.find(session, target) if target is not None else None
    if original is None or original.contact_id != row.contact_id or original.edited_at is None:
        return None
    return original if original.processed_at is not None else None


def taken_back(session: Session, row: Inbox) -> list[str]:
    """What a revoke, or the news that a message was deleted, takes back: the message and the edits of it."""
    target = _target(_change(row)) if row.kind in ("revoke", DELETED) else None
    if target is None or row.contact_id is None:
        return []
    edits = messaging.of_kinds(session, [row.contact_id], ("edit",), row.sent_at - _LONGEST)
    of_it = (edit for edit in edits if _target(content_of(edit.payload, edit.kind)) == target)
    return [target, *(edit.wamid for edit in of_it)]


def read_with(session: Session, original: Inbox) -> None:
    """A message was answered as it stands now: the edits that made it so have been read with it."""
    assert original.contact_id is not None
    for row in messaging.of_kinds(session, [original.contact_id], ("edit",), original.sent_at):
        if row.processed_at is None and _target(content_of(row.payload, row.kind)) == original.wamid:
            messaging.finish(session, row.id)


def erase(session: Session, wamid: str, contact_id: int, at: datetime) -> None:
    """Take one message back, with what it brought."""
    row = messaging.find(session, wamid)
    if row is None:
        return
    words = row.text or media.heard(session, row.id) or getattr(content_of(row.payload, row.kind), "caption", None)
    if messaging.revoke(session, wamid, contact_id, at, payload=_bare(row.payload)) is not None:
        media.erase_message(session, wamid)
        handoffs.take_back(session, contact_id, words or "")


def deleted(session: Session, wamid: str, at: datetime, *, phone: str | None, user_id: str | None) -> None:
    """A status says that the patient took a message of theirs back; it has no row that would tell the consumer.

    Where the message has not come yet, the row that is made waits for it, if we know the person at all.
    """
    row = messaging.find(session, wamid)
    owner = row.contact_id if row is not None else contacts.find(session, phone=phone, user_id=user_id)
    if owner is None:
        return
    # As whoever stores messages of theirs: what is being stored must not bring the words back.
    contacts.lock(session, [owner])
    if row is not None:
        session.refresh(row)
    erase(session, wamid, owner, at)
    messaging.receive(
        session,
        wamid=f"{DELETED}:{wamid}"[:255],
        contact_id=owner,
        kind=DELETED,
        payload={"type": "revoke", "revoke": {"original_message_id": wamid}},
        sent_at=at,
    )


def _apply(session: Session, contact_id: int, target: str, rows: Iterable[Inbox]) -> None:
    """All that is known to have happened to one message, the earliest first."""
    original = messaging.find(session, target)
    read = [(row, _change(row)) for row in rows]
    revoked = next((row for row, change in read if isinstance(change, Revoke)), None)
    for row, change in read:
        if not isinstance(change, Edit):
            continue
        if original is not None and revoked is None and change.message:
            _edit(session, original, contact_id, row, change.message)
        if original is not None or revoked is not None:
            row.payload = {**_bare(row.payload), "edit": {"original_message_id": target}}
    if revoked is not None:
        erase(session, target, contact_id, revoked.sent_at)


def _edit(session: Session, original: Inbox, contact_id: int, row: Inbox, new: Mapping[str, Any]) -> None:
    kind = "group" if row.kind == "group" else kind_of(new)
    fixed = {key: original.payload[key] for key in _FIXED if key in original.payload}
    payload = {**original.payload, **new, **fixed}
    messaging.edit(
        session,
        original.wamid,
        contact_id,
        row.sent_at,
        kind=kind,
        text=words_of(payload, kind),
        payload=payload,
    )


def _change(row: Inbox) -> object:
    return content_of(row.payload, "revoke" if row.kind == DELETED else row.kind)


def _target(content: object) -> str | None:
    return content.message_id if isinstance(content, (Edit, Revoke)) else None


def _bare(payload: Any) -> dict[str, Any]:
    return {key: payload[key] for key in _KEPT if key in payload} if isinstance(payload, Mapping) else {}
