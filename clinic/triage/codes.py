"""What a tap on a triage choice carries in the entity `answer`."""

from __future__ import annotations

NONE, UNKNOWN, YES, NO = "none", "unknown", "yes", "no"
# With the sign's name, the number, the choice's code, the protocol's name behind it.
SIGN, NUMBER, CODE, COMPLAINT = "sign:", "number:", "code:", "complaint:"
