"""From a SQLite file to an empty PostgreSQL database, in one transaction: all of it arrives, or nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, String, Table, func, select

from chatbot.storage import tables
from chatbot.storage.port import SEQ_STEP, StoreError
from chatbot.storage.postgres_connect import Servers, bounded
from chatbot.storage.postgres_trouble import TROUBLE
from chatbot.storage.sqlite import sqlite_engine

BATCH: Final = 5000
"""Rows between two looks at the progress."""
Progress = Callable[[int, int], None]
"""Rows done, rows in all."""


class MoveError(StoreError):
    """Nothing was moved; the message says why."""


async def move(source: Path, url: str, progress: Progress) -> dict[str, int]:
    """Copy every table; both sides have this program's schema, and nobody works on either.

    Returns the rows of each table. Raises MoveError, StoreError; then the target is as it was.
    """
    engine, servers = sqlite_engine(source), Servers(url)
    try:
        target = await servers.dial("move")
    except TROUBLE as error:
        raise servers.why(error) from error
    try:
        with engine.connect() as old:
            async with target.transaction():
                return await _copy(old, target, progress)
    except TROUBLE as error:
        raise MoveError(f"PostgreSQL refused the copy ({type(error).__name__}: {error}); nothing was moved") from error
    finally:
        await bounded(target.close, 5)
        engine.dispose()


async def _copy(old: Connection, target: asyncpg.Connection, progress: Progress) -> dict[str, int]:
    counts = {table.name: _count(old, table) for table in tables.metadata.sorted_tables}
    await _refuse_what_is_there(target)
    done, total = 0, sum(counts.values())
    for table in tables.metadata.sorted_tables:
        for rows in _batches(old, table):
            await target.copy_records_to_table(table.name, records=rows, columns=table.columns.keys())
            done += len(rows)
            progress(done, total)
        if (arrived := await target.fetchval(f'SELECT count(*) FROM "{table.name}"')) != counts[table.name]:  # noqa: S608
            raise MoveError(f"{table.name}: {counts[table.name]} rows left, {arrived} arrived; nothing was moved")
    await _go_on_counting(target)
    return counts


async def _refuse_what_is_there(target: asyncpg.Connection) -> None:
    """An empty database, and nobody else in it until the end."""
    names = [f'"{table.name}"' for table in tables.metadata.sorted_tables]
    await target.execute("SET LOCAL lock_timeout = '5s'")
    await target.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
    for name in names:
        if await target.fetchval(f"SELECT EXISTS (SELECT FROM {name})"):  # noqa: S608 - our own names
            raise MoveError(f"the PostgreSQL database is not empty (table {name}): move into a new one")


def _batches(old: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    limits = [_limit(table, name) for name in table.columns.keys()]  # noqa: SIM118 - a collection of columns
    found = old.execute(select(table)).yield_per(BATCH).partitions()
    for rows in found:
        yield [tuple(_fit(value, limit) for value, limit in zip(row, limits, strict=True)) for row in rows]


def _limit(table: Table, name: str) -> int | None:
    """How long a text may be; a key is never cut."""
    column = table.columns[name]
    return column.type.length if isinstance(column.type, String) and not column.primary_key else None


def _fit(value: Any, limit: int | None) -> Any:
    """SQLite holds zero characters and texts beyond their limit, PostgreSQL neither."""
    return value.replace("\x00", "")[:limit] if isinstance(value, str) else value


def _count(old: Connection, table: Table) -> int:
    return int(old.scalar(select(func.count()).select_from(table)) or 0)


async def _go_on_counting(target: asyncpg.Connection) -> None:
    """Every sequence behind what is there. Turns and sends are named after inbox ids: none may come again."""
    for table in tables.metadata.sorted_tables:
        for column in table.primary_key:
            sequence = await target.fetchval("SELECT pg_get_serial_sequence($1, $2)", f'"{table.name}"', column.name)
            if sequence:
                newest = f'SELECT max("{column.name}") FROM "{table.name}"'  # noqa: S608 - our own names
                await target.execute(f"SELECT setval('{sequence}', greatest(1, ({newest})))")
    used = f"SELECT greatest((SELECT max(id) FROM turn), (SELECT max(seq) / {SEQ_STEP} FROM outbox))"  # noqa: S608
    await target.execute(f"SELECT setval('inbox_id_seq', greatest((SELECT last_value FROM inbox_id_seq), ({used})))")  # noqa: S608
