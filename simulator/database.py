"""One SQLite file that survives a kill: every change is committed before anybody is told about it.

WAL with synchronous=NORMAL loses nothing when the process dies (only a power cut could), and a commit costs
microseconds, so the event loop may call it directly.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS phones (
    wa_id TEXT PRIMARY KEY, name TEXT NOT NULL, user_id TEXT UNIQUE, language TEXT NOT NULL,
    direction TEXT NOT NULL, hides_number INTEGER NOT NULL DEFAULT 0, position INTEGER NOT NULL,
    identity_key TEXT, marketing TEXT NOT NULL DEFAULT 'resume'
);
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT NOT NULL, direction TEXT NOT NULL, wamid TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL, callback_data TEXT,
    to_user_id INTEGER NOT NULL DEFAULT 0, arrived REAL NOT NULL DEFAULT 0, acknowledged REAL,
    posts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS messages_of_a_phone ON messages (phone, seq);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT NOT NULL, wamid TEXT NOT NULL, kind TEXT NOT NULL,
    body BLOB NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, held_until REAL NOT NULL DEFAULT 0,
    may_be_passed INTEGER NOT NULL DEFAULT 0, twin INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_of_a_phone ON deliveries (phone, id);
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY, mime_type TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL, filename TEXT,
    ends TEXT
);
CREATE TABLE IF NOT EXISTS request_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    body TEXT NOT NULL, status INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, language TEXT NOT NULL,
    category TEXT NOT NULL, parameter_format TEXT NOT NULL, components TEXT NOT NULL, status TEXT NOT NULL,
    quality TEXT NOT NULL, rejected_reason TEXT NOT NULL, UNIQUE (name, language)
);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

#: Columns that a file from an earlier version lacks.
ADDED = {
    "messages": ("arrived REAL NOT NULL DEFAULT 0", "acknowledged REAL", "posts INTEGER NOT NULL DEFAULT 0"),
    "deliveries": (
        "held_until REAL NOT NULL DEFAULT 0",
        "may_be_passed INTEGER NOT NULL DEFAULT 0",
        "twin INTEGER NOT NULL DEFAULT 0",
    ),
    "media": ("ends TEXT",),
    "phones": ("identity_key TEXT", "marketing TEXT NOT NULL DEFAULT 'resume'"),
}

TABLES = ("phones", "messages", "deliveries", "media", "request_log", "switches", "templates")


class Database:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        for table, columns in ADDED.items():
            there = {row["name"] for row in self.all(f"PRAGMA table_info({table})")}
            for column in columns:
                if column.split()[0] not in there:
                    self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def run(self, sql: str, *values: Any) -> int:
        """Execute one change and return the new row's id."""
        return self._connection.execute(sql, values).lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Must not be held across an await: there is one connection for everybody."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def clear(self) -> None:
        with self.transaction():
            for table in TABLES:
                self._connection.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        self._connection.close()
