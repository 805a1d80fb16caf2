"""What is asked at every webhook, and what retention looks for, is answered from an index however full a table is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.storage import dialect
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.upgrade import upgrade
from chatbot.storage.writes import SETTLED

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
