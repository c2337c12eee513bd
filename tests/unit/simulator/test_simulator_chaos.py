"""Trouble at random: what is refused, what is lost, what comes twice, and that a seed repeats it."""

from __future__ import annotations

import json
import time
from collections import Counter

import pytest
from simulator_kit import TEXT, Clinic, Json, Running, eventually

from simulator.batches import merge
from simulator.chaos import FATES, Chaos, ChaosSettings, GraphChaos, WebhookChaos, parse_chaos
from simulator.plans import Plan, Plans


def order(simulator: Running, **settings: object) -> None:
    answer = simulator.control("/chaos", settings, method="PUT")
    assert answer.status_code == 200, answer.text


def counters(simulator: Running) -> Json:
    found: Json = simulator.control("/counters").json()
    return found


def quiet(simulator: Running) -> None:
    eventually(lambda: counters(simulator)["pending"] == 0, 10)


def plans(seed: int, chances: WebhookChaos, phone: str, kind: str = "message", count: int = 400) -> list[Plan]:
    chaos = Chaos()
    chaos.set(ChaosSettings(seed, chances))
    made = Plans(chaos)
    return [made.make(phone, f"wamid.{n}", kind) for n in range(count)]


def test_a_seed_decides_and_phones_do_not_disturb_each_other() -> None:
    chances = WebhookChaos(duplicate=0.3, reorder=0.2, delay=(0.0, 1.0))
    alone = plans(7, chances, "49151")
    assert plans(7, chances, "49151") == alone
    assert plans(8, chances, "49151") != alone
    assert plans(7, chances, "49152") != alone
    chaos = Chaos()
    chaos.set(ChaosSettings(7, chances))
    made = Plans(chaos)
    mixed = [(made.make("49152", f"x{n}", "message"), made.make("49151", f"wamid.{n}", "message")) for n in range(400)]
    assert [mine for _, mine in mixed] == alone


def test_one_chance_does_not_shift_another() -> None:
    with_both = plans(7, WebhookChaos(duplicate=0.3, delay=(0.0, 1.0)), "49151")
    delayed = plans(7, WebhookChaos(delay=(0.0, 1.0)), "49151")
    assert [plan.wait for plan in with_both] == [plan.wait for plan in delayed]


def test_the_chances_are_what_was_asked_for() -> None:
    made = plans(3, WebhookChaos(duplicate=0.3, reorder=0.2, reorder_within=4), "49151", count=4000)
    twice = [plan for plan in made if plan.twin or plan.repeat_after is not None]
    assert 0.27 < len(twice) / 4000 < 0.33
    assert 0.4 < sum(plan.twin for plan in twice) / len(twice) < 0.6
    reordered = Counter(plan.may_be_passed for plan in made if plan.may_be_passed)
    assert 0.17 < sum(reordered.values()) / 4000 < 0.23
    assert set(reordered) == {1, 2, 3, 4}


def test_a_message_is_never_lost_and_one_status_of_it_at_most() -> None:
    chances = WebhookChaos(drop_status=0.9)
    assert not any(plan.dropped for kind in ("message", "failed", "system") for plan in plans(1, chances, "49151", kind))
    chaos = Chaos()
    chaos.set(ChaosSettings(1, chances))
    made = Plans(chaos)
    for n in range(200):
        lost = [made.make("49151", f"wamid.{n}", kind).dropped for kind in ("sent", "delivered", "read")]
        assert sum(lost) <= 1


def test_fates_of_calls() -> None:
    chaos = Chaos()
    chaos.set(ChaosSettings(5, graph=GraphChaos(error_5xx=0.2, pair=0.1, window_later=0.1)))
    found = [chaos.fate("49151") for _ in range(3000)]
    counted = Counter(found)
    assert set(counted) == {None, "error_5xx", "pair", "window_later"}
    assert 0.17 < counted["error_5xx"] / 3000 < 0.23
    chaos.set(chaos.settings)
    assert [chaos.fate("49151") for _ in range(3000)] == found


@pytest.mark.parametrize(
    "document",
    [
        {"seed": "x"},
        {"seed": True},
        {"colour": 1},
        {"webhooks": {"batch": 1.5}},
        {"webhooks": {"batch": True}},
        {"webhooks": {"delay": 3}},
        {"webhooks": {"delay": [2, 1]}},
        {"webhooks": {"drop_message": 0.1}},
        {"webhooks": {"reorder_within": 0}},
        {"webhooks": {"reorder_within": 1.5}},
        {"graph": {"rate": -0.1}},
        {"graph": {"rate": 0.6, "pair": 0.6}},
        {"graph": [1]},
    ],
)
def test_what_is_no_chaos(simulator: Running, document: Json) -> None:
    assert simulator.control("/chaos", document, method="PUT").status_code == 400


def test_settings_are_told_and_end_with_a_reset(simulator: Running) -> None:
    order(simulator, seed=7, webhooks={"batch": 0.3, "delay": [0, 1.5]}, graph={"timeout_after_accepting": 0.03})
    told = simulator.control("/chaos").json()
    assert (told["seed"], told["webhooks"]["batch"], told["webhooks"]["delay"]) == (7, 0.3, [0, 1.5])
    assert told["graph"]["timeout_after_accepting"] == 0.03
    assert parse_chaos(told).as_json() == told
    simulator.control("/reset", {})
    told = simulator.control("/chaos").json()
    assert told == ChaosSettings().as_json()
    assert all(told["graph"][name] == 0 for name in FATES)


def test_duplicates_carry_the_same_bytes(simulator: Running, clinic: Clinic) -> None:
    order(simulator, seed=1, webhooks={"duplicate": 1})
    for n in range(6):
        simulator.say(str(n))
    quiet(simulator)
    bodies = Counter(body for _, body in clinic.posts)
    assert sorted(bodies.values()) == [2] * 6
    assert counters(simulator)["webhooks_duplicated"] == 6
    lines = simulator.control("/transcript").json()["messages"]
    assert [line["posts"] for line in lines] == [2] * 6


def test_reordering_keeps_its_bound_and_loses_nothing(simulator: Running, clinic: Clinic) -> None:
    order(simulator, seed=2, webhooks={"reorder": 0.4, "reorder_within": 3})
    sent = [simulator.say(str(n)) for n in range(40)]
    quiet(simulator)
    came = [message["id"] for message in clinic.messages()]
    assert sorted(came) == sorted(sent)
    assert came != sent
    for place, wamid in enumerate(sent):
        overtook = [later for later in sent[place + 1 :] if came.index(later) < came.index(wamid)]
        assert len(overtook) <= 3


def test_delays_keep_the_order(simulator: Running, clinic: Clinic) -> None:
    order(simulator, seed=2, webhooks={"delay": [0.2, 0.4]})
    begin = time.monotonic()
    sent = [simulator.say(str(n)) for n in range(5)]
    assert not clinic.posts
    quiet(simulator)
    assert [message["id"] for message in clinic.messages()] == sent
    assert clinic.times[0] - begin >= 0.2


def test_a_status_may_never_come(simulator: Running, clinic: Clinic) -> None:
    simulator.say()
    order(simulator, seed=4, webhooks={"drop_status": 1})
    wamid = simulator.send(TEXT)
    quiet(simulator)
    assert [status["status"] for status in clinic.statuses(wamid)] == ["delivered"]
    assert counters(simulator)["statuses_dropped"] == 1


def test_batches_of_many_phones(simulator: Running, clinic: Clinic) -> None:
    order(simulator, seed=9, webhooks={"batch": 1, "batch_size": 50})
    simulator.control("/webhooks", {"pause": True})
    phones = [f"+49151500010{n:02}" for n in range(30)]
    sent: dict[str, list[str]] = {}
    for phone in phones:
        simulator.control("/phones", {"phone": phone})
        sent[phone] = [simulator.say(f"{n}", phone) for n in range(3)]
    simulator.control("/webhooks", {"pause": False})
    quiet(simulator)
    came = [message["id"] for message in clinic.messages()]
    assert Counter(came) == Counter(wamid for each in sent.values() for wamid in each)
    for each in sent.values():
        assert sorted(each, key=came.index) == each
    assert len(clinic.posts) < 30
    assert max(body.count(b'"id":"wamid') for _, body in clinic.posts) in range(10, 51)
    assert counters(simulator)["batched_updates"] == 90


def test_a_refused_batch_comes_again(simulator: Running, clinic: Clinic) -> None:
    order(simulator, webhooks={"batch": 1})
    clinic.answers[:] = [500]
    sent = [simulator.say(str(n)) for n in range(3)]
    quiet(simulator)
    assert set(sent) == {message["id"] for message in clinic.messages()}
    assert counters(simulator)["webhooks_refused"] == 1


@pytest.mark.parametrize(("style", "entries", "changes"), [("entries", 3, 1), ("changes", 1, 3), ("values", 1, 1)])
def test_three_ways_to_batch(simulator: Running, clinic: Clinic, style: str, entries: int, changes: int) -> None:
    for n in range(3):
        simulator.say(f"a/b {n} ü")
    eventually(lambda: len(clinic.posts) == 3)
    body = merge([body for _, body in clinic.posts], style)
    document = json.loads(body)
    assert len(document["entry"]) == entries
    assert len(document["entry"][0]["changes"]) == changes
    texts = [
        message["text"]["body"]
        for entry in document["entry"]
        for change in entry["changes"]
        for message in change["value"]["messages"]
    ]
    assert texts == [f"a/b {n} ü" for n in range(3)]
    assert rb"\u00fc" in body
    assert rb"a\/b" in body


def test_hundreds_of_phones_at_once(simulator: Running, clinic: Clinic) -> None:
    """A slow clinic does not make one phone wait for another."""
    order(simulator, seed=11, webhooks={"batch": 0.3, "duplicate": 0.2, "reorder": 0.2, "delay": [0, 0.3]})
    phones = [f"+4915160{n:05}" for n in range(300)]
    sent = {}
    for phone in phones:
        simulator.control("/phones", {"phone": phone})
        sent[phone] = simulator.say("Hi", phone)
    quiet(simulator)
    assert {message["id"] for message in clinic.messages()} == set(sent.values())
