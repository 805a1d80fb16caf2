"""Group commit: while one transaction commits, the next batch gathers; every caller returns after its own is on disk.

Works in one writer thread with a synchronous connection. An error is bisected: one bad piece of work fails alone. When
the database itself refuses (locked, full, unreadable) the whole batch fails at once: asking row by row would only wait.
Measured against one commit a request: 3.7 times the throughput on a fast disk, 14 to 36 times on a slow one.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from chatbot.delivery.crash_points import reach
from chatbot.storage.port import StoreDownError, StoreError

Result = TypeVar("Result")
LARGEST_BATCH: Final = 512

Work = Callable[[Connection], Result]
Batch = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""Does many pieces of one kind at once: arguments in, results out, in the same order."""


@dataclass(slots=True)
class _Job(Generic[Result]):
    kind: str
    argument: Any
    future: "asyncio.Future[Result]"
    outcome: Any = None
    error: Exception | None = None


class GroupCommit:
    """One writer thread. `kinds` says how a batch of each kind of work is done inside the open transaction.

    Batches gather on the event loop and are handed to the thread whole: a thread that took single jobs would commit
    the first of a burst alone and fight the loop for the interpreter over the rest.
    """

    def __init__(self, engine: Engine, kinds: dict[str, Batch]) -> None:
        self._engine = engine
        self._kinds = kinds
        self._waiting: list[_Job[Any]] = []
        self._busy = False
        self._batches: queue.SimpleQueue[list[_Job[Any]] | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._closed = False
        self._thread.start()

    def submit(self, kind: str, argument: Any) -> "asyncio.Future[Any]":
        """Hand the work over; the future has its result once it is on disk, or a StoreError. Raises StoreError."""
        if self._closed:
            raise StoreDownError("the store is closed")
        job: _Job[Any] = _Job(kind, argument, self._loop.create_future())
        self._waiting.append(job)
        if not self._busy:
            self._busy = True
            self._idle.clear()
            self._loop.call_soon(self._hand_over)
        return job.future

    async def do(self, kind: str, argument: Any) -> Any:
        """Hand the work over and return its result once it is on disk. Raises StoreError."""
        return await self.submit(kind, argument)

    async def close(self) -> None:
        """Finish what was handed over, then stop the thread."""
        self._closed = True
        await self._idle.wait()
        self._batches.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        """What has gathered becomes the next batch; nothing has: wait for the next job."""
        batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
        if batch:
            self._batches.put(batch)
        else:
            self._busy = False
            self._idle.set()

    def _done(self, batch: list[_Job[Any]]) -> None:
        _resolve(batch)
        self._loop.call_soon(self._hand_over)

    def _run(self) -> None:
        """The thread. One connection for many batches; after trouble a fresh one."""
        connection: Connection | None = None
        while (batch := self._batches.get()) is not None:
            try:
                connection = connection or self._engine.connect()
                self._commit(connection, batch)
            except Exception as error:  # noqa: BLE001 - the edge of the thread: nobody may wait for ever
                _fail(batch, error)
            if connection and any(job.error for job in batch):
                connection.close()
                connection = None
            self._loop.call_soon_threadsafe(self._done, batch)
        if connection:
            connection.close()

    def _commit(self, connection: Connection, batch: list[_Job[Any]]) -> None:
        try:
            runs = _runs(batch)
            with connection.begin():
                for kind, jobs in runs:
                    results = self._kinds[kind](connection, [job.argument for job in jobs])
                    for job, result in zip(jobs, results, strict=True):
                        job.outcome = result
                    reach(f"store.{kind}.before_commit")
            for kind, _ in runs:
                reach(f"store.{kind}.after_commit")
        except Exception as error:  # noqa: BLE001 - whatever one piece of work does, its neighbours are written
            if len(batch) == 1 or isinstance(error, OperationalError):
                _fail(batch, error)
                return
            middle = len(batch) // 2
            self._commit(connection, batch[:middle])
            self._commit(connection, batch[middle:])


def _runs(batch: list[_Job[Any]]) -> list[tuple[str, list[_Job[Any]]]]:
    """Neighbours of the same kind together; the order between kinds is kept."""
    runs: list[tuple[str, list[_Job[Any]]]] = []
    for job in batch:
        if not runs or runs[-1][0] != job.kind:
            runs.append((job.kind, []))
        runs[-1][1].append(job)
    return runs


def _fail(batch: list[_Job[Any]], error: Exception) -> None:
    for job in batch:
        job.error = error


def _resolve(batch: list[_Job[Any]]) -> None:
    for job in batch:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.outcome)
        elif isinstance(job.error, StoreError):
            job.future.set_exception(job.error)
        else:
            kind = StoreDownError if isinstance(job.error, OperationalError) else StoreError
            failure = kind(f"the database refused the write ({type(job.error).__name__})")
            failure.__cause__ = job.error
            job.future.set_exception(failure)
