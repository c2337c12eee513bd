"""Rasa's SQL tracker store, without reading a whole conversation back for every message.

`endpoints.yml: tracker_store: {type: dialogue.tracker_store.RecentTrackerStore, url: …}`. Same table, same rows; any
number of Rasa servers may share it (one question for the newest row shows whether another one has written).
Measured beside the stock store in docs/decisions/0011.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Collection, Dict, List, Optional, Text, Type

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from dialogue import runner
from dialogue.memory import keep_recent

# Trackers in memory: some 20 kB each.
CACHED = 2000
_ROWS = SQLTrackerStore.SQLEvent.__table__
# What stays of a message that was taken back. The signs of danger: the next answer may be a yes to "is it happening now?"
_KEPT_OF_A_PARSE = ("intent", "language", "message_id")
_KEPT_OF_A_DANGER = ("level", "signs")
_NEWEST = sa.select(sa.func.max(_ROWS.c.id)).where(_ROWS.c.sender_id == sa.bindparam("sender"))
_SINCE = sa.select(sa.func.max(_ROWS.c.id), sa.func.count()).where(
    _ROWS.c.sender_id == sa.bindparam("sender"), _ROWS.c.id > sa.bindparam("before")
)
_INSERT = sa.insert(_ROWS)
_SESSION_START = (
    sa.select(sa.func.max(_ROWS.c.timestamp))
    .where(_ROWS.c.sender_id == sa.bindparam("sender"), _ROWS.c.type_name == SessionStarted.type_name)
    .scalar_subquery()
)
_ALL = sa.select(_ROWS.c.data).where(_ROWS.c.sender_id == sa.bindparam("sender")).order_by(_ROWS.c.id)
_LATEST_SESSION = _ALL.where(sa.or_(_ROWS.c.timestamp >= _SESSION_START, _SESSION_START.is_(None)))


@dataclass
class Saved:
    """Up to where a tracker stands in the database: its last event there, and the newest row's id."""

    event: Optional[Event]
    newest: Optional[int]


def _event_types() -> Dict[str, Type[Event]]:
    """Rasa looks through all classes for every event that it reads; one dictionary does."""
    return {kind.type_name: kind for kind in all_subclasses(Event)}


def _row(sender: Text, event: Event) -> Dict[Text, Any]:
    """The columns as Rasa's own store fills them."""
    data = event.as_dict()
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _without_words(event: Dict[Text, Any]) -> Dict[Text, Any]:
    parse = event.get("parse_data") or {}
    danger = parse.get("emergency") or {}
    kept = {key: parse[key] for key in _KEPT_OF_A_PARSE if key in parse}
    kept["emergency"] = {key: danger[key] for key in _KEPT_OF_A_DANGER if key in danger}
    return {**event, "text": "", "parse_data": {**kept, "text": "", "entities": []}}


def _write_ahead(connection: Any, _record: Any) -> None:
    """Readers do not wait for writers, and a commit appends to one file."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


class RecentTrackerStore(SQLTrackerStore):
    """Keeps the trackers of recent conversations in memory, and writes only what is new."""

    def __init__(self, domain: Optional[Domain] = None, host: Optional[Text] = None, **kwargs: Any) -> None:
        """`host` is the database's URL, as Rasa hands `url` over."""
        super().__init__(domain=domain, host=host, **kwargs)
        runner.install()  # the one part of ours that every Rasa server makes before its first message
        if self.engine.dialect.name == "sqlite":
            self._pool_sqlite()
        self._types = _event_types()
        self._recent: OrderedDict[Text, DialogueStateTracker] = OrderedDict()

    engine: Engine

    def _pool_sqlite(self) -> None:
        """SQLAlchemy opens an SQLite file anew for every transaction unless it is told not to."""
        engine = sa.create_engine(
            self.engine.url, poolclass=QueuePool, connect_args={"check_same_thread": False, "timeout": 10}
        )
        sa.event.listen(engine, "connect", _write_ahead)
        self.engine.dispose()
        self.engine = engine
        self.sessionmaker = sa.orm.session.sessionmaker(bind=engine)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The latest session's tracker: from memory while nobody else has written, else from the database."""
        with self.engine.connect() as connection:
            newest = self._newest(connection, sender_id)
            tracker = self._recent.get(sender_id)
            if tracker is not None and self._is_as_saved(tracker, newest):
                self._recent.move_to_end(sender_id)
                return tracker
            self._recent.pop(sender_id, None)
            tracker = self._read(connection, sender_id, newest, _LATEST_SESSION)
        if tracker is not None:
            keep_recent(tracker)
            self._remember(tracker)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: Text) -> Optional[DialogueStateTracker]:
        """Everything that was ever said, read from the database; not kept."""
        with self.engine.connect() as connection:
            return self._read(connection, conversation_id, self._newest(connection, conversation_id), _ALL)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not in the database yet."""
        if not tracker.events:
            return
        saved: Optional[Saved] = getattr(tracker, "saved", None)
        with self.engine.begin() as connection:
            before = saved.newest if saved else self._newest(connection, tracker.sender_id)
            new = self._new_events(tracker, before)
            if not new:
                return
            if self.event_broker is not None:
                await self._stream_new_events(self.event_broker, new, tracker.sender_id)
            connection.execute(_INSERT, [_row(tracker.sender_id, event) for event in new])
            given = {"sender": tracker.sender_id, "before": before or 0}
            newest, written = connection.execute(_SINCE, given).one()
        # Rows of another server among them, or before the first turn here: memory may not hold everything.
        alone = written == len(new) and (saved is not None or before is None)
        tracker.saved = Saved(tracker.events[-1], newest)
        if alone:
            keep_recent(tracker)
            self._remember(tracker)
        else:
            self._recent.pop(tracker.sender_id, None)

    async def forget(self, sender_id: Text, message_ids: Collection[Text]) -> int:
        """Take the words of these messages out of the conversation; how many were found.

        Their intent, language and signs of danger stay. Other servers read the conversation anew.
        """
        found = [_ROWS.c.data.contains(json.dumps(one), autoescape=True) for one in message_ids]
        theirs = sa.select(_ROWS.c.id, _ROWS.c.data).where(
            _ROWS.c.sender_id == sender_id, _ROWS.c.type_name == UserUttered.type_name, sa.or_(sa.false(), *found)
        )
        with self.engine.begin() as connection:
            said = [(row, json.loads(data)) for row, data in connection.execute(theirs)]
            said = [(row, event) for row, event in said if event.get("message_id") in message_ids]
            for row, event in said:
                kept = _ROWS.update().where(_ROWS.c.id == row)
                connection.execute(kept.values(data=json.dumps(_without_words(event))))
            if said:
                self._renew(connection, sender_id)
        self._recent.pop(sender_id, None)
        return len(said)

    def _renew(self, connection: Connection, sender: Text) -> None:
        """The conversation's last row gets a new id: that is how other servers see that theirs is not the latest."""
        newest = self._newest(connection, sender)
        columns = [column for column in _ROWS.c if column.name != "id"]
        again = sa.select(*columns).where(_ROWS.c.id == newest)
        connection.execute(_INSERT.from_select([column.name for column in columns], again))
        connection.execute(_ROWS.delete().where(_ROWS.c.id == newest))

    def _new_events(self, tracker: DialogueStateTracker, newest: Optional[int]) -> List[Event]:
        if newest is None:
            return list(tracker.events)
        saved: Optional[Saved] = getattr(tracker, "saved", None)
        if saved is None:  # not from this store: built by hand
            with self.session_scope() as session:
                return list(self._additional_events(session, tracker))
        new: List[Event] = []
        for event in reversed(tracker.events):
            if event is saved.event:
                break
            new.append(event)
        return new[::-1]

    @staticmethod
    def _newest(connection: Connection, sender: Text) -> Optional[int]:
        newest: Optional[int] = connection.execute(_NEWEST, {"sender": sender}).scalar()
        return newest

    @staticmethod
    def _is_as_saved(tracker: DialogueStateTracker, newest: Optional[int]) -> bool:
        """Whether memory and database agree: a turn that failed half-way leaves events that were never saved."""
        saved: Saved = tracker.saved
        return saved.newest == newest and bool(tracker.events) and tracker.events[-1] is saved.event

    def _read(
        self, connection: Connection, sender: Text, newest: Optional[int], query: sa.sql.Select
    ) -> Optional[DialogueStateTracker]:
        if newest is None:
            return None
        events = [self._event(json.loads(data)) for (data,) in connection.execute(query, {"sender": sender})]
        tracker = DialogueStateTracker.from_events(sender, [event for event in events if event], self.domain.slots)
        tracker.saved = Saved(tracker.events[-1] if tracker.events else None, newest)
        return tracker

    def _event(self, parameters: Dict[Text, Any]) -> Optional[Event]:
        kind = self._types.get(parameters.get("event", ""))
        return kind._from_parameters(parameters) if kind else Event.from_parameters(parameters)

    def _remember(self, tracker: DialogueStateTracker) -> None:
        self._recent[tracker.sender_id] = tracker
        self._recent.move_to_end(tracker.sender_id)
        while len(self._recent) > CACHED:
            self._recent.popitem(last=False)
