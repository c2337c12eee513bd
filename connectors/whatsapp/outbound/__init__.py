"""Everything that leaves for WhatsApp is built here; what breaks a limit is refused before it is sent.

One function for each payload (`plain`, `media`, `interactive`, `template`), `envelope` around them, and `build`, which
makes the payload of a neutral message. LimitError names the field, the limit and the length.
"""

from __future__ import annotations

from connectors.whatsapp.outbound.building import DEFAULT_LABEL, build, content, fits_buttons
from connectors.whatsapp.outbound.envelope import read, request
from connectors.whatsapp.outbound.limits import (
    BODY_WITH_CHOICES,
    CAPTION,
    FOOTER,
    HEADER,
    LINK_TITLE,
    OPAQUE,
    ROWS,
    TEXT,
    LimitError,
)
from connectors.whatsapp.outbound.splitting import split_text

__all__ = [
    "BODY_WITH_CHOICES",
    "CAPTION",
    "DEFAULT_LABEL",
    "FOOTER",
    "HEADER",
    "LINK_TITLE",
    "OPAQUE",
    "ROWS",
    "TEXT",
    "LimitError",
    "build",
    "content",
    "fits_buttons",
    "read",
    "request",
    "split_text",
]
