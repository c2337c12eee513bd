"""An extra suite: Meta's own examples of requests, from `../shared/fixtures/whatsapp` (never part of the project).

Each is built here anew and must come out equal. It runs where that folder stands beside the project and is passed over,
out loud, where it does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.whatsapp.outbound import envelope, interactive, media, plain, template
from connectors.whatsapp.outbound.media import File

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "whatsapp" / "requests"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}

pytestmark = pytest.mark.skipif(not FILES, reason=f"EXTRA SUITE NOT RUN: {FOLDER} does not stand beside the project")

# What is not built, and why.
OUT_OF_SCOPE = {
    **dict.fromkeys(
        (
            "send_catalog_message",
            "send_catalog_template_message",
            "send_multi_product_message",
            "send_single_product_message",
        ),
        "a shop's catalogue: a clinic has none",
    ),
    **dict.fromkeys(
        ("send_order_details_message", "send_order_status_message"), "orders with payment: the chat takes no money"
    ),
    **dict.fromkeys(
        (
            "send_draft_flow_by_id",
            "send_draft_flow_by_name",
            "send_published_flow_by_id",
            "send_published_flow_by_name",
            "send_flow_template_message",
        ),
        "forms inside WhatsApp, which need an endpoint of their own: everything is asked in the chat",
    ),
}

# Placeholders that are no legal value.
PHONE = "+49555010101"
LINK = "https://example.org/file"
PLACEHOLDERS = {
    "{{Recipient-Phone-Number}}": PHONE,
    # Always with "+": the facts' own rule, which two of the examples break.
    "16315555555": PHONE,
    "<http(s)://audio-url>": LINK,
    "http(s)://audio-url": LINK,
    "<http(s)://document-url>": LINK,
    "http(s)://image-url": LINK,
    "http(s)://the-image-url": LINK,
    "<http(s)://sticker-url>": LINK,
    "<http(s)://video-url>": LINK,
    "language-and-locale-code": "pt_BR",
    "template-name": "template_name",
    # The same thing under two names.
    "<DOCUMENT-CAPTION-TEXT>": "<DOCUMENT_CAPTION_TEXT>",
    "<MSGID_OF_MSG_YOU_ARE_REPLYING_TO>": "<MSGID_OF_PREV_MSG>",
}


def filled(value: Any) -> Any:
    """The example with its placeholders filled in."""
    if isinstance(value, Mapping):
        return {key: filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    return PLACEHOLDERS.get(value, value) if isinstance(value, str) else value


def corrected(name: str, example: dict[str, Any]) -> dict[str, Any]:
    """Where an example is itself out of order, what it should say; nowhere else may anything differ."""
    if name in ("send_text_message_with_preview_url", "send_reply_to_list_message"):
        # These leave out the type of the message, which Meta takes for "text".
        assert "type" not in example
        example["type"] = "text" if "text" in example else "interactive"
    if name == "send_sample_issue_resolution_template":
        # Buttons whose parameter is a text that is no text; the reference and Meta's other examples have payloads.
        for number, button in enumerate(example["template"]["components"][1:]):
            assert button["parameters"] == [{"type": "text", "text": number == 0}]
            button["parameters"] = [{"type": "payload", "payload": "yes" if number == 0 else "no"}]
            # A number here and a string in the other examples.
            button["index"] = str(button["index"])
    return example


CARD = plain.Card(
    plain.Name("John Smith", first_name="John", middle_name="D.", last_name="Smith", prefix="Dr", suffix="Jr"),
    phones=[plain.Phone("+1 (940) 555-1234", "HOME"), plain.Phone("+1 (650) 555-1234", "WORK", "16505551234")],
    emails=[plain.Email("test@fb.com", "WORK"), plain.Email("test@whatsapp.com", "HOME")],
    urls=[plain.Url("https://www.facebook.com", "WORK"), plain.Url("https://www.whatsapp.com", "HOME")],
    addresses=[
        plain.Address(street, "Menlo Park", "CA", "94025", "United States", "us", kind)
        for street, kind in (("1 Hacker Way", "HOME"), ("200 Jefferson Dr", "WORK"))
    ],
    org=plain.Organisation("WhatsApp", "Design", "Manager"),
    birthday="2012-08-18",
)
BODY: list[template.Value] = [
    "text-string",
    template.Currency("$100.99", "USD", 100990),
    template.DateTime("February 25, 1977", 1977, 2, 25, 5, 15, 33, "GREGORIAN"),
]
PICTURE = interactive.Picture("image", File(link=LINK))
KEYS = [template.QuickReply("aGlzIHRoaXMgaXMgY29v"), template.QuickReply("9rwnB8RbYmPF5t2Mn09x4h")]
SECTIONS = [
    interactive.Section(
        [
            interactive.Row(
                f"<LIST_SECTION_{section}_ROW_{row}_ID>",
                f"<SECTION_{section}_ROW_{row}_TITLE>",
                f"<SECTION_{section}_ROW_{row}_DESC>",
            )
            for row in (1, 2)
        ],
        f"<LIST_SECTION_{section}_TITLE>",
    )
    for section in (1, 2)
]
LIST = interactive.list_of("<BODY_TEXT>", "<BUTTON_TEXT>", SECTIONS, header="<HEADER_TEXT>", footer="<FOOTER_TEXT>")
BUTTONS = [interactive.Button(f"<UNIQUE_BUTTON_ID_{number}>", f"<BUTTON_TITLE_{number}>") for number in (1, 2)]
MENLO_PARK = plain.location(37.758056, -122.425332, "META HQ", "1 Hacker Way, Menlo Park, CA 94025")
DOCUMENT = File(id="<DOCUMENT_OBJECT_ID>")
FILES_SENT = {
    "audio_message_by_id": media.audio(File(id="<AUDIO_OBJECT_ID>")),
    "audio_message_by_url": media.audio(File(link=LINK)),
    "document_message_by_id": media.document(DOCUMENT, "<DOCUMENT_CAPTION_TO_SEND>", "<DOCUMENT_FILENAME>"),
    "document_message_by_url": media.document(File(link=LINK), "<DOCUMENT_CAPTION_TEXT>"),
    "image_message_by_id": media.image(File(id="<IMAGE_OBJECT_ID>")),
    "image_message_by_url": media.image(File(link=LINK)),
    "sticker_message_by_id": media.sticker(File(id="<MEDIA_OBJECT_ID>")),
    "sticker_message_by_url": media.sticker(File(link=LINK)),
    "video_message_by_id": media.video(File(id="<VIDEO_OBJECT_ID>"), "<VIDEO_CAPTION_TEXT>"),
    "video_message_by_url": media.video(File(link=LINK), "<VIDEO_CAPTION_TEXT>"),
    "contact_message": plain.contacts([CARD]),
    "list_message": LIST,
    "location_message": MENLO_PARK,
}
CONTENTS: Mapping[str, plain.Content] = {
    **{f"send_{name}": content for name, content in FILES_SENT.items()},
    **{f"send_reply_to_{name}": content for name, content in FILES_SENT.items()},
    "send_text_message": plain.text("text-message-content"),
    "send_reply_to_text_message": plain.text("<TEXT_MSG_CONTENT>"),
    "send_text_message_with_preview_url": plain.text("Please visit https://youtu.be/hpltvTEiRrY.", preview=True),
    "send_reply_with_reaction_message": plain.reaction("wamid.HBgLM...", "😀"),
    "send_reply_button": interactive.reply_buttons("<BUTTON_TEXT>", BUTTONS),
    "send_message_template_text": template.template("template_name", "pt_BR", body=BODY),
    "send_sample_text_message": template.template("template_name", "pt_BR", body=BODY),
    "send_sample_shipping_confirmation_template": template.template("template_name", "pt_BR", body=BODY),
    "send_message_template_media": template.template("template_name", "pt_BR", header=PICTURE, body=BODY),
    "send_message_template_interactive": template.template(
        "template_name", "pt_BR", header=PICTURE, body=BODY, buttons=KEYS
    ),
    "send_sample_issue_resolution_template": template.template(
        "sample_issue_resolution",
        "en_US",
        body=["*Mr. Jones*"],
        buttons=[template.QuickReply("yes"), template.QuickReply("no")],
        policy="deterministic",
    ),
    "send_test_message": template.template("hello_world", "en_US"),
}
# The only one that is no message.
READ = "send_typing_indicator_and_read_receipt"
# These leave out the type of the recipient, which is then "individual".
WITHOUT_RECIPIENT_TYPE = {
    "send_contact_message",
    "send_reply_to_contact_message",
    "send_text_message_with_preview_url",
    "send_sample_issue_resolution_template",
    "send_test_message",
}


def test_every_example_is_built_or_left_out_with_a_reason() -> None:
    assert {*CONTENTS, READ} | set(OUT_OF_SCOPE) == set(FILES)
    assert not {*CONTENTS, READ} & set(OUT_OF_SCOPE)
    print(f"\n{len(FILES)} requests: {len(CONTENTS) + 1} built equal, {len(OUT_OF_SCOPE)} out of scope")


@pytest.mark.parametrize("name", CONTENTS)
def test_an_example_is_built_equal(name: str) -> None:
    example = corrected(name, filled(json.loads(FILES[name].read_text("utf-8"))))
    built = envelope.request(
        CONTENTS[name],
        {"phone": PHONE},
        reply_to="<MSGID_OF_PREV_MSG>" if name.startswith("send_reply_to_") else None,
        recipient_type=None if name in WITHOUT_RECIPIENT_TYPE else "individual",
    )
    assert built == example


def test_the_read_receipt_is_built_equal() -> None:
    example = json.loads(FILES[READ].read_text("utf-8"))
    assert envelope.read(example["message_id"]) == example
