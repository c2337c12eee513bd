"""Every limit of the Cloud API that the simulator enforces, as data.

Sources: Meta, "Messages API" reference and the guides "Interactive reply buttons messages", "Interactive list
messages", "Interactive call-to-action URL button messages", "Text messages", "Media", "Webhooks" and "Rate limits"
(developers.facebook.com/documentation/business-messaging/whatsapp, read November 2026). Where Meta's guide and its
OpenAPI file differ, the smaller number stands here: what passes the simulator passes the real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# Text (guide "Text messages")
TEXT_BODY = 4096
CAPTION = 1024
CALLBACK_DATA = 512

# Interactive messages
INTERACTIVE_BODY = 1024  # lists: the guide says 4096, the OpenAPI file 1024
INTERACTIVE_HEADER = 60
INTERACTIVE_FOOTER = 60

# Reply buttons
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256

# Lists
LIST_BUTTON = 20
LIST_SECTIONS = 10
LIST_ROWS = 10  # over all sections
SECTION_TITLE = 24
ROW_ID = 200
ROW_TITLE = 24
ROW_DESCRIPTION = 72

# Call-to-action URL button
CTA_DISPLAY_TEXT = 20

# Contacts, templates, identifiers
CONTACTS = 257
TEMPLATE_NAME = 512
TEMPLATE_HEADER = 60
TEMPLATE_BODY = 1024
TEMPLATE_FOOTER = 60
TEMPLATE_BUTTONS = 10
TEMPLATE_BUTTON = 25
USER_ID = 128

# Times
CUSTOMER_SERVICE_WINDOW = timedelta(hours=24)
REACTION_AGE = timedelta(days=30)
TYPING_INDICATOR = timedelta(seconds=25)
MEDIA_URL = timedelta(minutes=5)
RECEIVED_MEDIA = timedelta(days=7)
UPLOADED_MEDIA = timedelta(days=30)

# Rates (guide "Rate limits"): one message per six seconds to one user with a burst of 45 borrowed from the future;
# eighty messages a second for the number.
PAIR_BURST = 45
PAIR_SECONDS_PER_MESSAGE = 6.0
NUMBER_PER_SECOND = 80

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class MediaLimit:
    mime_types: frozenset[str]
    bytes: int


_OFFICE = "application/vnd.openxmlformats-officedocument"

#: Guide "Media", section "Supported media types".
MEDIA: dict[str, MediaLimit] = {
    "audio": MediaLimit(frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}), 16 * MEBIBYTE),
    "image": MediaLimit(frozenset({"image/jpeg", "image/png"}), 5 * MEBIBYTE),
    "video": MediaLimit(frozenset({"video/mp4", "video/3gpp"}), 16 * MEBIBYTE),
    "sticker": MediaLimit(frozenset({"image/webp"}), 500 * 1024),
    "document": MediaLimit(
        frozenset(
            {
                "text/plain",
                "application/pdf",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                f"{_OFFICE}.wordprocessingml.document",
                f"{_OFFICE}.spreadsheetml.sheet",
                f"{_OFFICE}.presentationml.presentation",
            }
        ),
        100 * MEBIBYTE,
    ),
}
