"""Every message in, every message out: the inbox and the outbox.

A channel writes what arrives with `receive`, whoever answers takes rows with `waiting_contacts` and
`next_message` and ends each with `finish` (processed and answered in one transaction). Everybody else
says something with `enqueue`. The worker sends what `claim` gives it and settles each row; statuses
come back through `record_status`. Messages are neutral (`neutral.Message`): no channel's JSON.
"""

from __future__ import annotations

from clinic.messaging.inbox import (
    fail,
    finish,
    last_received,
    next_message,
    receive,
    received_after,
    waiting_contacts,
)
from clinic.messaging.neutral import Choice, Message, Place, check, text_of
from clinic.messaging.outbox import (
    OUTBOX_GRACE_SECONDS,
    accepted,
    already_said,
    claim,
    due,
    enqueue,
    gave_up,
    hold_back,
    last_choices,
    parked,
    record_status,
    retry,
    unsure,
)

__all__ = [
    "OUTBOX_GRACE_SECONDS",
    "Choice",
    "Message",
    "Place",
    "accepted",
    "already_said",
    "check",
    "claim",
    "due",
    "enqueue",
    "fail",
    "finish",
    "gave_up",
    "hold_back",
    "last_choices",
    "last_received",
    "next_message",
    "parked",
    "receive",
    "received_after",
    "record_status",
    "retry",
    "text_of",
    "unsure",
    "waiting_contacts",
]
