"""The payloads of our own (tests/payloads), each read into its typed model."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from connectors.whatsapp.content import (
    CallPermission,
    Contacts,
    Context,
    Edit,
    FlowReply,
    Location,
    Media,
    Order,
    OrderItem,
    Reaction,
    Referral,
    Revoke,
    SharedContact,
    System,
    Tap,
    Text,
    Unknown,
    Unsupported,
    content_of,
    context_of,
    referral_of,
)
from connectors.whatsapp.inbound import Batch, InboundMessage, parse

FOLDER = Path(__file__).resolve().parents[2] / "payloads"
FILES = sorted(FOLDER.glob("*.json"))


def _sha(start: str) -> str:
    return start + "A" * 37 + "="


EXPECTED: dict[str, tuple[str, object]] = {
    "text": ("text", Text("Guten Morgen, meine Tochter hustet seit gestern. Haben Sie heute noch etwas frei?")),
    "text_username_only": ("text", Text("Bom dia, quanto custa uma limpeza dos dentes?")),
    "text_reply": ("text", Text("نعم، هذا الموعد مناسب")),
    "text_forwarded": ("text", Text("Говорят, у вас в субботу бесплатно мерят давление. Это правда?")),
    "text_from_an_ad": ("text", Text("Vi o anúncio, ainda há vagas?")),
    "text_about_a_product": ("text", Text("Does this include yellow fever?")),
    "image": (
        "image",
        Media(
            "image",
            "5553000000000101",
            "image/jpeg",
            "3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "So sieht der Ausschlag heute aus",
        ),
    ),
    "audio": ("audio", Media("audio", "5553000000000102", "audio/mpeg", _sha("AQIDBA"))),
    "voice": ("audio", Media("audio", "5553000000000103", "audio/ogg; codecs=opus", _sha("BQYHCA"), voice=True)),
    "video": ("video", Media("video", "5553000000000104", "video/mp4", _sha("CQoLDA"), "o joelho faz este barulho")),
    "document": (
        "document",
        Media(
            "document",
            "5553000000000105",
            "application/pdf",
            _sha("DQ4PEA"),
            "referral from my GP",
            "referral letter.pdf",
        ),
    ),
    "sticker": ("sticker", Media("sticker", "5553000000000106", "image/webp", _sha("ERITFA"), animated=True)),
    "location": ("location", Location(52.5163, 13.3777)),
    "location_of_a_place": (
        "location",
        Location(52.4989, 13.3908, "Аптека у парка", "Lindenweg 5, Berlin", "https://maps.example/place/5551"),
    ),
    "contacts": (
        "contacts",
        Contacts(
            (
                SharedContact("Dr Imre Vass", ("+49 555 1230177",), ("vass@praxis.example",), "Praxis am Kanal"),
                SharedContact("Mum", ("495551230178",)),
            )
        ),
    ),
    "reaction": ("reaction", Reaction("wamid.OWN.our-answer", "🙏")),
    "reaction_removed": ("reaction", Reaction("wamid.OWN.our-answer", None)),
    "button": ("button", Tap("/confirm", "تأكيد", "button")),
    "button_reply": ("interactive", Tap("/affirm", "Ja, bitte", "button_reply")),
    "list_reply": ("interactive", Tap('/inform{"slot": "2.1"}', "qui., 09:40", "list_reply")),
    "nfm_reply": ("interactive", FlowReply("flow", "Sent", {"flow_token": "own-5551", "first_visit": "yes"})),
    "nfm_reply_damaged": ("interactive", FlowReply("flow", "Sent", {})),
    "call_permission_reply": (
        "interactive",
        CallPermission("accept", datetime.fromtimestamp(1796104751, timezone.utc)),
    ),
    "interactive_with_an_error": ("interactive", Unsupported("131000", "Something went wrong")),
    "order": (
        "order",
        Order("5558800", (OrderItem("travel-vaccination", 2, 48.5, "EUR"),), "for two people please"),
    ),
    "system_number": (
        "system",
        System(
            "user_changed_number",
            "Lena Brockmann changed from 4955512300101 to 4955512300191",
            "4955512300191",
            "4955512300101",
            "DE.5550000191",
            "DE.5550000101",
        ),
    ),
    "system_user_id": (
        "system",
        System(
            "user_changed_user_id",
            "@quiet_heron changed",
            user_id="PT.5550000196",
            previous_user_id="PT.5550000106",
        ),
    ),
    "system_identity": (
        "system",
        System("customer_identity_changed", "عمر الحداد changed", identity="b3duLWlkZW50aXR5"),
    ),
    "unsupported": ("unsupported", Unsupported("131051", "Message type unknown")),
    "unknown": ("unknown", Unknown()),
    "edit": (
        "edit",
        Edit(
            "wamid.OWN.text",
            "Guten Morgen, mein Sohn hustet seit gestern. Haben Sie morgen etwas frei?",
            {
                "type": "text",
                "text": {"body": "Guten Morgen, mein Sohn hustet seit gestern. Haben Sie morgen etwas frei?"},
            },
        ),
    ),
    "revoke": ("revoke", Revoke("wamid.OWN.document")),
    "group": ("group", Text("من يذهب معي إلى العيادة؟")),
}


def read(name: str) -> Batch:
    return parse(json.loads((FOLDER / f"{name}.json").read_bytes()))


def message(name: str) -> InboundMessage:
    (found,) = read(name).messages
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_is_read_into_its_model(name: str) -> None:
    found = message(name)
    assert (found.kind, found.content) == EXPECTED[name]
    # The inbox keeps the JSON; what is read from it there is the same.
    assert content_of(found.payload, found.kind) == found.content


def test_no_payload_is_forgotten() -> None:
    messages = {path.stem for path in FILES if read(path.stem).messages}
    assert messages == {*EXPECTED, "edit_of_a_caption"}
    for path in FILES:
        batch = read(path.stem)
        assert len(batch.messages) + len(batch.statuses) + len(batch.news) == 1, path.stem


def test_an_edited_caption() -> None:
    edit = message("edit_of_a_caption").content
    assert isinstance(edit, Edit)
    assert (edit.message_id, edit.text) == ("wamid.OWN.video", "o joelho direito faz este barulho")


def test_what_a_message_answers() -> None:
    assert context_of(message("text_reply").payload) == Context("wamid.OWN.our-question")
    assert context_of(message("text_forwarded").payload) == Context(forwarded=True, frequently_forwarded=True)
    product = Context("wamid.OWN.product", catalog_id="5558800", product_id="travel-vaccination")
    assert context_of(message("text_about_a_product").payload) == product
    assert context_of(message("text").payload) is None
    assert context_of({"context": "odd"}) is None


def test_which_advertisement_led_here() -> None:
    assert referral_of(message("text_from_an_ad").payload) == Referral(
        source_type="ad",
        source_id="555777",
        source_url="https://fb.example/ad/5551",
        headline="Check-up em uma manhã",
        body="Marque pelo WhatsApp",
        click_id="OWN-click-5551",
    )
    assert referral_of(message("text").payload) is None


def test_a_username_without_a_phone() -> None:
    found = message("text_username_only")
    assert (found.phone, found.user_id) == (None, "PT.5550000106")


ODD: list[Any] = [None, 7, "text", [], {}, [None], {"id": []}, {"latitude": "north", "longitude": 400}, True]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_shape_is_no_error(odd: Any) -> None:
    for kind in {kind for kind, _ in EXPECTED.values()}:
        assert content_of({"type": kind, kind: odd}, kind) is not None
        assert content_of({"type": kind, kind: odd, "errors": odd, "identity": odd, "context": odd}, kind) is not None
    place = content_of({"location": odd}, "location")
    assert isinstance(place, Location)
    assert (place.latitude, place.longitude) == (None, None)
