"""Group commit: while one transaction commits, the next batch gathers; every caller returns after its own is on disk.

An error is bisected: one bad piece of work fails alone. When the database itself refuses (locked, full, unreadable) the
whole batch fails at once: asking row by row would only wait.
Measured against one commit a request: 3.7 times the throughput on a fast disk, 14 to 36 times on a slow one.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from chatbot.delivery.crash_points import reach
from chatbot.storage.port import StoreDownError, StoreError
from chatbot.storage.writes import Batch

Result = TypeVar("Result")
LARGEST_BATCH: Final = 512
CALM_S: Final = 0.0005
"""A loop that goes round so fast has nothing else to do."""
GATHER_S: Final = 0.015
"""A batch gathers at most so long while the loop is busy: each transaction takes the interpreter from the turns."""


@dataclass(slots=True)
class Job(Generic[Result]):
    """A piece of work, and the caller that waits for it. `session` is the connection it may be done on, 0 = any;
    `since` is when it was handed over (monotonic seconds)."""

    kind: str
    argument: Any
    future: "asyncio.Future[Result]"
    session: int = 0
    since: float = 0.0
    outcome: Any = None
    error: Exception | None = None


def commit(
    connection: Connection,
    kinds: Mapping[str, Batch],
    batch: Sequence[Job[Any]],
    down: Callable[[Exception], StoreDownError | None],
) -> None:
    """Do the jobs in one transaction, each kind at once; bisect on an error unless by it the whole database is down."""
    try:
        runs = _runs(kinds, batch)
        with connection.begin():
            for kind, jobs in runs:
                results = kinds[kind](connection, [job.argument for job in jobs])
                for job, result in zip(jobs, results, strict=True):
                    job.outcome = result
                reach(f"store.{kind}.before_commit")
        for kind, _ in runs:
            reach(f"store.{kind}.after_commit")
    except Exception as error:  # noqa: BLE001 - whatever one piece of work does, its neighbours are written
        if (failure := down(error)) is not None:
            failure.__cause__ = error
            fail(batch, failure)
            return
        if len(batch) == 1:
            fail(batch, error)
            return
        middle = len(batch) // 2
        commit(connection, kinds, batch[:middle], down)
        commit(connection, kinds, batch[middle:], down)


def _runs(kinds: Mapping[str, Batch], batch: Sequence[Job[Any]]) -> list[tuple[str, list[Job[Any]]]]:
    """The jobs by kind, in the order of `kinds`: their callers wait side by side, so none is before another."""
    runs: dict[str, list[Job[Any]]] = {kind: [] for kind in kinds}
    for job in batch:
        runs[job.kind].append(job)
    return [(kind, jobs) for kind, jobs in runs.items() if jobs]


def fail(batch: Sequence[Job[Any]], error: Exception) -> None:
    """All of them failed with this."""
    for job in batch:
        job.error = error


def resolve(batch: Sequence[Job[Any]]) -> None:
    """Tell the callers (in their loop)."""
    for job in batch:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.outcome)
        else:
            job.future.set_exception(_refused(job.error))


def _refused(error: Exception) -> StoreError:
    """What a caller learns of a database's error."""
    if isinstance(error, StoreError):
        return error
    failure = StoreError(f"the database refused the write ({type(error).__name__})")
    failure.__cause__ = error
    return failure


class GroupCommit:
    """SQLite's: one writer thread. `kinds` says how a batch of each kind of work is done in the open transaction.

    Batches gather on the event loop and are handed to the thread whole: a thread that took single jobs would commit
    the first of a burst alone and fight the loop for the interpreter over the rest.
    """

    def __init__(self, engine: Engine, kinds: Mapping[str, Batch]) -> None:
        self._engine = engine
        self._kinds = kinds
        self._waiting: list[Job[Any]] = []
        self._busy = False
        self._batches: queue.SimpleQueue[list[Job[Any]] | None] = queue.SimpleQueue()
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
        job: Job[Any] = Job(kind, argument, self._loop.create_future())
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

    def _done(self, batch: list[Job[Any]], ended: float) -> None:
        resolve(batch)
        self._gather(ended, ended)

    def _gather(self, since: float, last: float) -> None:
        """Hand over at once when the loop is calm; else go round with it for a while."""
        now = self._loop.time()
        if now - last < CALM_S or now - since > GATHER_S:
            self._loop.call_soon(self._hand_over)
        else:
            self._loop.call_soon(self._gather, since, now)

    def _run(self) -> None:
        """The thread. One connection for many batches; after trouble a fresh one."""
        connection: Connection | None = None
        while (batch := self._batches.get()) is not None:
            try:
                connection = connection or self._engine.connect()
                commit(connection, self._kinds, batch, _down)
            except Exception as error:  # noqa: BLE001 - the edge of the thread: nobody may wait for ever
                fail(batch, error)
            if connection and any(job.error for job in batch):
                connection.close()
                connection = None
            self._loop.call_soon_threadsafe(self._done, batch, self._loop.time())
        if connection:
            connection.close()


def _down(error: Exception) -> StoreDownError | None:
    """SQLite says in a few words what it is: full, locked, read-only, not to be opened."""
    if not isinstance(error, OperationalError):
        return None
    return StoreDownError(f"the database refuses writes ({error.orig}): check the disk's free space and permissions")
