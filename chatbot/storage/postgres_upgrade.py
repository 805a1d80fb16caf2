"""The schema of a PostgreSQL database: brought up to date by `chatbot db upgrade`, compared at every start."""

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection, NullPool, text

from chatbot.storage.postgres_connect import Servers
from chatbot.storage.postgres_trouble import TROUBLE
from chatbot.storage.upgrade import migrate, revision

_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(1112037448, 100)")
"""Two upgrades of one database run one after the other."""
Answer = TypeVar("Answer")


async def current_postgres(url: str) -> str | None:
    """The schema revision of a PostgreSQL database; None for an empty one. Raises StoreError."""
    return await _on_postgres(url, revision)


async def upgrade_postgres(url: str, to: str = "head") -> None:
    """Run the migrations that are missing on PostgreSQL; harmless when there are none. Raises StoreError."""

    def run(connection: Connection) -> None:
        connection.execute(_ONE_AT_A_TIME)
        migrate(connection, to)

    await _on_postgres(url, run)


async def _on_postgres(url: str, work: Callable[[Connection], Answer]) -> Answer:
    servers = Servers(url)
    server = servers.engine("upgrade", NullPool)
    try:
        async with server.begin() as connection:
            return await connection.run_sync(work)
    except TROUBLE as error:
        raise servers.why(error) from error
    finally:
        await server.dispose()
