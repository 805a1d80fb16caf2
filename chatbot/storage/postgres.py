"""The PostgreSQL store, for any number of processes: group commit on one connection, reads on a few others.

A worker owns a part of the conversation space while it holds PostgreSQL's session advisory lock for it on the
connection it commits with: whoever loses the connection loses the locks, and what is not committed by then never is.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import AsyncAdaptedQueuePool, ColumnElement, Connection, NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from chatbot.model import Event
from chatbot.storage.dialect import postgres_words
from chatbot.storage.port import Census, PartListener, PartStore, StoredEvent
from chatbot.storage.postgres_connect import ANSWER_S, CLOSE_S, OWNER_TIMEOUT_S, Servers, bounded, cut_off
from chatbot.storage.postgres_trouble import TROUBLE
from chatbot.storage.rows import PARTS, QUIET, part_of
from chatbot.storage.secret_box import SecretBox
from chatbot.storage.session_commit import SessionCommit
from chatbot.storage.store import LONGEST_HOLD_S, SqlStore
from chatbot.storage.writes import Writes

Read = TypeVar("Read")
SPACE: Final = 0x42485848
"""First half of the keys of our advisory locks ("BHXH"); the second is a part, or the seat of a living worker."""
SEAT: Final = PARTS
NAMED_SPACE: Final = SPACE + 1
"""The same for locks with a name."""
NEWS: Final = "chatbot_news"
"""The channel of LISTEN/NOTIFY: which parts have new events ("3,17"), or "" when parts have become free."""
POOL_S: Final = 5
"""How long a question waits for a connection."""
_SESSION: Final = "session"
_REACH_THE_STANDBY: Final = text("SELECT pg_logical_emit_message(true, 'chatbot', '')")
"""Something to commit, and so to wait for a synchronous standby with all that was written before."""
_TELL: Final = text(f"SELECT pg_notify('{NEWS}', :parts)")
_CENSUS: Final = f"""
    SELECT objid::int AS lock, count(*) AS holders, bool_or(pid = pg_backend_pid()) AS mine FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint = {SPACE} AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY objid
"""  # noqa: S608 - a number of ours
_END_SILENT: Final = f"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
      AND (application_name LIKE 'chatbot worker %' OR application_name LIKE 'chatbot writer %')
      AND state = 'active' AND wait_event = 'ClientRead'
      AND state_change < clock_timestamp() - interval '{OWNER_TIMEOUT_S} s'
"""  # noqa: S608 - a number of ours
"""The server's own time-outs do not see a client that freezes in the middle of a question (between Parse and Bind): its
session is "active" and keeps its locks for ever. Its neighbours end it."""
_TRY: Final = f"SELECT part FROM unnest($1::int[]) AS part WHERE pg_try_advisory_lock({SPACE}, part)"  # noqa: S608
_LET_GO: Final = f"SELECT pg_advisory_unlock({SPACE}, part) FROM unnest($1::int[]) AS part"  # noqa: S608
_SIT_DOWN: Final = f"SELECT pg_advisory_lock_shared({SPACE}, {SEAT})"


class PostgresStore(SqlStore):
    """The ports on a PostgreSQL database. A `worker` also takes parts; it hears of what the other processes do."""

    takeover_s = OWNER_TIMEOUT_S

    def __init__(
        self, url: str, box: SecretBox, now: Callable[[], datetime], *, worker: bool = False, answer_s: float = ANSWER_S
    ) -> None:
        """`answer_s`: a server that does not answer a question for so long is cut off."""
        words = postgres_words()
        super().__init__(words, box, now)
        self._servers = Servers(url)
        self._worker = worker
        self._answer_s = answer_s
        self._writes = Writes(words)
        self.mine: set[int] = set()
        """The parts whose events and sends this process works on, if it is a worker."""
        self.listener: PartListener | None = None
        silence = {"idle_in_transaction_session_timeout": f"{OWNER_TIMEOUT_S}s", "statement_timeout": "0"}
        if worker:
            silence["idle_session_timeout"] = f"{OWNER_TIMEOUT_S}s"
        self._committing = self._servers.engine("worker" if worker else "writer", NullPool, silence)
        self._reading = self._servers.engine(
            "reader",
            AsyncAdaptedQueuePool,
            pool_size=2,
            max_overflow=4,
            pool_timeout=POOL_S,
            isolation_level="AUTOCOMMIT",
        )
        self._sessions = 0  # of the writer's, so far
        self._writer = SessionCommit(
            self._servers,
            self._committing,
            {**self._writes.kinds(), "accept": self._accept},
            opened=self._opened,
            lost=self._lost,
            answer_s=answer_s,
        )

    # --- the port -----------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Flush and close."""
        await self._writer.close()
        for engine in (self._reading, self._committing):
            await bounded(engine.dispose, CLOSE_S)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:
        """A lock across all processes, on a connection of its own, so that it ends with the process."""
        limit, number = f"{LONGEST_HOLD_S}s", zlib.crc32(name.encode()) - 2**31
        async with AsyncExitStack() as stack:
            try:
                connection = await self._servers.dial("lock", lock_timeout=limit, idle_session_timeout=limit)
                stack.push_async_callback(bounded, connection.close, 2)
                with cut_off(connection, LONGEST_HOLD_S + self._answer_s):
                    await connection.execute(f"SELECT pg_advisory_lock({NAMED_SPACE}, {number})")
            except TROUBLE as error:
                raise self._servers.why(error) from error
            yield

    def _of_mine(self, part: ColumnElement[int]) -> Sequence[ColumnElement[bool]]:
        return (part.in_(self.mine),) if self._worker else ()

    async def _hand_over(self, kind: str, argument: Any) -> Any:
        return await self._writer.do(kind, argument)

    async def _read(self, query: Callable[[Connection], Read]) -> Read:
        try:
            return await self._ask(query)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise self._servers.why(error) from error
        except TROUBLE:
            pass  # a connection of the pool was lost while nobody used it
        try:
            return await self._ask(query)
        except TROUBLE as error:
            raise self._servers.why(error) from error

    async def _ask(self, query: Callable[[Connection], Read]) -> Read:
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(POOL_S + self._servers.longest_s + self._answer_s):
                connection = await stack.enter_async_context(self._reading.connect())
                raw = await self._as_new_as_the_writer(connection)
            with cut_off(raw, self._answer_s):
                return await connection.run_sync(query)

    async def _as_new_as_the_writer(self, connection: AsyncConnection) -> asyncpg.Connection:
        """When the writer had to connect again, perhaps to another server, so has everybody who reads."""
        pooled = await connection.get_raw_connection()
        while pooled.info.setdefault(_SESSION, self._sessions) != self._sessions:
            await connection.invalidate()
            pooled = await connection.get_raw_connection()
        return pooled.driver_connection

    async def _leave_no_bytes(self) -> None:
        """Deleted rows stay in PostgreSQL's pages until its vacuum; see docs/postgresql.md."""

    def _accept(
        self, connection: Connection, batch: Sequence[tuple[Sequence[Event], datetime]]
    ) -> Sequence[Sequence[StoredEvent | None]]:
        """Insert, and tell the owners of other parts in the same transaction.

        A repeat is answered as "stored": its first copy must have reached the standby too. It has not if the commit's
        wait was ended, by a crash of the server for instance, and nothing to commit would be nothing to wait for.
        """
        results = self._writes.accept(connection, batch)
        if any(one is None for result in results for one in result):
            connection.execute(_REACH_THE_STANDBY)
        news = {part_of(one.event.conversation) for result in results for one in result if one and _asks(one.event)}
        if others := news - self.mine:
            connection.execute(_TELL, {"parts": ",".join(map(str, sorted(others)))})
        return results

    @property
    def parts(self) -> PartStore | None:
        """This store, if the process is a worker."""
        return self if self._worker else None

    @property
    def session(self) -> int:
        """The number of the connection that holds the parts; another when it was lost."""
        return self._writer.session

    # --- parts --------------------------------------------------------------------------------------------------------

    def owns(self, conversation: str) -> bool:
        """Is it this process's at this moment?"""
        return part_of(conversation) in self.mine

    async def census(self) -> Census:
        """Who holds what, by the server's own books; sessions that fell silent in a question are ended. Raises
        StoreError."""

        async def ask(raw: asyncpg.Connection) -> Sequence[asyncpg.Record]:
            await raw.execute(_END_SILENT)
            rows: Sequence[asyncpg.Record] = await raw.fetch(_CENSUS)
            return rows

        rows = await self._writer.errand(ask)
        workers = sum(row["holders"] for row in rows if row["lock"] == SEAT)
        taken = {row["lock"]: row["mine"] for row in rows if row["lock"] != SEAT}
        return Census(
            workers=workers,
            mine=frozenset(part for part, mine in taken.items() if mine),
            free=frozenset(range(PARTS)) - taken.keys(),
        )

    async def take(self, parts: Collection[int]) -> frozenset[int]:
        """Lock what is still free of these. They are worked on when they are added to `mine`. Raises StoreError."""
        rows = await self._writer.errand(lambda raw: raw.fetch(_TRY, list(parts)))
        return frozenset(row["part"] for row in rows)

    async def give_back(self, parts: Collection[int]) -> None:
        """Unlock parts that nobody works on here any more, and tell those who wait for some. Raises StoreError."""

        async def unlock(raw: asyncpg.Connection) -> None:
            await raw.execute(_LET_GO, list(parts))
            await raw.execute(f"NOTIFY {NEWS}")

        await self._writer.errand(unlock)

    async def confirm(self) -> None:
        """Return when the parts surely are ours at this moment. Raises StoreError when they are not."""
        if not self._writer.sure:
            await self._writer.errand(lambda raw: raw.execute("SELECT 1"))

    async def _opened(self, raw: asyncpg.Connection) -> None:
        self._sessions += 1
        if self._worker:
            await raw.execute(_SIT_DOWN)
            await raw.add_listener(NEWS, self._heard)

    def _heard(self, _connection: object, _pid: int, _channel: str, parts: object) -> None:
        if self.listener is None:
            return
        if not parts:
            self.listener.freed()
        elif any(int(part) in self.mine for part in str(parts).split(",")):
            self.listener.news()

    def _lost(self) -> None:
        self.mine.clear()
        if self.listener is not None:
            self.listener.lost()


def _asks(event: Event) -> bool:
    return event.kind not in QUIET
