"""A message, its edits and its revoke, as they stand in a webhook."""

from __future__ import annotations

from typing import Any

from tests.support.whatsapp import SENT_AT, message

SAID = "my number is 12345"


def said(**fields: Any) -> dict[str, Any]:
    return message(wamid="wamid.SAID", body=SAID, timestamp=SENT_AT, **fields)


def edited(words: str, seconds: int = 60, **fields: Any) -> dict[str, Any]:
    new = {"type": "text", "text": {"body": words}}
    return message(
        "edit",
        wamid=f"wamid.EDIT{seconds}",
        timestamp=SENT_AT + seconds,
        edit={"original_message_id": "wamid.SAID", "message": new},
        **fields,
    )


def revoked(seconds: int = 120, target: str = "wamid.SAID", **fields: Any) -> dict[str, Any]:
    return message("revoke", timestamp=SENT_AT + seconds, revoke={"original_message_id": target}, **fields)
