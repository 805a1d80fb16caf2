"""The SQLite store: one writer thread with group commit, one reader thread, WAL; a commit counts when it is on disk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from chatbot.storage.dialect import sqlite_words
from chatbot.storage.group_commit import GroupCommit
from chatbot.storage.lock import FileLock, InUseError
from chatbot.storage.port import StoreError
from chatbot.storage.secret_box import SecretBox
from chatbot.storage.store import LONGEST_HOLD_S, SqlStore
from chatbot.storage.writes import Writes

Read = TypeVar("Read")
LOOK_S: Final = 0.02
"""Between two looks at a named lock, and two attempts to cut the log."""
CHECKPOINTS: Final = 50


def sqlite_engine(path: Path | str) -> Engine:
    """An engine whose connections are durable: WAL, synchronous=FULL, secure_delete, a busy time-out."""
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "isolation_level": None},
        hide_parameters=True,  # an error tells of the statement, never of what citizens wrote
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "busy_timeout=5000",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


class SqliteStore(SqlStore):
    """The ports on one SQLite file, which one process works on."""

    def __init__(self, path: Path | str, box: SecretBox, now: Callable[[], datetime]) -> None:
        words = sqlite_words()
        super().__init__(words, box, now)
        self._path = Path(path)
        self._engine = sqlite_engine(path)
        self._writer = GroupCommit(self._engine.execution_options(writes=True), Writes(words).kinds())
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-reader")

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:
        """A lock on a file of its own: one bot works on the database, but commands run beside it."""
        path = self._path.with_name(f"{self._path.name}.{name.replace(':', '-')}.lock")
        began = monotonic()
        while True:
            try:
                lock = FileLock(path)
                break
            except InUseError as error:
                if monotonic() - began > LONGEST_HOLD_S:
                    raise StoreError(f"{path.name} is held for too long by another process") from error
                await asyncio.sleep(LOOK_S)
        try:
            yield
        finally:
            lock.release()

    async def close(self) -> None:
        """Flush and close."""
        await self._writer.close()
        self._reader.shutdown()
        self._engine.dispose()

    async def _hand_over(self, kind: str, argument: Any) -> Any:
        return await self._writer.do(kind, argument)

    async def _read(self, query: Callable[[Connection], Read]) -> Read:
        def run() -> Read:
            with self._engine.connect() as connection:
                return query(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._reader, run)
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot be read ({type(error).__name__})") from error

    async def _leave_no_bytes(self) -> None:
        """Copy the log into the file and cut it: erased bytes are in neither (secure_delete wipes the file's)."""
        for _ in range(CHECKPOINTS):
            if not await self._read(lambda connection: connection.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)"))):
                return
            await asyncio.sleep(LOOK_S)
        raise StoreError("the log could not be cut: somebody reads the database all the time")
