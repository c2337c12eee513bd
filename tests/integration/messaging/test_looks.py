"""What is looked for at every turn of a loop is found by an index, however long the history is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from clinic import database, media
from clinic.messaging import undelivered

LOOKS = [media.due, media.has_to_sweep, undelivered.listed, undelivered.pending]


def plans(look: Any) -> list[str]:
    """How SQLite would answer each question that `look` asks: one line for each table."""
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, values))

    engine = database.engine()
    event.listen(engine, "before_cursor_execute", listen)
    try:
        with database.read() as session:
            look(session)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    with engine.connect() as connection:
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values) for statement, values in asked]
        return [str(row[3]) for rows in found for row in rows]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.__module__}.{look.__name__}")
def test_no_look_walks_through_everything(look: Any, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL decides by how many rows there are")
    lines = [line for line in plans(look) if line.startswith(("SCAN", "SEARCH"))]
    assert lines and all("INDEX ix_" in line for line in lines), lines
