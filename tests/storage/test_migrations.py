"""Every migration from the first schema on, with data in the tables, on both databases."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, NullPool

from chatbot.storage.port import StoreError
from chatbot.storage.postgres_connect import Servers
from chatbot.storage.postgres_upgrade import upgrade_postgres
from chatbot.storage.rows import inbox_row
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.store import SqlStore
from chatbot.storage.tables import metadata
from chatbot.storage.upgrade import current, newest, upgrade
from tests.postgres import ask, empty_database, execute
from tests.storage.conftest import NOW, open_postgres
from tests.storage.test_store import WHO, event

FIRST = "0001"
BODY = inbox_row(event("a"), NOW)["body"].hex()
ROWS = (
    "INSERT INTO inbox (id, channel, event_key, conversation, part, kind, platform_at, received_at, body, status,"
    " error)"
    f" VALUES (1, 'zalo', 'k1', '{WHO}', 3, 'text', 1.5, 2.5, {{body}}, 0, ''),"
    f" (2, 'zalo', 'k2', '{WHO}', 3, 'text', 1.5, 2.5, NULL, 2, 'KeyError')",
    "INSERT INTO conversation (key, part, version, session, last_event_at, updated_at)"
    f" VALUES ('{WHO}', 3, 4, {{session}}, 1.5, 2.5)",
    "INSERT INTO outbox (key, conversation, part, channel, seq, payload, text, status, attempts, platform_id,"
    " error, updated_at)"
    f" VALUES ('9:0', '{WHO}', 3, 'zalo', 576, {{session}}, 'chào', 0, 0, '', '', 2.5)",
)


def rows(quote: str) -> Sequence[str]:
    """The first version's data, with its bytes as the database writes them."""
    return [row.format(body=quote.format(BODY), session=quote.format(b"{}".hex())) for row in ROWS]


async def survived(store: SqlStore) -> None:
    """What the first version wrote is what this version reads."""
    assert [one.event for one in await store.pending(10)] == [event("a")]
    assert (await store.load(WHO)).version == 4
    assert [(row.key, row.seq) for row in await store.open_sends()] == [("9:0", 576)]
    assert await store.dead() == []
    await store.close()


def differences(connection: Connection) -> list[object]:
    """Where the migrated schema is not that of `tables`."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def test_sqlite_from_the_first_version_on(tmp_path: Path) -> None:
    path = tmp_path / "chatbot.db"
    engine = sqlite_engine(path)
    upgrade(engine, FIRST)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(";".join(rows("x'{}'")))
        database.commit()
    assert current(engine) == FIRST
    upgrade(engine)
    upgrade(engine)
    assert current(engine) == newest()
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()

    async def look() -> None:
        from chatbot.storage.secret_box import SecretBox, key_from_file

        await survived(SqliteStore(path, SecretBox(key_from_file(tmp_path / "key")), lambda: NOW))

    asyncio.run(look())


async def test_postgresql_from_the_first_version_on(tmp_path: Path) -> None:
    async with empty_database() as url:
        await upgrade_postgres(url, FIRST)
        await execute(url, *rows("'\\x{}'"))
        await upgrade_postgres(url)
        await upgrade_postgres(url)
        assert ask(url, "SELECT version_num FROM alembic_version") == [(newest(),)]
        server = Servers(url).engine("test", NullPool)
        async with server.connect() as connection:
            assert await connection.run_sync(differences) == []
        await server.dispose()
        await survived(open_postgres(url, tmp_path))


def test_a_schema_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "chatbot.db")
    upgrade(engine)
    with closing(sqlite3.connect(tmp_path / "chatbot.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(StoreError, match="newer program"):
        upgrade(engine)
    engine.dispose()
