"""A PostgreSQL database for one measurement, on the server that the tests use too: CHATBOT_TEST_POSTGRES, else this
machine's. It is made, and dropped at the end; the server that DATABASE_URL names is left alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tests import postgres

HOW: Final = (
    f"not measured: no PostgreSQL (set {postgres.VARIABLE} to a role that may create databases, or start a server on "
    "127.0.0.1:5432)"
)


async def missing() -> str:
    """Why there is no server, or ""."""
    return "" if await asyncio.to_thread(postgres.server) else HOW


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """The address of a new database with the schema. Raises RuntimeError without a server."""
    if await missing():
        raise RuntimeError(HOW)
    async with postgres.database() as made:
        yield made
