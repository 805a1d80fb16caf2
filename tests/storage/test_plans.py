"""What is asked at every webhook, and what retention looks for, is answered from an index however full a table is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from chatbot.model import ChannelName
from chatbot.storage import dialect
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.upgrade import upgrade
from chatbot.storage.writes import SETTLED
from tests.storage.conftest import open_sqlite

Plan = Callable[[str], str]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """SQLite's plan for a query, on empty tables."""
    engine = sqlite_engine(tmp_path / "chatbot.db")
    upgrade(engine)
    engine.dispose()
    values = {"channel": "zalo", "keys": "[]", "before": 0.0}

    def explain(query: str) -> str:
        with closing(sqlite3.connect(tmp_path / "chatbot.db")) as database:
            return " / ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}", values))

    return explain


def test_a_repeated_event_is_found_without_reading_the_inbox_from_end_to_end(plan: Plan) -> None:
    found = plan(str(dialect.KNOWN))
    assert "SEARCH inbox USING COVERING INDEX" in found, found
    assert "SCAN inbox" not in found


def test_old_sends_are_found_without_reading_the_outbox_from_end_to_end(plan: Plan) -> None:
    found = plan(f"SELECT key FROM outbox WHERE outbox.updated_at < :before AND {SETTLED} LIMIT 9")
    assert "SEARCH outbox USING INDEX outbox_settled" in found, found


async def test_what_is_open_is_read_from_its_own_index_however_much_is_done(tmp_path: Path) -> None:
    asked: list[tuple[str, Any]] = []

    def listen(_c: object, _u: object, statement: str, values: Any, _x: object, _m: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    store = open_sqlite(tmp_path)
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        await store.pending(10)
        await store.pending(10, ["zalo:1:77"], [1])
        await store.open_sends()
        await store.requeued()
        await store.waiting_since([ChannelName.ZALO])
        await store.stranded([ChannelName.ZALO])
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
        await store.close()
    with closing(sqlite3.connect(tmp_path / "chatbot.db")) as database:
        plans = [database.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall() for query, values in asked]
    assert len(plans) == 8
    for (query, _), steps in zip(asked, plans, strict=True):
        assert all("_open" in row[3] for row in steps if "inbox" in row[3] or "outbox" in row[3]), (query, steps)
