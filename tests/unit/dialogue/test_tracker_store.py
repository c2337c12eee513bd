"""The tracker store: what stock Rasa would answer, from memory; and nothing that was not saved."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from dialogue import memory
from dialogue.tracker_store import RecentTrackerStore

# Rasa warns of auto-filled slots whenever a domain of one file is read.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    DOMAIN = Domain.from_yaml(
        """
version: "3.1"
intents: [greet, inform]
entities: [specialty]
slots:
  consent: {type: bool, influence_conversation: false, mappings: [{type: custom}]}
  doctor: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  booking_form: {required_slots: []}
responses:
  utter_hello: [{text: hello}]
"""
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/tracker.db"


@pytest.fixture
def store(url: str) -> Iterator[RecentTrackerStore]:
    made = RecentTrackerStore(DOMAIN, url)
    yield made
    made.engine.dispose()


def turn(number: int, after: Callable[[], list[Event]] = list) -> list[Event]:
    said = UserUttered(f"message {number}", {"name": "inform", "confidence": 0.9}, [], message_id=f"wamid.{number}")
    return [ActionExecuted("action_listen"), said, ActionExecuted("utter_hello"), BotUttered("hello"), *after()]


def talk(store: Any, sender: str, turns: range, after: Callable[[], list[Event]] = list) -> DialogueStateTracker:
    """`turns` of a conversation as Rasa has them: read, add events (`after`: the last turn's own), save."""
    for number in turns:
        tracker: DialogueStateTracker = asyncio.run(store.get_or_create_tracker(sender, append_action_listen=False))
        begin = [ActionExecuted("action_session_start"), SessionStarted()] if not tracker.events else []
        for event in [*begin, *turn(number, after if number == turns[-1] else list)]:
            tracker.update(event)
        asyncio.run(store.save(tracker))
    return tracker


def rows(store: SQLTrackerStore, sender: str) -> list[Any]:
    full = asyncio.run(store.retrieve_full_tracker(sender))
    return [event.as_dict() for event in full.events] if full else []


def state(tracker: DialogueStateTracker | None) -> Any:
    assert tracker is not None
    seen = tracker.current_state(EventVerbosity.NONE)
    found = {key: seen[key] for key in ("slots", "latest_action_name", "latest_message")}
    return {**found, "active_loop": seen["active_loop"].get("name")}


def test_what_is_written_is_what_the_stock_store_reads(store: RecentTrackerStore, url: str) -> None:
    talk(store, "1", range(3), lambda: [SlotSet("doctor", "anna"), ActiveLoop("booking_form")])
    stock = SQLTrackerStore(DOMAIN, host=url)
    assert rows(store, "1") == rows(stock, "1")
    assert len(rows(stock, "1")) == 2 + 3 * 4 + 2
    assert state(asyncio.run(stock.retrieve("1"))) == state(asyncio.run(store.retrieve("1")))


def test_what_the_stock_store_wrote_is_read(store: RecentTrackerStore, url: str) -> None:
    talk(SQLTrackerStore(DOMAIN, host=url), "1", range(3), lambda: [SlotSet("doctor", "anna")])
    found = asyncio.run(store.retrieve("1"))
    assert found is not None and found.get_slot("doctor") == "anna"
    talk(store, "1", range(3, 5))
    assert [row["text"] for row in rows(store, "1") if row["event"] == "user"] == [f"message {n}" for n in range(5)]


def test_a_known_conversation_is_not_read_back(store: RecentTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(store, "1", range(2))
    monkeypatch.setattr(store, "_read", lambda *args: pytest.fail("read from the database"))
    talk(store, "1", range(2, 4))


def raw(store: RecentTrackerStore) -> str:
    """All that the database holds of all conversations."""
    with store.engine.connect() as connection:
        return "\n".join(data for (data,) in connection.execute(sa.text("SELECT data FROM events ORDER BY id")))


def private(number: int) -> UserUttered:
    parse = {
        "text": f"my number is 1234{number}",
        "intent": {"name": "inform", "confidence": 0.9},
        "entities": [{"entity": "person", "value": f"Maria {number}", "start": 0, "end": 7}],
        "language": {"code": "de", "confidence": 0.9},
        "emergency": {"level": "likely", "signs": ["chest_pain"]},
    }
    return UserUttered(parse["text"], parse["intent"], parse["entities"], parse, message_id=f"wamid.P{number}")


def test_what_a_message_said_can_be_forgotten_and_what_it_meant_stays(store: RecentTrackerStore, url: str) -> None:
    talk(store, "1", range(1), lambda: [private(0), SlotSet("doctor", "anna"), private(1)])
    talk(store, "2", range(1), lambda: [private(0)])
    assert asyncio.run(store.forget("1", ["wamid.P0", "wamid.%"])) == 1
    assert raw(store).count("my number is 12340") == 2, "text and parse of the other conversation's"
    assert raw(store).count("Maria 0") == 1
    assert raw(store).count("chest_pain") == 3, "the next answer may be a yes to: is this happening now?"
    for server in (store, SQLTrackerStore(DOMAIN, host=url)):
        tracker = asyncio.run(server.retrieve("1"))
        assert tracker is not None and tracker.get_slot("doctor") == "anna"
        empty, kept = [event for event in tracker.events if isinstance(event, UserUttered)][1:]
        assert (empty.text, empty.entities, empty.message_id) == ("", [], "wamid.P0")
        assert (empty.intent_name, empty.parse_data["language"]["code"]) == ("inform", "de")
        assert kept.text == "my number is 12341"
    talk(store, "1", range(1, 3))
    assert raw(store).count("my number is 12340") == 2


def test_what_is_forgotten_is_not_in_another_servers_memory_either(store: RecentTrackerStore, url: str) -> None:
    other = RecentTrackerStore(DOMAIN, url)
    talk(store, "1", range(1), lambda: [private(0), SlotSet("doctor", "anna")])
    assert any("12340" in (event.get("text") or "") for event in rows(other, "1"))
    warm = asyncio.run(other.retrieve("1"))
    before = rows(store, "1")
    asyncio.run(store.forget("1", ["wamid.P0"]))
    found = asyncio.run(other.retrieve("1"))
    assert found is not None and found is not warm and found.get_slot("doctor") == "anna"
    assert "12340" not in str([event.as_dict() for event in found.events])
    assert [event["event"] for event in rows(store, "1")] == [event["event"] for event in before], (
        "none more, in their order"
    )
    talk(other, "1", range(1, 2))
    talk(store, "1", range(2, 3))
    assert len([row for row in rows(store, "1") if row["event"] == "user"]) == 4
    other.engine.dispose()


def test_what_nobody_said_is_not_forgotten(store: RecentTrackerStore) -> None:
    talk(store, "1", range(2))
    before = raw(store)
    assert [asyncio.run(store.forget("1", ids)) for ids in ([], ["wamid.NEVER"])] == [0, 0]
    assert asyncio.run(store.forget("nobody", ["wamid.0"])) == 0
    assert raw(store) == before


def test_nobody_is_nobody(store: RecentTrackerStore) -> None:
    assert asyncio.run(store.retrieve("nobody")) is None
    assert asyncio.run(store.retrieve_full_tracker("nobody")) is None


def test_an_empty_tracker_is_not_saved(store: RecentTrackerStore) -> None:
    asyncio.run(store.get_or_create_tracker("1", append_action_listen=False))
    assert rows(store, "1") == []


def test_a_turn_that_failed_half_way_leaves_nothing(store: RecentTrackerStore) -> None:
    talk(store, "1", range(2))
    broken = asyncio.run(store.retrieve("1"))
    assert broken is not None
    broken.update(SlotSet("doctor", "anna"))  # … and then the turn fails: no save
    again = asyncio.run(store.retrieve("1"))
    assert again is not None and again is not broken and again.get_slot("doctor") is None
    talk(store, "1", range(2, 3))
    assert [row["event"] for row in rows(store, "1")].count("slot") == 0


def test_what_another_server_wrote_is_seen(store: RecentTrackerStore, url: str) -> None:
    other = RecentTrackerStore(DOMAIN, url)
    talk(store, "1", range(2))
    talk(other, "1", range(2, 3), lambda: [SlotSet("doctor", "anna")])
    found = asyncio.run(store.retrieve("1"))
    assert found is not None and found.get_slot("doctor") == "anna"
    talk(store, "1", range(3, 4))
    talk(other, "1", range(4, 5))
    assert [row["text"] for row in rows(store, "1") if row["event"] == "user"] == [f"message {n}" for n in range(5)]
    other.engine.dispose()


def test_a_conversation_that_two_servers_write_at_once_loses_nothing(store: RecentTrackerStore, url: str) -> None:
    other = RecentTrackerStore(DOMAIN, url)
    talk(store, "1", range(1))
    mine, theirs = asyncio.run(store.retrieve("1")), asyncio.run(other.retrieve("1"))
    for tracker, where, number in ((mine, store, 1), (theirs, other, 2)):
        assert tracker is not None
        for event in turn(number):
            tracker.update(event)
        asyncio.run(where.save(tracker))
    for reader in (store, other):
        found = asyncio.run(reader.retrieve("1"))
        assert found is not None
        assert [e.text for e in found.events if isinstance(e, UserUttered)] == ["message 0", "message 1", "message 2"]
    other.engine.dispose()


def test_behind_rasas_fail_safe(store: RecentTrackerStore) -> None:
    talk(FailSafeTrackerStore(store), "1", range(3))
    assert [row["text"] for row in rows(store, "1") if row["event"] == "user"] == [f"message {n}" for n in range(3)]


def test_a_new_session_begins_a_new_tracker(store: RecentTrackerStore) -> None:
    tracker = talk(store, "1", range(2))
    for event in (ActionExecuted("action_session_start"), SessionStarted(), *turn(2)):
        tracker.update(event)
    asyncio.run(store.save(tracker))
    store._recent.clear()
    found = asyncio.run(store.retrieve("1"))
    assert found is not None
    assert [e.text for e in found.events if isinstance(e, UserUttered)] == ["message 2"]
    assert len(rows(store, "1")) == 2 + 8 + 2 + 4


def test_memory_is_bounded(store: RecentTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialogue.tracker_store.CACHED", 2)
    for sender in "abc":
        talk(store, sender, range(1))
    assert list(store._recent) == ["b", "c"]


# ── a long session ───────────────────────────────────────────────────────────────────────────────────


def test_a_long_session_keeps_its_last_turns_and_all_it_decided(store: RecentTrackerStore, url: str) -> None:
    def decided() -> list[Event]:
        return [SlotSet("consent", True), SlotSet("doctor", "anna"), ActiveLoop("booking_form")]

    talk(store, "1", range(2), decided)
    tracker = talk(store, "1", range(2, 100))
    users = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    assert memory.KEPT <= len(users) <= memory.MOST and users[-1] == "message 99"
    assert tracker.get_slot("doctor") == "anna" and tracker.active_loop_name == "booking_form"
    # a form replays the events: the state must come out of them alone
    replayed = DialogueStateTracker.from_events("1", list(tracker.events), DOMAIN.slots)
    assert state(replayed) == state(tracker)
    assert replayed.get_slot("consent") is True and replayed.active_loop_name == "booking_form"
    # nothing of it reaches the database
    assert [row["text"] for row in rows(store, "1") if row["event"] == "user"] == [f"message {n}" for n in range(100)]
    assert sum(row["event"] == "slot" for row in rows(store, "1")) == 2
    # and somebody who reads it all from the database comes to the same state
    stock = asyncio.run(SQLTrackerStore(DOMAIN, host=url).retrieve("1"))
    assert state(stock) == state(tracker)


def test_a_slot_that_was_emptied_stays_empty(store: RecentTrackerStore) -> None:
    talk(store, "1", range(1), lambda: [SlotSet("doctor", "anna"), ActiveLoop("booking_form")])
    talk(store, "1", range(1, 2), lambda: [SlotSet("doctor", None), ActiveLoop(None)])
    tracker = talk(store, "1", range(2, 60))
    assert tracker.get_slot("doctor") is None and tracker.active_loop_name is None


def test_what_was_said_to_a_message_is_still_found(store: RecentTrackerStore) -> None:
    tracker = talk(store, "1", range(60))
    assert [event.message_id for event in tracker.events if isinstance(event, UserUttered)][-1] == "wamid.59"
