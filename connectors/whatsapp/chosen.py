"""What somebody chose of what was offered: by typing its title, or the next page of a long list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clinic.vocabulary import normalise
from connectors.whatsapp import inbound, pages


def page_of(kind: str, payload: Any) -> int | None:
    """The page of a list that a tap asks for; None of every other message."""
    tap = inbound.tap_of(payload) if kind == "interactive" else None
    return pages.asked(tap.id) if tap is not None else None


def typed(text: str | None, offered: Mapping[str, str]) -> str | None:
    """The choice whose title somebody typed: "another time" is as good as the button."""
    folded = normalise(text or "").strip(" .!\u060c,")
    return next((id_ for title, id_ in offered.items() if folded and normalise(title).strip(" .!") == folded), None)
