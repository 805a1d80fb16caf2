"""A PostgreSQL server for tests, and databases on it that come and go.

The server is the one that CHATBOT_TEST_POSTGRES names (a role that may create databases), else one on 127.0.0.1:5432 in
which root, as user postgres, may make such a role. `python -m tests.postgres` prints its address, for `.ci/run`.
"""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from chatbot.storage.postgres_upgrade import upgrade_postgres

VARIABLE: Final = "CHATBOT_TEST_POSTGRES"
ROLE: Final = "chatbot_test"
LOCAL: Final = f"postgresql://{ROLE}:{ROLE}@127.0.0.1:5432/postgres"
_MAKE_ROLE: Final = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{ROLE}';
EXCEPTION WHEN duplicate_object THEN NULL; WHEN unique_violation THEN NULL; END $$
"""
_numbers = itertools.count(1)


@cache
def server() -> str | None:
    """The address of a server on which tests may create databases, or None."""
    if told := os.environ.get(VARIABLE):
        return told
    if asyncio.run(_answers(LOCAL)):
        return LOCAL
    if os.geteuid() != 0:
        return None
    command = ["su", "postgres", "-c", "psql -q -v ON_ERROR_STOP=1"]
    made = subprocess.run(command, input=_MAKE_ROLE, text=True, capture_output=True, check=False, cwd="/")
    return LOCAL if made.returncode == 0 and asyncio.run(_answers(LOCAL)) else None


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


def required_server() -> str:
    """The server, or the end of the test: skipped, or failed where nothing may be skipped (CI_REQUIRE_ALL=1)."""
    if (url := server()) is not None:
        return url
    sentence = f"no PostgreSQL: set {VARIABLE}, or start one on 127.0.0.1:5432 (apt-get install postgresql)"
    if os.environ.get("CI_REQUIRE_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


async def execute(url: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    connection = await asyncpg.connect(url, timeout=10)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


class Asker:
    """Asks a database on one connection from a thread of its own: also where a loop runs, and quicker than a new
    connection for each question. A lost connection is made anew."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._thread.submit(lambda: self._runner.run(self._fetch(query))).result()

    async def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if self._connection is not None:
                return [tuple(row) for row in await self._connection.fetch(query)]
        self._connection = await asyncpg.connect(self._url, timeout=10)
        return [tuple(row) for row in await self._connection.fetch(query)]

    def close(self) -> None:
        """Let the connection go."""
        self._thread.submit(lambda: self._runner.run(self._end())).result()
        self._thread.submit(self._runner.close)
        self._thread.shutdown()

    async def _end(self) -> None:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if self._connection is not None:
                await self._connection.close(timeout=2)


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    """The rows of one query; also where a loop runs."""
    with closing(Asker(url)) as asker:
        return asker.ask(query)


@asynccontextmanager
async def empty_database(on: str = "") -> AsyncIterator[str]:
    """The address of a new, empty database on the server (or on another); it is dropped at the end."""
    url = on or await asyncio.to_thread(required_server)
    name = f"{ROLE}_{os.getpid()}_{next(_numbers)}"
    await execute(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        await execute(url, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def database(on: str = "") -> AsyncIterator[str]:
    """The same with the schema."""
    async with empty_database(on) as made:
        await upgrade_postgres(made)
        yield made


async def fresh(on: str) -> str:
    """The address of a new database with the schema on a server that will be gone with it."""
    name = f"{ROLE}_{os.getpid()}_{next(_numbers)}"
    await execute(on, f"CREATE DATABASE {name}")
    url = urlunsplit(urlsplit(on)._replace(path=f"/{name}"))
    await upgrade_postgres(url)
    return url


@asynccontextmanager
async def copy(of: str) -> AsyncIterator[str]:
    """The address of a copy of a database that nobody uses: quicker than all migrations."""
    parts, name = urlsplit(of), f"{ROLE}_{os.getpid()}_{next(_numbers)}"
    maintenance = urlunsplit(parts._replace(path="/postgres"))
    await execute(maintenance, f"CREATE DATABASE {name} TEMPLATE {parts.path[1:]}")
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        await execute(maintenance, f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    found = server()
    sys.stdout.write(f"{found}\n" if found else "")
    sys.exit(0 if found else 1)
