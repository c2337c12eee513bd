"""Calls of the clinic that go wrong by chance or on order, and what the patients saw of it."""

from __future__ import annotations

import time

import pytest
import requests
from simulator_kit import ANNA, TEXT, Clinic, Json, Running, eventually

BODY = {"messaging_product": "whatsapp", "to": ANNA, **TEXT}


def order(simulator: Running, **settings: object) -> None:
    answer = simulator.control("/chaos", settings, method="PUT")
    assert answer.status_code == 200, answer.text


def counters(simulator: Running) -> Json:
    found: Json = simulator.control("/counters").json()
    return found


def quiet(simulator: Running) -> None:
    eventually(lambda: counters(simulator)["pending"] == 0, 10)


@pytest.mark.parametrize(("name", "code"), [("rate", 130429), ("pair", 131056), ("window", 131047), ("token", 190)])
def test_calls_refused_by_chance(simulator: Running, name: str, code: int) -> None:
    simulator.say()
    order(simulator, graph={name: 1})
    assert simulator.post(BODY).json()["error"]["code"] == code
    assert counters(simulator)["refused"] == {str(code): 1}
    assert len(simulator.chat()) == 1


def test_server_errors_of_every_kind(simulator: Running) -> None:
    simulator.say()
    order(simulator, seed=3, graph={"error_5xx": 1})
    answers = [simulator.post(BODY) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {500, 502, 503}
    assert any(answer.headers["Content-Type"].startswith("text/html") for answer in answers)
    assert len(simulator.chat()) == 1


@pytest.mark.parametrize(("name", "code"), [("rate_later", 130429), ("pair_later", 131056), ("window_later", 131047)])
def test_a_failure_that_comes_later(simulator: Running, clinic: Clinic, name: str, code: int) -> None:
    simulator.say()
    order(simulator, graph={name: 1})
    wamid = simulator.send({**TEXT, "biz_opaque_callback_data": "row/7"})
    [status] = clinic.wait_statuses(wamid, 1)
    assert (status["status"], status["errors"][0]["code"]) == ("failed", code)
    assert status["biz_opaque_callback_data"] == "row/7"
    assert status["recipient_id"] == ANNA.lstrip("+")
    assert len(simulator.chat()) == 1  # the patient never saw it
    line = simulator.control(f"/transcript?phone={ANNA}").json()["messages"][1]
    assert (line["wamid"], line["status"], line["shown"]) == (wamid, "failed", False)
    assert counters(simulator)["failed_later"] == 1


def test_silence_before_and_after_accepting(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    order(simulator, graph={"timeout_before_accepting": 1})
    with pytest.raises(requests.Timeout):
        simulator.post(BODY, timeout=0.3)
    assert len(simulator.chat()) == 1
    order(simulator, graph={"timeout_after_accepting": 1, "timeout_seconds": 0.2})
    answer = simulator.post(BODY)
    assert answer.elapsed.total_seconds() >= 0.2
    assert answer.json()["messages"][0]["id"] == simulator.chat()[1]["wamid"]
    assert counters(simulator)["silent_answers"] == 2


def test_faults_on_order_may_come_later_or_before(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    simulator.control("/faults", {"next_responses": [{"code": 131047, "later": True}, {"status": 502, "page": True}]})
    wamid = simulator.send(TEXT)
    assert clinic.wait_statuses(wamid, 1)[0]["errors"][0]["code"] == 131047
    assert simulator.post(BODY).text.startswith("<html>")
    simulator.control("/faults", {"next_responses": [{"timeout_before_accepting": True, "seconds": 0.1}]})
    assert simulator.post(BODY).status_code == 503
    assert len(simulator.chat()) == 1


def test_the_token_expires_and_is_renewed(simulator: Running) -> None:
    simulator.say()
    assert simulator.control("/token", {"expired": True}).json() == {"expired": True}
    refused = simulator.post(BODY)
    assert (refused.status_code, refused.json()["error"]["error_subcode"]) == (401, 463)
    assert counters(simulator)["token_expired"] is True
    simulator.control("/token", {"expired": False})
    assert simulator.post(BODY).status_code == 200
    simulator.control("/token", {"seconds": 0.2})
    assert simulator.post(BODY).status_code == 401
    eventually(lambda: simulator.post(BODY).status_code == 200)
    assert simulator.control("/token", {"seconds": "x"}).status_code == 400


def test_receipts_fail_by_their_own_chance(simulator: Running) -> None:
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": simulator.say()}
    order(simulator, graph={"error_5xx": 1})
    assert simulator.post(receipt).status_code == 200
    order(simulator, graph={"other_5xx": 1})
    assert simulator.post(receipt).status_code == 500


def test_the_transcript_from_the_patients_side(simulator: Running) -> None:
    wamid = simulator.say("Hello")
    first = simulator.send({**TEXT, "biz_opaque_callback_data": "row/1", "context": {"message_id": wamid}})
    second = simulator.send({**TEXT, "biz_opaque_callback_data": "row/1"})
    simulator.control("/phones", {"phone": "+4915150000002"})
    simulator.say("Me too", "+4915150000002")
    quiet(simulator)
    lines = simulator.control("/transcript").json()["messages"]
    assert [line["phone"] for line in lines] == [ANNA] * 3 + ["+4915150000002"]
    of_anna = simulator.control("/transcript", None).json()["messages"][:3]
    assert simulator.http.get(f"{simulator.base}/control/transcript", params={"phone": ANNA}).json()["messages"] == of_anna
    hello, one, two = of_anna
    assert (hello["direction"], hello["text"], hello["posts"]) == ("in", "Hello", 1)
    assert hello["arrived"] <= hello["acknowledged"] <= time.time()
    assert (one["wamid"], two["wamid"]) == (first, second)
    assert one["callback_data"] == two["callback_data"] == "row/1"
    assert (one["context"], two["context"]) == (wamid, None)
    assert hello["arrived"] <= one["arrived"] <= two["arrived"]
    newer = simulator.control(f"/transcript?after={one['seq']}&phone={ANNA}").json()["messages"]
    assert [line["wamid"] for line in newer] == [second]
    assert simulator.control("/transcript?phone=+4999").status_code == 404
    assert simulator.control("/transcript?after=x").status_code == 400
