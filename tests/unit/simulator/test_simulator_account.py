"""The account as its console shows it, what patients change about themselves, and how long media live."""

from __future__ import annotations

import pytest
from simulator_kit import ACCOUNT, ANNA, NUMBER, SECRET, TEXT, TOKEN, Clinic, Json, Running, eventually

APP_TOKEN = f"4000000000000001|{SECRET}"


def change(simulator: Running, **values: object) -> Json:
    answer = simulator.control(f"/phones/{ANNA}/changes", values)
    assert answer.status_code == 200, answer.text
    changed: Json = answer.json()
    return changed


def wait_values(clinic: Clinic, count: int) -> list[Json]:
    found: list[Json] = eventually(lambda: len(clinic.values()) >= count and clinic.values())
    return found


def test_a_token_asks_about_itself(simulator: Running) -> None:
    path = f"/v25.0/debug_token?input_token={TOKEN}"
    data = simulator.graph(path).json()["data"]
    assert data["is_valid"] is True
    assert "whatsapp_business_messaging" in data["scopes"]
    simulator.control("/account", {"scopes": ["whatsapp_business_management"]})
    assert simulator.graph(path, token=APP_TOKEN).json()["data"]["scopes"] == ["whatsapp_business_management"]
    simulator.control("/token", {"expired": True})
    data = simulator.graph(path).json()["data"]
    assert (data["is_valid"], data["error"]["subcode"]) == (False, 463)
    simulator.control("/token", {"expired": False})
    assert simulator.graph("/v25.0/debug_token?input_token=wrong").json()["data"]["is_valid"] is False
    assert simulator.graph("/v25.0/debug_token").status_code == 400
    assert simulator.graph(path, token="wrong").json()["error"]["code"] == 190


def test_the_number_and_its_standing(simulator: Running) -> None:
    simulator.control("/account", {"quality_rating": "YELLOW"})
    number = simulator.graph(f"/v25.0/{NUMBER}?fields=quality_rating").json()
    assert (number["quality_rating"], number["status"], number["platform_type"]) == ("YELLOW", "CONNECTED", "CLOUD_API")
    assert simulator.graph(f"/v25.0/{ACCOUNT}/phone_numbers").json()["data"] == [number]
    assert simulator.graph("/v25.0/77/phone_numbers").json()["error"]["error_subcode"] == 33


def test_subscriptions(simulator: Running, clinic: Clinic) -> None:
    path = f"/v25.0/{ACCOUNT}/subscribed_apps"
    assert len(simulator.graph(path).json()["data"]) == 1
    simulator.graph(path, "DELETE")
    assert simulator.graph(path).json()["data"] == []
    assert simulator.graph(path, "POST").json() == {"success": True}
    assert len(simulator.graph(path).json()["data"]) == 1
    [webhook] = simulator.graph("/v25.0/4000000000000001/subscriptions", token=APP_TOKEN).json()["data"]
    assert webhook["callback_url"] == clinic.url
    assert "messages" in {field["name"] for field in webhook["fields"]}
    wrong = simulator.graph("/v25.0/4000000000000001/subscriptions", token="4000000000000001|no")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, 190)


@pytest.mark.parametrize("body", [{}, {"colour": "red"}, {"subscribed": "yes"}, {"scopes": "all"}])
def test_a_standing_that_is_none(simulator: Running, body: Json) -> None:
    assert simulator.control("/account", body).status_code == 400


def test_any_field_of_the_account(simulator: Running, clinic: Clinic) -> None:
    simulator.control("/account/webhook", {"field": "account_update", "value": {"event": "ACCOUNT_RESTRICTION"}})
    assert wait_values(clinic, 1) == [{"event": "ACCOUNT_RESTRICTION"}]
    assert simulator.control("/account/webhook", {"field": "account_update"}).status_code == 400


def test_a_new_key_closes_what_was_for_the_old_one(simulator: Running, clinic: Clinic) -> None:
    key = change(simulator, identity=True)["identity_key"]
    simulator.say()
    system, text = (value["messages"][0] for value in wait_values(clinic, 2))
    assert (system["type"], system["system"]["type"]) == ("system", "customer_identity_changed")
    assert system["identity"]["hash"] == text["identity"]["hash"] == key
    simulator.send({**TEXT, "recipient_identity_key_hash": key})
    assert change(simulator, identity=True)["identity_key"] != key
    body = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}
    assert simulator.post({**body, "recipient_identity_key_hash": key}).json()["error"]["code"] == 137000
    assert simulator.post({**body, "recipient_identity_key_hash": 7}).json()["error"]["code"] == 100
    assert simulator.post(body).status_code == 200


def test_a_new_number_takes_the_chat_along(simulator: Running, clinic: Clinic) -> None:
    simulator.say("Hello")
    change(simulator, number="+4915150000077")
    simulator.send(TEXT, "+4915150000077")
    assert [message["text"] for message in simulator.chat("+4915150000077")] == ["Hello", "Good morning"]
    _, system = eventually(lambda: len(clinic.messages()) == 2 and clinic.messages())
    assert (system["from"], system["system"]["wa_id"]) == ("4915150000001", "4915150000077")
    assert system["system"]["type"] == "user_changed_number"
    moved = "/phones/+4915150000077/changes"
    for number in ("+4915112345678", "+49"):  # Jonas's, and none at all
        assert simulator.control(moved, {"number": number}).status_code == 400


def test_a_new_user_id_is_told_twice(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    change(simulator, user_id="DE.999888777")
    _, system, field = wait_values(clinic, 3)
    [message] = system["messages"]
    assert (message["from_user_id"], message["system"]["user_id"]) == ("DE.111222333", "DE.999888777")
    [update] = field["user_id_update"]
    assert update["user_id"] == {"previous": "DE.111222333", "current": "DE.999888777"}
    answer = simulator.post({"messaging_product": "whatsapp", "recipient": "DE.999888777", **TEXT})
    assert answer.status_code == 200
    assert simulator.control(f"/phones/{ANNA}/changes", {"user_id": "DE.999888777"}).status_code == 400


@pytest.mark.parametrize("body", [{}, {"name": "x"}, {"marketing": "more"}])
def test_what_cannot_be_changed(simulator: Running, body: Json) -> None:
    assert simulator.control(f"/phones/{ANNA}/changes", body).status_code == 400
    assert simulator.control("/phones/+4999/changes", {"identity": True}).status_code == 404


def test_media_live_a_week_and_their_address_five_minutes(simulator: Running, clinic: Clinic) -> None:
    simulator.control(f"/phones/{ANNA}/send", {"type": "image"})
    [message] = eventually(clinic.messages)
    identifier = message["image"]["id"]
    address = simulator.graph(f"/v25.0/{identifier}").json()["url"].removeprefix(simulator.base)
    assert simulator.graph(address).status_code == 200
    simulator.control("/clock", {"advance": 301})
    assert simulator.graph(address).status_code == 404
    address = simulator.graph(f"/v25.0/{identifier}").json()["url"].removeprefix(simulator.base)
    assert simulator.graph(address).status_code == 200
    simulator.control("/clock", {"advance": 7 * 86400})
    assert simulator.graph(address).status_code == 404
    assert simulator.graph(f"/v25.0/{identifier}").json()["error"]["error_subcode"] == 33


def test_a_file_that_is_too_large_arrives_as_an_error(simulator: Running, clinic: Clinic) -> None:
    simulator.control(f"/phones/{ANNA}/send", {"type": "video", "too_large": True})
    [message] = eventually(clinic.messages)
    assert (message["type"], message["errors"][0]["code"]) == ("video", 131052)


def test_media_calls_fail_by_chance(simulator: Running, clinic: Clinic) -> None:
    simulator.control(f"/phones/{ANNA}/send", {"type": "image"})
    [message] = eventually(clinic.messages)
    address = simulator.graph(f"/v25.0/{message['image']['id']}").json()["url"].removeprefix(simulator.base)
    simulator.control("/chaos", {"graph": {"other_5xx": 1}})
    assert simulator.graph(f"/v25.0/{message['image']['id']}").status_code == 500
    assert simulator.graph(address).status_code == 500


def test_a_day_later_the_window_is_closed(simulator: Running) -> None:
    simulator.say()
    body = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}
    assert simulator.post(body).status_code == 200
    simulator.control("/clock", {"advance": 25 * 3600})
    assert simulator.post(body).json()["error"]["code"] == 131047
    simulator.say()
    assert simulator.post(body).status_code == 200
    assert simulator.control("/clock", {"advance": "soon"}).status_code == 400


def test_a_number_is_asked_for_and_given(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    action = {"name": "request_contact_info"}
    content: Json = {"type": "contact_request", "body": {"text": "May we have your number?"}, "action": action}
    asked = simulator.send({"type": "interactive", "interactive": content})
    simulator.control(f"/phones/{ANNA}/send", {"type": "contacts", "own": True})
    answer = eventually(lambda: len(clinic.messages()) == 2 and clinic.messages())[1]
    assert answer["context"]["id"] == asked
    assert answer["contacts"][0]["phones"][0]["phone"] == ANNA
    wrong: Json = {**content, "footer": {"text": "x"}}
    body = {"messaging_product": "whatsapp", "to": ANNA, "type": "interactive", "interactive": wrong}
    assert simulator.post(body).json()["error"]["code"] == 131009
