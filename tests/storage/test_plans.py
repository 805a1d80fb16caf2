"""The question asked at every webhook is answered from an index, however full the table is."""

import sqlite3
from contextlib import closing
from pathlib import Path

from chatbot.storage import dialect
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.upgrade import upgrade


def test_a_repeated_event_is_found_without_reading_the_inbox_from_end_to_end(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "chatbot.db")
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "chatbot.db")) as database:
        values = {"channel": "zalo", "keys": "[]"}
        plan = " / ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {dialect.KNOWN}", values))
    assert "SEARCH inbox USING COVERING INDEX" in plan, plan
    assert "SCAN inbox" not in plan
