"""Every store that the conformance suite runs on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatbot.storage.postgres import PostgresStore
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.store import SqlStore
from chatbot.storage.tables import metadata
from chatbot.storage.upgrade import upgrade
from tests.postgres import database, execute

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def open_sqlite(folder: Path) -> SqliteStore:
    """A store on a new file."""
    path = folder / "chatbot.db"
    engine = sqlite_engine(path)
    upgrade(engine)
    engine.dispose()
    return SqliteStore(path, SecretBox(key_from_file(folder / "key")), lambda: NOW)


def open_postgres(url: str, folder: Path, *, worker: bool = False) -> PostgresStore:
    """A store on a database with the schema."""
    return PostgresStore(url, SecretBox(key_from_file(folder / "key")), lambda: NOW, worker=worker)


@pytest.fixture(scope="session")
def one_database() -> Iterator[str]:
    """A PostgreSQL database that tests empty for themselves."""
    with asyncio.Runner() as runner:
        made = database()
        yield runner.run(made.__aenter__())
        runner.run(made.__aexit__(None, None, None))


@pytest.fixture
def postgres_url(one_database: str) -> str:
    """The same, empty."""
    names = ", ".join(f'"{name}"' for name in metadata.tables)
    asyncio.run(execute(one_database, f"TRUNCATE {names} RESTART IDENTITY"))
    return one_database


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a store lives: a folder, or an address."""
    found: Path | str = tmp_path if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def store(place: Path | str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """Each store in turn, empty."""
    made: SqlStore = open_sqlite(place) if isinstance(place, Path) else open_postgres(place, tmp_path)
    yield made
    await made.close()
