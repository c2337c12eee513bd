"""The Graph side over HTTP: token, envelopes, window, rates, receipts, media."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import pytest
import requests
from simulator_kit import ANNA, NUMBER, TEXT, Clinic, Running, buttons


def error(answer: requests.Response, status: int, code: int) -> dict[str, object]:
    found: dict[str, object] = answer.json()["error"]
    assert (answer.status_code, found["code"]) == (status, code), answer.text
    assert found["fbtrace_id"]
    assert found["message"]
    return found


def test_success_is_worded_as_meta_words_it(simulator: Running) -> None:
    simulator.say()
    answer = simulator.post({"messaging_product": "whatsapp", "to": "+49 1515 0000001", **TEXT}).json()
    assert answer["messaging_product"] == "whatsapp"
    assert answer["contacts"] == [{"input": "+49 1515 0000001", "wa_id": "4915150000001"}]
    [message] = answer["messages"]
    assert message["message_status"] == "accepted"
    assert base64.b64decode(message["id"].removeprefix("wamid."))


@pytest.mark.parametrize("token", [None, "wrong", "tökén".encode().decode("latin-1")])
def test_the_token_is_checked(simulator: Running, token: str | None) -> None:
    found = error(simulator.post({"messaging_product": "whatsapp", **TEXT}, token=token), 401, 190)
    assert found["type"] == "OAuthException"


def test_a_refusal_names_the_field_and_the_limit(simulator: Running) -> None:
    simulator.say()
    answer = simulator.post({"messaging_product": "whatsapp", "to": ANNA, **buttons("A title of more than twenty")})
    found = error(answer, 400, 131009)
    assert found["type"] == "OAuthException"
    data = found["error_data"]
    assert isinstance(data, dict)
    assert data["messaging_product"] == "whatsapp"
    assert "reply.title" in data["details"]
    assert "20" in data["details"]
    assert simulator.chat()[-1]["direction"] == "in"  # nothing arrived


def test_unknown_ids_and_paths(simulator: Running) -> None:
    body = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}
    found = error(simulator.graph("/v25.0/999/messages", "POST", json=body), 400, 100)
    assert (found["type"], found["error_subcode"]) == ("GraphMethodException", 33)
    assert error(simulator.graph("/v25.0/1001/nothing"), 404, 100)["type"] == "GraphMethodException"
    error(simulator.graph("/latest/1001/messages", "POST", json=body), 404, 100)
    error(simulator.graph("/v25.0/12345"), 400, 100)
    assert simulator.graph(f"/v26.1/{NUMBER}").json()["verified_name"] == "Salama Clinic"


def test_the_body_must_be_a_json_object(simulator: Running) -> None:
    path = f"/v25.0/{NUMBER}/messages"
    for data, kind in ((b"{", "application/json"), (b"[]", "application/json"), (b"{}", "text/plain")):
        answer = requests.post(
            simulator.base + path,
            data=data,
            headers={"Content-Type": kind, "Authorization": "Bearer token-1"},
            timeout=5,
        )
        error(answer, 400, 100)


def test_the_window_of_24_hours(simulator: Running) -> None:
    body = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}
    error(simulator.post(body), 400, 131047)  # she has never written
    simulator.say()
    assert simulator.post(body).status_code == 200
    now = datetime.now(timezone.utc)
    simulator.control("/clock", {"now": (now + timedelta(hours=23, minutes=59)).isoformat()})
    assert simulator.post(body).status_code == 200
    simulator.control("/clock", {"now": (now + timedelta(hours=24, minutes=1)).isoformat()})
    assert "24 hours" in str(error(simulator.post(body), 400, 131047)["error_data"])
    simulator.say()
    assert simulator.post(body).status_code == 200


def test_nobody_has_that_number(simulator: Running, clinic: Clinic) -> None:
    body = {"messaging_product": "whatsapp", "to": "+4900000001", "biz_opaque_callback_data": "row 7", **TEXT}
    wamid = simulator.post(body).json()["messages"][0]["id"]
    [status] = clinic.wait_statuses(wamid, 1)
    assert (status["status"], status["recipient_id"]) == ("failed", "4900000001")
    assert status["errors"][0]["code"] == 131026
    assert status["biz_opaque_callback_data"] == "row 7"
    assert "contacts" not in clinic.values()[-1]


def test_the_own_number_is_refused(simulator: Running) -> None:
    error(simulator.post({"messaging_product": "whatsapp", "to": "+49 30 55550100", **TEXT}), 400, 131021)


def test_by_business_scoped_id(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    answer = simulator.post({"messaging_product": "whatsapp", "recipient": "DE.111222333", **TEXT}).json()
    assert answer["contacts"] == [{"input": "DE.111222333", "user_id": "DE.111222333"}]
    status = clinic.wait_statuses(answer["messages"][0]["id"], 2)[0]
    assert status["recipient_user_id"] == "DE.111222333"
    assert "recipient_id" not in status


def test_the_pair_limit_lets_a_burst_of_45_pass(simulator: Running) -> None:
    simulator.say()
    body = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}
    answers = [simulator.post(body) for _ in range(46)]
    assert [answer.status_code for answer in answers[:45]] == [200] * 45
    error(answers[45], 400, 131056)
    simulator.control("/rate_limits", {"enabled": False})
    assert simulator.post(body).status_code == 200


def test_sending_twice_shows_twice(simulator: Running) -> None:
    simulator.say()
    assert simulator.send(TEXT) != simulator.send(TEXT)
    assert [message["direction"] for message in simulator.chat()] == ["in", "out", "out"]


def test_a_read_receipt_counts_for_earlier_messages(simulator: Running) -> None:
    first, second, third = simulator.say("1"), simulator.say("2"), simulator.say("3")
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    assert simulator.post(receipt).json() == {"success": True}
    statuses = {message["wamid"]: message["status"] for message in simulator.chat()}
    assert (statuses[first], statuses[second]) == ("read", "read")
    assert statuses[third] in ("sent", "delivered")
    error(simulator.post({**receipt, "message_id": "wamid.unknown"}), 400, 131009)


def test_reactions_need_a_message_of_the_chat_younger_than_30_days(simulator: Running) -> None:
    wamid = simulator.say()
    reaction = {"type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}}
    simulator.send(reaction)
    body = {"messaging_product": "whatsapp", "to": ANNA, **reaction}
    error(simulator.post({**body, "reaction": {"message_id": "wamid.x", "emoji": "👍"}}), 400, 131009)
    simulator.control("/clock", {"now": (datetime.now(timezone.utc) + timedelta(days=31)).isoformat()})
    simulator.say()
    error(simulator.post(body), 400, 131009)


def test_media_go_up_and_down(simulator: Running) -> None:
    content = bytes(range(256)) + b"\r\n--x\r\n"
    upload = simulator.graph(
        f"/v25.0/{NUMBER}/media",
        "POST",
        data={"messaging_product": "whatsapp", "type": "image/png"},
        files={"file": ("a.png", content, "image/png")},
    )
    medium = upload.json()["id"]
    told = simulator.graph(f"/v25.0/{medium}").json()
    assert (told["mime_type"], told["file_size"], len(told["sha256"])) == ("image/png", len(content), 64)
    path = told["url"].removeprefix(simulator.base)
    assert simulator.graph(path).content == content
    assert simulator.graph(path, token=None).status_code == 401
    assert simulator.graph(path[:-1] + "_").status_code == 404
    simulator.control("/clock", {"now": (datetime.now(timezone.utc) + timedelta(minutes=6)).isoformat()})
    assert simulator.graph(path).status_code == 404
    simulator.control("/clock", {})
    simulator.say()
    simulator.send({"type": "image", "image": {"id": medium, "caption": "Way in"}})
    assert simulator.control(f"/media/{medium}").content == content
    assert simulator.graph(f"/v25.0/{medium}", "DELETE").json() == {"success": True}
    error(simulator.graph(f"/v25.0/{medium}"), 400, 100)


def test_media_that_are_refused(simulator: Running) -> None:
    def upload(content: bytes, mime_type: str, **form: str) -> requests.Response:
        files = {"file": ("a", content, mime_type)}
        return simulator.graph(f"/v25.0/{NUMBER}/media", "POST", data=form, files=files)

    error(upload(b"x", "image/png"), 400, 100)
    error(upload(b"x", "application/x-sh", messaging_product="whatsapp"), 400, 100)
    error(upload(b"", "image/png", messaging_product="whatsapp"), 400, 131053)
    error(upload(b"x" * (5 * 1024 * 1024 + 1), "image/jpeg", messaging_product="whatsapp"), 400, 131053)
    error(simulator.graph(f"/v25.0/{NUMBER}/media", "POST", json={}), 400, 100)
