"""Every message in, every message out: the inbox and the outbox.

A channel writes what arrives with `receive`, whoever answers takes rows with `waiting_contacts` and
`next_message` and ends each with `finish` (processed and answered in one transaction). Everybody else
says something with `enqueue`. The worker sends what `claim` gives it and settles each row; statuses
come back through `record_status`. Messages are neutral (`neutral.Message`): no channel's JSON.
"""

from __future__ import annotations

from clinic.messaging.claiming import (
    BULK,
    EMERGENCY,
    OUTBOX_GRACE_SECONDS,
    REPLY,
    URGENT,
    claim,
    due,
    follows,
    mend_timers,
    strange_timers,
)
from clinic.messaging.inbox import (
    edit,
    fail,
    find,
    finish,
    is_superseded,
    last_received,
    next_message,
    of_kinds,
    postpone,
    receive,
    received_after,
    revoke,
    waiting_contacts,
)
from clinic.messaging.neutral import Choice, Media, Message, Parameters, Person, Place, Template, check, text_of
from clinic.messaging.outbox import (
    Price,
    accepted,
    already_said,
    enqueue,
    gave_up,
    hold_back,
    last_choices,
    offered,
    parked,
    record_status,
    retry,
    unsure,
    wait_for_patient,
    window_closed,
)
from clinic.messaging.window import window_closes_at

__all__ = [
    "BULK",
    "EMERGENCY",
    "OUTBOX_GRACE_SECONDS",
    "REPLY",
    "URGENT",
    "Choice",
    "Media",
    "Message",
    "Parameters",
    "Person",
    "Place",
    "Price",
    "Template",
    "accepted",
    "already_said",
    "check",
    "claim",
    "due",
    "edit",
    "enqueue",
    "fail",
    "find",
    "finish",
    "follows",
    "gave_up",
    "hold_back",
    "is_superseded",
    "last_choices",
    "last_received",
    "mend_timers",
    "next_message",
    "of_kinds",
    "offered",
    "parked",
    "postpone",
    "receive",
    "received_after",
    "record_status",
    "retry",
    "revoke",
    "strange_timers",
    "text_of",
    "unsure",
    "wait_for_patient",
    "waiting_contacts",
    "window_closed",
    "window_closes_at",
]
