"""What tests and the page order."""

from __future__ import annotations

import json
import re
import threading
import time

import pytest
import requests
from simulator_kit import ANNA, TEXT, TOKEN, Clinic, Running, buttons, eventually, list_of


def test_two_phones_are_there_from_the_start(simulator: Running) -> None:
    answer = simulator.control("/phones").json()
    leila, jonas, anna = answer["phones"]
    assert (leila["language"], leila["direction"]) == ("ar", "rtl")
    assert leila["phone"].startswith("+20")
    assert (jonas["name"], jonas["language"], jonas["direction"]) == ("Jonas", "de", "ltr")
    assert anna["user_id"] == "DE.111222333"
    assert answer["clinic"]["name"] == "Salama Clinic"


def test_creating_a_phone_again_changes_it(simulator: Running) -> None:
    before = len(simulator.control("/phones").json()["phones"])
    first = simulator.control("/phones", {"phone": "+55 11 99999-0001", "name": "Bia"})
    assert first.status_code == 201
    assert first.json()["language"] == "pt"
    again = simulator.control("/phones", {"phone": "5511999990001", "name": "Beatriz", "language": "he"})
    assert (again.status_code, again.json()["name"], again.json()["direction"]) == (200, "Beatriz", "rtl")
    assert len(simulator.control("/phones").json()["phones"]) == before + 1


@pytest.mark.parametrize(
    "body",
    [
        {"phone": "Anna"},
        {"phone": "+49"},
        {"phone": "+4915150000009", "direction": "up"},
        {"phone": "+4915150000009", "hides_number": True},
    ],
)
def test_a_phone_that_cannot_be(simulator: Running, body: dict[str, object]) -> None:
    assert simulator.control("/phones", body).status_code == 400


def test_a_user_id_has_one_owner(simulator: Running) -> None:
    answer = simulator.control("/phones", {"phone": "+4915150000009", "user_id": "DE.111222333"})
    assert answer.status_code == 409


def test_phones_are_found_by_number_and_by_user_id(simulator: Running) -> None:
    simulator.say()
    for address in ("+4915150000001", "4915150000001", "%2B4915150000001", "DE.111222333"):
        assert len(simulator.chat(address)) == 1
    answer = simulator.control("/phones/+4999/messages")
    assert answer.status_code == 404
    assert ANNA in answer.json()["phones"]


def test_the_chat_from_both_sides(simulator: Running) -> None:
    simulator.say("Hello")
    wamid = simulator.send(list_of(["Monday"], button="Days"))
    simulator.control(f"/phones/{ANNA}/send", {"tap": "Monday"})
    first, second, third = simulator.chat()
    assert (first["direction"], first["type"], first["text"]) == ("in", "text", "Hello")
    assert (second["direction"], second["wamid"], second["status"]) == ("out", wamid, "delivered")
    assert second["text"] == "When?\n[Monday] With a doctor"
    assert second["payload"]["interactive"]["action"]["button"] == "Days"
    assert third["text"] == "Monday"
    assert first["seq"] < second["seq"] < third["seq"]
    assert [message["seq"] for message in simulator.chat(after=second["seq"])] == [third["seq"]]


def test_waiting_for_something_new(simulator: Running) -> None:
    simulator.say()
    [first] = simulator.chat()
    threading.Timer(0.2, simulator.send, [TEXT]).start()
    begin = time.monotonic()
    answer = simulator.control(f"/phones/{ANNA}/messages?after={first['seq']}&wait=5").json()
    assert [message["type"] for message in answer["messages"]] == ["text"]
    assert 0.15 < time.monotonic() - begin < 2
    assert simulator.control(f"/phones/{ANNA}/messages?after={first['seq'] + 1}&wait=0.1").json() == {"messages": []}
    assert simulator.control(f"/phones/{ANNA}/messages?after=soon").status_code == 400


def test_taps_find_the_newest_offer_and_old_ones_stay(simulator: Running) -> None:
    simulator.say()
    old = simulator.send(buttons("Yes", "No"))
    new = simulator.send(buttons("Yes", "Maybe"))

    def context(order: dict[str, str]) -> str:
        simulator.control(f"/phones/{ANNA}/send", order)
        wamid: str = simulator.chat()[-1]["payload"]["context"]["id"]
        return wamid

    assert context({"tap": "Yes"}) == new
    assert context({"tap": "No"}) == old
    assert context({"tap": "Yes", "message": old}) == old
    answer = simulator.control(f"/phones/{ANNA}/send", {"tap": "Perhaps"})
    assert answer.status_code == 404
    assert {offer["title"] for offer in answer.json()["offered"]} == {"Yes", "No", "Maybe"}


@pytest.mark.parametrize("order", [{}, {"text": "  "}, {"location": {"latitude": 1}}, {"type": 7}])
def test_what_a_phone_cannot_send(simulator: Running, order: dict[str, object]) -> None:
    assert simulator.control(f"/phones/{ANNA}/send", order).status_code == 400


def test_faults_come_in_turn_and_end(simulator: Running) -> None:
    simulator.say()
    orders = [{"status": 500}, {"code": 131056, "status": 400, "retry_after": 7}]
    assert simulator.control("/faults", {"next_responses": orders}).json() == {"waiting": 2}
    body = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": simulator.chat()[0]["wamid"]}
    assert simulator.post(receipt).status_code == 200  # a receipt takes no message's fault
    first, second, third = (simulator.post(body) for _ in range(3))
    assert (first.status_code, first.json()["error"]["code"]) == (500, 131000)
    assert (second.status_code, second.json()["error"]["code"]) == (400, 131056)
    assert second.headers["Retry-After"] == "7"
    assert third.status_code == 200
    assert len(simulator.chat()) == 2


def test_accepted_but_never_answered(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    order = {"timeout_after_accepting": True, "seconds": 30}
    simulator.control("/faults", {"next_responses": [order]})
    with pytest.raises(requests.Timeout):
        simulator.post({"messaging_product": "whatsapp", "to": ANNA, **TEXT}, timeout=0.3)
    message = simulator.chat()[-1]
    assert message["direction"] == "out"
    clinic.wait_statuses(message["wamid"], 2)


@pytest.mark.parametrize("orders", [None, [{}], [{"color": 1}], ["x"], [{"status": "many"}], [{"status": 500, "for": 1}]])
def test_faults_that_are_none(simulator: Running, orders: object) -> None:
    assert simulator.control("/faults", {"next_responses": orders}).status_code == 400


def test_the_log_keeps_requests_and_no_token(simulator: Running) -> None:
    simulator.say()
    simulator.send(TEXT)
    simulator.post({"messaging_product": "whatsapp"})
    answer = simulator.control("/log")
    sent, refused = answer.json()["requests"]
    assert (sent["method"], sent["path"], sent["status"]) == ("POST", "/v25.0/1001/messages", 200)
    assert json.loads(sent["body"])["text"] == TEXT["text"]
    assert refused["status"] == 400
    assert TOKEN not in answer.text


def test_reset_forgets_everything(simulator: Running) -> None:
    simulator.control("/webhooks", {"pause": True})
    simulator.say()
    simulator.control("/faults", {"next_responses": [{"status": 500}]})
    simulator.control("/clock", {"now": "2026-01-01T00:00:00+01:00"})
    simulator.control("/reset", {})
    phones = simulator.control("/phones").json()["phones"]
    assert [phone["name"] for phone in phones][1:] == ["Jonas"]
    switches = simulator.control("/webhooks").json()
    assert (switches["pause"], switches["pending"]) == (False, 0)
    simulator.control("/phones", {"phone": ANNA, "name": "Anna"})
    simulator.say()
    simulator.send(TEXT)
    assert not simulator.chat()[0]["at"].startswith("2026-01-01")


def test_the_clock_stands_still(simulator: Running, clinic: Clinic) -> None:
    simulator.control("/clock", {"now": "2026-11-24T09:00:00+01:00"})
    simulator.say()
    [message] = eventually(clinic.messages)
    assert message["timestamp"] == "1795507200"
    assert simulator.chat()[0]["at"] == "2026-11-24T09:00:00+01:00"
    assert simulator.control("/clock", {"now": "2026-11-24T09:00:00"}).status_code == 400
    assert simulator.control("/clock", {"now": "tomorrow"}).status_code == 400


def test_other_sites_are_kept_out(simulator: Running) -> None:
    address = f"{simulator.base}/control/reset"
    assert requests.post(address, headers={"Origin": "https://evil.example"}, timeout=5).status_code == 403
    assert requests.post(address, headers={"Origin": simulator.base}, timeout=5).status_code == 200


def test_a_body_that_is_no_json(simulator: Running) -> None:
    for data in (b"{", b"[]"):
        assert requests.post(f"{simulator.base}/control/phones", data=data, timeout=5).status_code == 400


def test_events_reach_the_page(simulator: Running) -> None:
    with requests.get(f"{simulator.base}/control/events", stream=True, timeout=5) as stream:
        lines = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith(b"data: "))
        assert next(lines)["kind"] == "hello"
        wamid = simulator.say()
        event = next(event for event in lines if event["kind"] == "message")
        assert (event["phone"], event["message"]["wamid"]) == ("4915150000001", wamid)
        typing = {"status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}}
        simulator.post({"messaging_product": "whatsapp", **typing})
        event = next(event for event in lines if event["kind"] == "typing")
        assert (event["on"], event["milliseconds"]) == (True, 25000)
        simulator.send(TEXT)
        assert next(event for event in lines if event["kind"] == "typing")["on"] is False


def test_the_page_loads_nothing_from_elsewhere(simulator: Running) -> None:
    answer = simulator.http.get(simulator.base, timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert simulator.http.get(f"{simulator.base}/static/js/main.js", timeout=5).status_code == 200
    assert simulator.http.get(f"{simulator.base}/health", timeout=5).status_code == 200


def test_the_control_page_has_every_file_it_names(simulator: Running) -> None:
    page = simulator.http.get(f"{simulator.base}/control.html", timeout=5)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    script = simulator.http.get(f"{simulator.base}/static/js/control.js", timeout=5).text
    named += [f"/static/js/{name}" for name in re.findall(r'from "\./([^"]+)"', script)]
    assert len(named) >= 9
    for path in named:
        assert simulator.http.get(simulator.base + path, timeout=5).status_code == 200, path


def test_the_last_requests(simulator: Running) -> None:
    for n in range(3):
        simulator.graph(f"/v25.0/77{n}")
    paths = [request["path"] for request in simulator.control("/log?limit=2").json()["requests"]]
    assert paths == ["/v25.0/771", "/v25.0/772"]
