"""Message templates: the repository's own, the account's, and what may be sent after the 24 hours.

`mapped` chooses at sending time. `python -m connectors.whatsapp templates …` compares, submits and pulls.
"""

from __future__ import annotations

from connectors.whatsapp.templates.choosing import ANSWER_WAITING, announces, mapped

__all__ = ["ANSWER_WAITING", "announces", "mapped"]
