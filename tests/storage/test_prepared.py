"""Many rows in one write: each as if it had come alone, in the order given, found by its key."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, bindparam, event, select, text, update

from chatbot.model import EventKind
from chatbot.storage import tables
from chatbot.storage.port import OutboxStatus, Outgoing
from chatbot.storage.prepared import AT_ONCE, together
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.store import SqlStore
from tests.storage.conftest import NOW, open_sqlite
from tests.storage.test_store import WHO, commit, payload
from tests.storage.test_store import event as arrived


async def asked(store: SqlStore, key: str) -> int:
    """A stored event's id."""
    (stored,) = await store.accept([arrived(key)], NOW)
    assert stored is not None
    return stored.id


async def queued(store: SqlStore, count: int) -> list[Outgoing]:
    """So many payloads of one turn."""
    rows = [payload(f"1:{number}", number + 1) for number in range(count)]
    await store.commit_turn(commit(await store.load(WHO), await asked(store, "a"), outgoing=tuple(rows)))
    return rows


@pytest.mark.parametrize("count", [1, 2, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 5])
async def test_every_row_is_written_and_changed(store: SqlStore, count: int) -> None:
    rows = await queued(store, count)
    assert [row.key for row in await store.open_sends()] == [row.key for row in rows]
    await store.mark([replace(row, status=OutboxStatus.FAILED, error=f"e{row.seq}") for row in rows[1:]])
    assert [row.key for row in await store.open_sends()] == ["1:0"]
    assert {letter.reason for letter in await store.dead()} == {f"e{row.seq}" for row in rows[1:]}


async def test_of_several_changes_of_one_row_in_one_batch_each_sees_what_the_one_before_left(store: SqlStore) -> None:
    row, other = await queued(store, 2)
    several = (
        [replace(row, status=OutboxStatus.SENDING, attempts=1), other],
        [replace(row, status=OutboxStatus.SENT, platform_id="m1"), replace(other, attempts=2)],
        [replace(row, status=OutboxStatus.QUEUED, error="cut"), replace(other, attempts=3)],
    )
    await asyncio.gather(*(store.mark(rows) for rows in several))
    assert await store.proof(row.key) == "m1", "nothing unsettles a send that is proved"
    assert [(left.key, left.attempts) for left in await store.open_sends()] == [(other.key, 3)]


async def test_what_is_changed_is_found_by_its_key_however_full_the_tables_are(tmp_path: Path) -> None:
    changes: list[tuple[str, Any]] = []

    def listen(_c: object, _u: object, statement: str, values: Any, _x: object, _m: bool) -> None:
        if " UPDATE " in f" {statement}":
            changes.append((statement, values))

    store = open_sqlite(tmp_path)
    rows = await queued(store, 3)
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        await store.mark(rows)
        await store.accept([replace(arrived("e", kind=EventKind.ECHO_OURS), metadata="1:0", platform_id="m")], NOW)
        await store.commit_turn(commit(await store.load(WHO), await asked(store, "b"), drop_queued=True))
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
        await store.close()
    with closing(sqlite3.connect(tmp_path / "chatbot.db")) as database:
        plans = [[row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {one}", values)] for one, values in changes]
    assert len(plans) == 6, "mark (two rows and one), echo, the event, the conversation, drop"
    for steps in plans:
        assert any("SEARCH" in step for step in steps), steps
        assert not any(f"SCAN {table}" in step for step in steps for table in tables.metadata.tables), steps


def test_a_statement_that_is_the_same_for_every_row_is_refused() -> None:
    with pytest.raises(ValueError, match="without parameters"):
        together(update(tables.outbox).values(status=text("1")))


async def test_a_statement_of_one_parameter(tmp_path: Path) -> None:
    outbox = tables.outbox.c
    dropped = together(update(tables.outbox).where(outbox.key == bindparam("row_key")).values(status=text("5")))
    store = open_sqlite(tmp_path)
    rows = await queued(store, 3)
    await store.close()
    engine = sqlite_engine(tmp_path / "chatbot.db")
    with engine.begin() as connection:
        dropped(connection, [{"row_key": row.key} for row in rows[:2]])
        assert connection.scalars(select(outbox.key).where(outbox.status == 5)).all() == ["1:0", "1:1"]
    engine.dispose()
