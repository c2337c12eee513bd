"""A run is written down and played again."""

from __future__ import annotations

import json

import pytest
from simulator_kit import ANNA, Clinic, Json, Running, buttons, eventually

BERTA = "+4915150000002"


def lines(simulator: Running) -> list[Json]:
    text = simulator.control("/recording").text
    return [json.loads(line) for line in text.splitlines()]


def record(simulator: Running) -> str:
    """Anna answers a question and reads, Berta replies to herself."""
    simulator.control("/chaos", {"seed": 5, "webhooks": {"duplicate": 0.5}}, method="PUT")
    assert simulator.control("/recording", {"on": True}).json() == {"recording": True, "recorded": 0}
    simulator.say("Hello")
    simulator.send(buttons("Yes", "No"))
    simulator.control(f"/phones/{ANNA}/read", {})
    simulator.control(f"/phones/{ANNA}/send", {"tap": "Yes", "message": simulator.chat()[-1]["wamid"]})
    simulator.control("/phones", {"phone": BERTA, "name": "Berta", "language": "de"})
    first = simulator.say("Guten Tag", BERTA)
    simulator.control(f"/phones/{BERTA}/send", {"text": "Vergessen Sie das", "reply_to": first})
    assert simulator.control("/recording", {"on": False}).json() == {"recording": False, "recorded": 5}
    simulator.say("This is not written down")
    return str(simulator.control("/recording").text)


def test_who_did_what_and_when(simulator: Running) -> None:
    record(simulator)
    chaos, *rest = lines(simulator)
    assert chaos["chaos"]["seed"] == 5
    assert [(line["do"], line["phone"]) for line in rest] == [
        *(("phone", ANNA), ("send", ANNA), ("read", ANNA), ("send", ANNA)),
        *(("phone", BERTA), ("send", BERTA), ("send", BERTA)),
    ]
    assert rest[0]["user_id"] == "DE.111222333"
    assert rest[4]["name"] == "Berta"
    assert rest[1]["order"] == {"text": "Hello"}
    times = [line["after"] for line in rest]
    assert times == sorted(times)


def test_the_same_run_again(simulator: Running, clinic: Clinic) -> None:
    text = record(simulator)
    simulator.control("/reset", {})
    clinic.forget()
    begun = simulator.control("/replay", {"recording": text, "speed": 50}).json()
    assert (begun["total"], begun["running"]) == (5, True)
    assert simulator.control("/chaos").json()["seed"] == 5
    eventually(lambda: simulator.control("/replay").json()["done"] == 4)  # Anna waits for her button
    assert len(simulator.chat(BERTA)) == 2
    hello, reply = simulator.chat(BERTA)
    assert reply["payload"]["context"]["id"] == hello["wamid"]
    simulator.send(buttons("Yes", "No"))
    done = eventually(lambda: not simulator.control("/replay").json()["running"] and simulator.control("/replay").json())
    assert (done["done"], done["failed"]) == (5, [])
    assert [message["text"] for message in simulator.chat()][-1] == "Yes"
    assert simulator.control("/phones/+4915150000002/messages").status_code == 200


def test_what_was_recorded_here_and_a_stop(simulator: Running) -> None:
    record(simulator)
    simulator.control("/reset", {})
    assert simulator.control("/replay", {"speed": 50}).json()["total"] == 5
    assert simulator.control("/replay", {"stop": True}).json()["running"] is False


def test_a_deed_that_cannot_be_done_is_told(simulator: Running) -> None:
    simulator.control("/chaos", {})
    deeds = [
        {"do": "send", "after": 0, "phone": ANNA, "order": {"type": 7}},
        {"do": "send", "after": 0, "phone": "+4999", "order": {"text": "x"}},
        {"do": "send", "after": 0.1, "phone": ANNA, "order": {"text": "and on"}},
    ]
    simulator.control("/replay", {"recording": "\n".join(map(json.dumps, deeds))})
    done = eventually(lambda: simulator.control("/replay").json()["done"] == 3 and simulator.control("/replay").json())
    assert len(done["failed"]) == 2
    assert simulator.chat()[0]["text"] == "and on"


@pytest.mark.parametrize(
    "body",
    [
        {"speed": 0},
        {"speed": "fast"},
        {"recording": 7},
        {"recording": ""},
        {"recording": "x"},
        {"recording": '{"do": "dance"}'},
        {"recording": '{"do": "send", "phone": "+49"}'},
        {"recording": '{"do": "send", "phone": "+49", "after": 1}'},
        {"recording": '{"do": "chaos", "chaos": {"colour": 1}}'},
    ],
)
def test_what_is_no_recording(simulator: Running, body: Json) -> None:
    assert simulator.control("/replay", body).status_code == 400
    assert simulator.control("/recording", {"on": "yes"}).status_code == 400
