"""Reaching the PostgreSQL server that takes writes: one way to connect for every purpose."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import asyncpg
from sqlalchemy import Pool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chatbot.storage.location import Host, connect_timeout, hosts, place
from chatbot.storage.port import StoreDownError
from chatbot.storage.postgres_trouble import TROUBLE, NoServerError, reason

CONNECT_S: Final = 5.0
SEVERAL_CONNECT_S: Final = 2.0
"""The same where another server may be asked: one whose machine is gone answers nothing at all."""
CLOSE_S: Final = 1.0
"""How long an end is waited for."""
ANSWER_S: Final = 10.0
"""A server that does not answer for so long is cut off."""
OWNER_TIMEOUT_S: Final = 4
"""After so many seconds of silence the server ends a worker's session, and its locks with it: what is frozen or cut off
loses its parts. PostgreSQL 14 or newer."""
_DURABLE: Final = """
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
"""


class _Connection(asyncpg.Connection):  # type: ignore[misc] # it has no types
    """One whose end is not waited for where the network swallows it: the driver would, until TCP gives up."""

    async def close(self, *, timeout: float | None = CLOSE_S) -> None:  # noqa: ASYNC109 - the driver's signature
        """Say good-bye, or just go."""
        try:
            await super().close(timeout=timeout)
        except TimeoutError:
            self.terminate()


class Servers:
    """The servers of an address, of which one takes writes: the primary, wherever it is at the moment."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._hosts = list(hosts(url))
        self._patience_s = connect_timeout(url) or (CONNECT_S if len(self._hosts) == 1 else SEVERAL_CONNECT_S)

    @property
    def longest_s(self) -> float:
        """How long `dial` may take."""
        return 2 * self._patience_s * len(self._hosts)

    async def dial(self, purpose: str, **settings: str) -> asyncpg.Connection:
        """A connection that may write and whose commits are on disk. `settings` are the server's for this session. The
        server that was the right one the last time is asked first. Raises `TROUBLE`."""
        settings = {"application_name": f"chatbot {purpose} {os.getpid()}", **settings}
        refusals: list[tuple[Host, Exception]] = []
        for host in list(self._hosts):
            try:
                connection = await self._dial(host, settings)
            except TROUBLE as error:
                refusals.append((host, error))
            else:
                self._hosts.sort(key=lambda one: one is not host)
                return connection
        if len(refusals) == 1:
            raise refusals[0][1]
        raise NoServerError("; ".join(f"{host.name} {reason(error)}" for host, error in sorted(refusals, key=_name)))

    async def missing(self) -> Sequence[str]:
        """The servers of several that could not take over, and why. A standby says that it takes no writes."""
        found = []
        for host in self._hosts if len(self._hosts) > 1 else ():
            try:
                connection = await self._dial(host, {})
            except asyncpg.TargetServerAttributeNotMatched:
                continue
            except TROUBLE as error:
                found.append(f"{host.name} {reason(error)}")
            else:
                await connection.close()
        return found

    async def _dial(self, host: Host, settings: dict[str, str]) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            host.url,
            timeout=self._patience_s,
            target_session_attrs="read-write",
            server_settings=settings,
            connection_class=_Connection,
        )
        try:
            with cut_off(connection, self._patience_s):
                await connection.execute(_DURABLE)
        except BaseException:
            connection.terminate()
            raise
        return connection

    def engine(
        self, purpose: str, pool: type[Pool], settings: dict[str, str] | None = None, **choices: object
    ) -> AsyncEngine:
        """SQLAlchemy around `dial`; addresses are read by asyncpg, which knows all that libpq's addresses can say."""

        async def creator() -> asyncpg.Connection:
            return await self.dial(purpose, **(settings or {}))

        return create_async_engine(
            "postgresql+asyncpg://", async_creator=creator, poolclass=pool, hide_parameters=True, **choices
        )

    def why(self, error: BaseException) -> StoreDownError:
        """What went wrong while connecting or asking, and what to do."""
        return StoreDownError(f"{place(self._url)} {reason(error)}")


def _name(refusal: tuple[Host, Exception]) -> str:
    return refusal[0].name


@contextmanager
def cut_off(connection: asyncpg.Connection, seconds: float = ANSWER_S) -> Iterator[None]:
    """A connection that takes longer is ended: its question raises one of `TROUBLE`, and nobody waits for a network
    that swallows everything."""
    ending = asyncio.get_running_loop().call_later(seconds, connection.terminate)
    try:
        yield
    finally:
        ending.cancel()


async def bounded(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Do it within the time, or not at all; for closing what may be gone."""
    try:
        async with asyncio.timeout(seconds):
            await work()
    except TROUBLE:
        return
