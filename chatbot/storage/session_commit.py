"""Group commit on PostgreSQL: one task with one connection, made anew whenever it is lost.

The connection is more than a way to write: a worker owns its parts through locks that live and die with it. So work
that presupposes ownership (turns, marks) belongs to the connection on which it was handed over and fails with it; any
other work is idempotent by key and is done again on the next connection: a lost answer to a commit tells nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from random import random
from time import monotonic
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chatbot.storage.group_commit import LARGEST_BATCH, Job, commit, fail, resolve
from chatbot.storage.port import StoreDownError, StoreError
from chatbot.storage.postgres_connect import ANSWER_S, CLOSE_S, Servers, bounded, cut_off
from chatbot.storage.postgres_trouble import told
from chatbot.storage.writes import Batch

Answer = TypeVar("Answer")
Errand = Callable[[asyncpg.Connection], Awaitable[Any]]
ERRAND: Final = "errand"
BOUND: Final = frozenset({"turn", "mark", "bury", "blame", ERRAND})
"""Kinds of work that belong to the connection on which they were handed over, or must not be done again."""
HEARTBEAT_S: Final = 1.0
SURE_S: Final = 3.0
"""So long after a question that the server answered, the session surely lives: less than the server's time-out."""
PATIENCE_S: Final = 2.0
"""How long work waits for a server that cannot be reached, and is done again where connections end."""
LONGEST_PAUSE_S: Final = 1.0
_WHOLE: Final = ("08", "25", "53", "57", "58", "42501", "42P01")
"""SQLSTATEs in which the server refuses everything: connection, read-only, resources, operator, system, privilege, and
a table that is missing."""
_OVER: Final = ("08", "25006", "25P03", "57P0")
"""After these the session is of no use: another server may take the writes, or this one has said good-bye."""
_BURY: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid = $1 AND usename = current_user AND application_name = current_setting('application_name')
"""
"""The session before this one may live on at the server, with its locks: in a commit that waits for a standby, or
behind a network that is gone."""
_UNSURE: Final = "the commit was not confirmed: somebody ended its wait for a standby"


class SessionCommit:
    """`opened` is called with each new connection, `lost` at once when it is gone, before anybody learns of it."""

    def __init__(
        self,
        servers: Servers,
        engine: AsyncEngine,
        kinds: Mapping[str, Batch],
        *,
        opened: Errand,
        lost: Callable[[], None],
        answer_s: float = ANSWER_S,
    ) -> None:
        self._answer_s = answer_s
        self._servers = servers
        self._engine = engine
        self._kinds = kinds
        self._opened = opened
        self._lost = lost
        self._jobs: deque[Job[Any]] = deque()
        self._at_work: list[Job[Any]] = []
        self._wake = asyncio.Event()
        self._closed = False
        self.session = 1
        """The number of the connection; another when it was lost."""
        self._confirmed = 0.0
        self._raw: asyncpg.Connection | None = None
        self._pid = 0  # the server's process behind it
        self._warned = False
        self._task = asyncio.create_task(self._run())

    @property
    def sure(self) -> bool:
        """Does the session surely live, and its locks with it?"""
        return monotonic() - self._confirmed < SURE_S

    async def do(self, kind: str, argument: Any) -> Any:
        """Hand the work over and return its result once it is on disk. Raises StoreError."""
        if self._closed:
            raise StoreError("the store is closed")
        session = self.session if kind in BOUND else 0
        job: Job[Any] = Job(kind, argument, asyncio.get_running_loop().create_future(), session, monotonic())
        self._jobs.append(job)
        self._wake.set()
        return await job.future

    async def errand(self, work: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
        """Do something on the connection itself, between two transactions. Raises StoreError."""
        answer: Answer = await self.do(ERRAND, work)
        return answer

    async def close(self) -> None:
        """Finish what was handed over, then let the connection go; a server that does not answer is not waited for."""
        self._closed = True
        self._wake.set()
        if not (await asyncio.wait({self._task}, timeout=CLOSE_S))[0]:
            if self._raw is not None:
                self._raw.terminate()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._jobs.extend(self._at_work)
            self._give_up(StoreDownError("the store is closed"))

    async def _run(self) -> None:
        """The task. After trouble of any kind a new connection: without it everybody would wait for ever."""
        while (connection := await self._connect()) is not None:
            raw = await _driver(connection)
            try:
                await self._serve(connection, raw)
            except BaseException as error:
                self._end_session()
                await _let_go(connection, raw)
                if not isinstance(error, Exception):
                    raise
            else:
                await bounded(connection.close, 1)
                return

    async def _connect(self) -> AsyncConnection | None:
        """A connection that is ready for work; None when the store is closed first."""
        pause = 0.05
        while True:
            began = monotonic()
            try:
                connection = await self._open()
            except Exception as error:  # noqa: BLE001 - as above
                self._give_up(self._servers.why(error))
                if self._closed and not self._jobs:
                    return None
                await asyncio.sleep(pause * (0.5 + random() / 2))  # noqa: S311 - jitter, not a secret
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                self._confirmed = began
                return connection

    async def _open(self) -> AsyncConnection:
        """One attempt, within a time: the network may swallow everything from the first question on."""
        async with asyncio.timeout(self._servers.longest_s + self._answer_s):
            connection = await self._engine.connect()
        raw = await _driver(connection)
        try:
            with cut_off(raw, self._answer_s):
                await raw.execute(_BURY, self._pid)
                await self._opened(raw)
        except BaseException:
            await _let_go(connection, raw)
            raise
        self._raw, self._pid = raw, raw.get_server_pid()
        raw.add_log_listener(self._heard)
        return connection

    def _heard(self, connection: asyncpg.Connection, message: asyncpg.PostgresLogMessage) -> None:
        """When somebody ends a commit's wait for the standby, the server answers as if that had confirmed, and warns.
        The words may be of any language; their source is one."""
        if message.server_source_filename == "syncrep.c":
            self._warned = connection is self._raw
            connection.terminate()

    def _give_up(self, reason: StoreError) -> None:
        """Work that has waited for long enough, or that nothing can save, fails."""
        patience = 0.0 if self._closed else PATIENCE_S
        late = [job for job in self._jobs if job.session or monotonic() - job.since >= patience]
        fail(late, reason)
        resolve(late)
        self._jobs = deque(job for job in self._jobs if not job.future.done())

    def _end_session(self) -> None:
        """From here on nothing of the old session may be written."""
        if not self._confirmed:
            return
        self.session += 1
        self._confirmed = 0.0
        self._lost()

    async def _serve(self, connection: AsyncConnection, raw: asyncpg.Connection) -> None:
        """Work and beat until the store is closed. Raises when the connection is lost."""
        while True:
            self._at_work = batch = await self._gather()
            if not batch and self._closed:
                return
            began = monotonic()
            with cut_off(raw, self._answer_s):
                await self._do(connection, raw, batch)
            if raw.is_closed():
                raise ConnectionResetError("the session ended")
            self._confirmed = began

    async def _gather(self) -> list[Job[Any]]:
        """The next jobs for one transaction, or one errand; none when it is time to beat."""
        if not self._jobs and not self._closed:
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_S):
                    await self._wake.wait()
        batch: list[Job[Any]] = []
        while self._jobs and len(batch) < LARGEST_BATCH and (not batch or self._jobs[0].kind != ERRAND):
            batch.append(self._jobs.popleft())
            if batch[-1].kind == ERRAND:
                break
        return batch

    async def _do(self, connection: AsyncConnection, raw: asyncpg.Connection, batch: list[Job[Any]]) -> None:
        current = [job for job in batch if job.session in {0, self.session}]
        if len(current) < len(batch):
            stale = [job for job in batch if job.session not in {0, self.session}]
            fail(stale, StoreError("the session that owned the conversation has ended"))
            resolve(stale)
        if not current:
            await raw.execute("SELECT 1")
        elif current[0].kind == ERRAND:
            await self._run_errand(raw, current[0])
        else:
            self._warned = False
            await connection.run_sync(self._commit, raw, current)
            if self._warned:
                fail(current, StoreDownError(_UNSURE))
            self._settle(raw, current)

    async def _run_errand(self, raw: asyncpg.Connection, job: Job[Any]) -> None:
        try:
            job.outcome = await job.argument(raw)
        except Exception as error:  # noqa: BLE001 - its caller is told, whatever it is
            fail([job], error)
            _cut_if_over(raw, error)
        self._settle(raw, [job])

    def _commit(self, connection: Connection, raw: asyncpg.Connection, batch: list[Job[Any]]) -> None:
        began = monotonic()

        def down(error: Exception) -> StoreDownError | None:
            _cut_if_over(raw, error)
            if raw.is_closed() and monotonic() - began >= self._answer_s:
                return self._servers.why(TimeoutError())
            whole = raw.is_closed() or _state(error).startswith(_WHOLE)
            return self._servers.why(error) if whole else None

        commit(connection, self._kinds, batch, down)

    def _settle(self, raw: asyncpg.Connection, batch: list[Job[Any]]) -> None:
        """Tell the callers; what a lost connection left open is done again, unless it belonged to that connection, or
        has waited for long enough: it may be what ends the connections."""
        if not raw.is_closed():
            resolve(batch)
            return
        self._end_session()
        ended = StoreError("the session that owned the conversation has ended")
        again: list[Job[Any]] = []
        for job in batch:
            if job.error is not None and job.session:
                job.error = ended
            elif job.error is not None and monotonic() - job.since < PATIENCE_S:
                job.error = None
                again.append(job)
                continue
            resolve([job])
        self._jobs.extendleft(reversed(again))


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    return (await connection.get_raw_connection()).driver_connection


async def _let_go(connection: AsyncConnection, raw: asyncpg.Connection) -> None:
    raw.terminate()
    await bounded(connection.invalidate, 1)
    await bounded(connection.close, 1)


def _cut_if_over(raw: asyncpg.Connection, error: BaseException) -> None:
    """The driver has heard the server's last word, or that it takes no writes: do not wait for the end."""
    if isinstance(told(error), asyncpg.InternalClientError) or _state(error).startswith(_OVER):
        raw.terminate()


def _state(error: BaseException) -> str:
    """The SQLSTATE; "" when it is no error of the server's."""
    return getattr(told(error), "sqlstate", None) or ""
