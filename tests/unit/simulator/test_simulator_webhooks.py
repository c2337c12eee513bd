"""What arrives at the clinic: shapes, escapes, signature, order, retries."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from simulator_kit import (
    ACCOUNT,
    ANNA,
    NUMBER,
    SECRET,
    TEXT,
    VERIFY,
    Clinic,
    Running,
    buttons,
    eventually,
    list_of,
)

from simulator.courier import wait_after
from simulator.settings import Settings
from simulator.webhook_bodies import encode, sign


def test_the_published_signature_vector() -> None:
    body = b'{"object":"whatsapp_business_account"}'
    digest = "b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e"
    assert sign("test-app-secret", body) == f"sha256={digest}"


def test_escapes() -> None:
    assert encode({"a": "ü/سلام 🙂"}) == rb'{"a":"\u00fc\/\u0633\u0644\u0627\u0645 \ud83d\ude42"}'


def test_a_text_arrives_as_meta_writes_it(simulator: Running, clinic: Clinic) -> None:
    wamid = simulator.say("Grüße/سلام")
    eventually(lambda: clinic.messages())
    headers, body = clinic.posts[0]
    assert body.isascii()
    assert rb"Gr\u00fc\u00dfe\/" in body
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert headers["Content-Type"] == "application/json"
    document = json.loads(body)
    assert document["object"] == "whatsapp_business_account"
    [entry] = document["entry"]
    assert entry["id"] == ACCOUNT
    [change] = entry["changes"]
    assert change["field"] == "messages"
    value = change["value"]
    assert value["metadata"] == {"display_phone_number": "493055550100", "phone_number_id": NUMBER}
    person = {"profile": {"name": "Anna Größe"}, "wa_id": "4915150000001", "user_id": "DE.111222333"}
    assert value["contacts"] == [person]
    [message] = value["messages"]
    assert message.pop("timestamp").isdigit()
    assert message == {
        "from": "4915150000001",
        "from_user_id": "DE.111222333",
        "id": wamid,
        "type": "text",
        "text": {"body": "Grüße/سلام"},
    }


def test_a_phone_that_hides_its_number(simulator: Running, clinic: Clinic) -> None:
    simulator.control("/phones", {"phone": ANNA, "hides_number": True})
    simulator.say()
    eventually(lambda: clinic.messages())
    [value] = clinic.values()
    assert value["contacts"] == [{"profile": {"name": "Anna Größe", "username": "@annagröße"}, "user_id": "DE.111222333"}]
    assert "from" not in value["messages"][0]


def test_taps_carry_their_context(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    asked = simulator.send(buttons("Yes", "No"))
    simulator.control(f"/phones/{ANNA}/send", {"tap": "b1"})
    listed = simulator.send(list_of(["Monday"], ["Friday"]))
    simulator.control(f"/phones/{ANNA}/send", {"tap": "Friday"})
    _, button, row = eventually(lambda: len(clinic.messages()) == 3 and clinic.messages())
    assert button["interactive"] == {"type": "button_reply", "button_reply": {"id": "b1", "title": "No"}}
    assert button["context"] == {"from": "493055550100", "id": asked}
    reply = {"id": "r1.0", "title": "Friday", "description": "With a doctor"}
    assert row["interactive"] == {"type": "list_reply", "list_reply": reply}
    assert row["context"]["id"] == listed


def test_statuses_in_order_with_their_objects(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    wamid = simulator.send({**TEXT, "biz_opaque_callback_data": "row/7 ü"})
    sent, delivered = clinic.wait_statuses(wamid, 2)
    assert [sent["status"], delivered["status"]] == ["sent", "delivered"]
    assert simulator.control(f"/phones/{ANNA}/read", {}).json() == {"read": 1}
    read = clinic.wait_statuses(wamid, 3)[2]
    assert read["status"] == "read"
    for status in (sent, delivered, read):
        assert status["biz_opaque_callback_data"] == "row/7 ü"
        assert status["recipient_id"] == "4915150000001"
    assert sent["conversation"]["origin"] == {"type": "service"}
    assert int(sent["conversation"]["expiration_timestamp"]) - int(sent["timestamp"]) in range(86390, 86401)
    assert sent["pricing"] == {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": "service",
    }
    assert simulator.control(f"/phones/{ANNA}/read", {}).json() == {"read": 0}


@pytest.mark.parametrize(
    ("order", "kind", "keys"),
    [
        ({"type": "image", "image": {"caption": "arm"}}, "image", {"mime_type", "sha256", "id", "caption"}),
        ({"type": "audio"}, "audio", {"mime_type", "sha256", "id", "voice"}),
        ({"type": "document"}, "document", {"mime_type", "sha256", "id", "filename"}),
        ({"type": "sticker"}, "sticker", {"mime_type", "sha256", "id", "animated"}),
        (
            {"type": "location", "location": {"latitude": 1, "longitude": 2}},
            "location",
            {"latitude", "longitude"},
        ),
        ({"type": "button"}, "button", {"payload", "text"}),
        ({"type": "system", "system": {"body": "x", "type": "y"}}, "system", {"body", "type"}),
    ],
)
def test_other_types(simulator: Running, clinic: Clinic, order: dict[str, object], kind: str, keys: set[str]) -> None:
    assert simulator.control(f"/phones/{ANNA}/send", order).status_code == 200
    [message] = eventually(clinic.messages)
    assert message["type"] == kind
    assert set(message[kind]) == keys
    if "id" in keys:
        assert simulator.graph(f"/v25.0/{message[kind]['id']}").json()["mime_type"] == message[kind]["mime_type"]


def test_contacts_reactions_and_the_unsupported(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    wamid = simulator.send(TEXT)
    for kind in ("contacts", "reaction", "unsupported"):
        simulator.control(f"/phones/{ANNA}/send", {"type": kind})
    _, contacts, reaction, unsupported = eventually(lambda: len(clinic.messages()) == 4 and clinic.messages())
    assert contacts["contacts"][0]["name"]["formatted_name"]
    assert reaction["reaction"] == {"message_id": wamid, "emoji": "👍"}
    assert unsupported["errors"][0]["code"] == 131051
    assert unsupported["type"] == "unsupported"


def test_a_location_answers_the_request(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    ask = {
        "type": "location_request_message",
        "body": {"text": "Where?"},
        "action": {"name": "send_location"},
    }
    wamid = simulator.send({"type": "interactive", "interactive": ask})
    simulator.control(f"/phones/{ANNA}/send", {"location": {"latitude": 1, "longitude": 2, "name": "Home"}})
    answer = eventually(lambda: len(clinic.messages()) == 2 and clinic.messages())[1]
    assert answer["context"] == {"from": "493055550100", "id": wamid}
    assert answer["location"]["name"] == "Home"


def test_retries_until_200_and_in_order(simulator: Running, clinic: Clinic) -> None:
    clinic.answers[:] = [500, 302]
    first, second = simulator.say("1"), simulator.say("2")
    eventually(lambda: len(clinic.posts) == 4)
    assert [message["id"] for message in clinic.messages()] == [first, first, first, second]
    bodies = {body for _, body in clinic.posts[:3]}
    assert len(bodies) == 1  # the same bytes each time
    assert 0.45 < clinic.times[1] - clinic.times[0] < 0.9
    assert 0.95 < clinic.times[2] - clinic.times[1] < 1.5
    eventually(lambda: simulator.control("/webhooks").json()["pending"] == 0)


def test_the_waits_grow_to_half_a_minute() -> None:
    assert [wait_after(n) for n in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_pending_webhooks_and_chats_survive_a_restart(settings: Settings, clinic: Clinic) -> None:
    before = Running(settings)
    before.control("/webhooks", {"pause": True})
    wamid = before.say(phone="+4915112345678")
    before.stop()
    assert not clinic.posts
    after = Running(settings)
    assert after.chat("+4915112345678")[0]["wamid"] == wamid
    assert after.control("/webhooks").json()["pending"] == 1
    after.control("/webhooks", {"pause": False})
    eventually(lambda: [message["id"] for message in clinic.messages()] == [wamid])
    after.stop()


def test_duplicates_and_pauses_on_order(simulator: Running, clinic: Clinic) -> None:
    simulator.control("/webhooks", {"duplicate": True})
    simulator.say()
    eventually(lambda: len(clinic.posts) == 2)
    assert clinic.posts[0][1] == clinic.posts[1][1]
    simulator.control("/webhooks", {"duplicate": False, "pause": True})
    simulator.say()
    assert simulator.control("/webhooks").json()["pending"] == 1
    simulator.control("/webhooks", {"pause": False})
    eventually(lambda: len(clinic.posts) == 3)


def test_the_second_tick_means_that_the_clinic_has_it(simulator: Running, clinic: Clinic) -> None:
    clinic.answers[:] = [500]
    simulator.say()
    eventually(lambda: len(clinic.posts) == 1)
    assert simulator.chat()[0]["status"] == "sent"
    eventually(lambda: simulator.chat()[0]["status"] == "delivered")


def test_the_handshake(simulator: Running, clinic: Clinic) -> None:
    eventually(lambda: simulator.control("/webhooks").json()["verification"] == "verified")
    asked = clinic.challenges[0]
    assert (asked["hub.mode"], asked["hub.verify_token"]) == ("subscribe", VERIFY)


def test_a_refused_handshake_is_told_in_plain_words(
    settings: Settings, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    clinic.verify_token = "another"
    running = Running(settings)
    eventually(lambda: running.control("/webhooks").json()["verification"] == "refused")
    running.stop()
    assert "WHATSAPP_VERIFY_TOKEN" in caplog.text


def test_a_clinic_that_comes_later(settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from dataclasses import replace

    from simulator_kit import free_port

    running = Running(replace(settings, webhook_url=f"http://127.0.0.1:{free_port()}/"))
    running.say(phone="+4915112345678")
    eventually(lambda: "every webhook is kept" in caplog.text)
    assert running.control("/webhooks").json() | {"pending": 1} == running.control("/webhooks").json()
    assert running.control("/webhooks").json()["verification"] == "waiting"
    running.stop()
