"""Reaching a PostgreSQL server: one way to connect for every purpose, and sentences for what goes wrong."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy import Pool
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chatbot.storage.port import StoreError

CONNECT_S: Final = 5.0
ANSWER_S: Final = 10.0
"""A server that does not answer for so long is cut off."""
OWNER_TIMEOUT_S: Final = 4
"""After so many seconds of silence the server ends a worker's session, and its locks with it: what is frozen or cut off
loses its parts. PostgreSQL 14 or newer."""
TROUBLE: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    SQLAlchemyError,
)
"""What a connection may raise while it is made or used. The internal one comes between the server's last word (that a
session was silent for too long), said while nobody asked, and the end of the connection."""


async def dial(url: str, purpose: str, **settings: str) -> asyncpg.Connection:
    """A connection whose commits are on disk. `settings` are the server's for this session. Raises `TROUBLE`."""
    connection = await asyncpg.connect(
        url, timeout=CONNECT_S, server_settings={"application_name": f"chatbot {purpose} {os.getpid()}", **settings}
    )
    with cut_off(connection, CONNECT_S):
        await connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    return connection


@contextmanager
def cut_off(connection: asyncpg.Connection, seconds: float = ANSWER_S) -> Iterator[None]:
    """A connection that takes longer is ended: its question raises one of `TROUBLE`, and nobody waits for a network
    that swallows everything."""
    ending = asyncio.get_running_loop().call_later(seconds, connection.terminate)
    try:
        yield
    finally:
        ending.cancel()


def engine(
    url: str, purpose: str, pool: type[Pool], settings: dict[str, str] | None = None, **choices: object
) -> AsyncEngine:
    """SQLAlchemy around `dial`; the address is read by asyncpg, which knows all that libpq's addresses can say."""

    async def creator() -> asyncpg.Connection:
        return await dial(url, purpose, **(settings or {}))

    return create_async_engine("postgresql+asyncpg://", async_creator=creator, poolclass=pool, **choices)


def place(url: str) -> str:
    """The address without user and password, for people."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2] or "the local socket"
    return f"PostgreSQL at {host}{parts.path}"


def why(url: str, error: BaseException) -> StoreError:
    """What went wrong while connecting, and what to do."""
    match error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error:
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            reason = "refuses the login: check user and password in DATABASE_URL"
        case asyncpg.InvalidCatalogNameError():
            reason = "has no such database: create it (createdb), then run `chatbot db upgrade`"
        case asyncpg.TooManyConnectionsError():
            reason = "takes no more connections: raise max_connections or run fewer processes"
        case asyncpg.ProtocolViolationError() | asyncpg.UndefinedObjectError():
            reason = (
                "does not take the session's settings: PostgreSQL 14 or newer is needed, and a direct connection "
                "(not through PgBouncer)"
            )
        case asyncpg.PostgresError() as said if not isinstance(said, asyncpg.PostgresConnectionError):
            reason = f"cannot be used ({said})"
        case _:
            reason = f"cannot be reached ({type(error).__name__}): is it running, and is DATABASE_URL right?"
    return StoreError(f"{place(url)} {reason}")


async def bounded(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Do it within the time, or not at all; for closing what may be gone."""
    try:
        async with asyncio.timeout(seconds):
            await work()
    except TROUBLE:
        return
