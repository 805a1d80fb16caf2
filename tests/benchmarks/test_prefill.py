"""Files with many stored conversations are files that the bot itself could have written."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.prefill import EVENTS, TURNS, citizen, prefill
from chatbot.app import utc_now
from chatbot.storage.rows import part_of
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore
from tests.app.whole import Whole, whole_bot

STORED = 500


async def _sample(whole: Whole) -> int:
    for number in range(7):
        await whole.messenger.text(f"50000000000{number}", f"câu số {number}")
    await whole.settle()
    return len(whole.rows("SELECT id FROM turn"))


async def test_stored_conversations_are_whole_and_nothing_waits(tmp_path: Path) -> None:
    """Counts, names, parts, versions; new events follow behind."""
    async with whole_bot(tmp_path) as whole:
        turns = await _sample(whole)
        sample = whole.database
    target = tmp_path / "many.db"
    prefill(sample, target, STORED, lambda _what: None)
    with closing(sqlite3.connect(target)) as database:
        count = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("conversation", "turn", "outbox", "inbox")
        }
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        page = database.execute("SELECT conversation FROM turn ORDER BY id LIMIT 1").fetchone()[0].rpartition(":")[0]
        parts = database.execute("SELECT key, part FROM conversation").fetchall()
        newest = database.execute("SELECT max(id) FROM turn").fetchone()[0]
        indexes = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outbox_open'").fetchone()
    assert count["conversation"] >= STORED
    assert count["turn"] == turns + STORED * TURNS
    assert count["outbox"] >= STORED
    assert count["inbox"] >= STORED * TURNS // EVENTS
    assert all(part == part_of(key) for key, part in parts)
    assert indexes == (1,)
    store = SqliteStore(target, SecretBox(key_from_file(tmp_path / "key")), utc_now)
    try:
        assert (await store.pending(10), await store.open_sends()) == ([], [])
        known = await store.load(f"{page}:{citizen(STORED - 1)}")
        assert known.version == 1
    finally:
        await store.close()
    assert newest >= STORED
