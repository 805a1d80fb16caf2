"""The bounded intake: an event counts as received when it is on disk, and only then does the platform get its 200."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.delivery.crash_points import reach
from chatbot.model import Event
from chatbot.storage.port import Store, StoredEvent, StoreDownError, StoreError

Offer = Callable[[Sequence[StoredEvent]], None]


class IntakeBusyError(Exception):
    """The queue is full or the disk too slow: the platform must try again."""


@dataclass(frozen=True, slots=True)
class _Request:
    events: Sequence[Event]
    received_at: datetime
    stored: "asyncio.Future[None]"


class Inbox:
    """Stores events and offers the new ones to the lanes. A cut-off webhook does not cut off the commit.

    Requests that arrive in the same moment are stored by one call: a task and a timer for each would cost more than
    the row.
    """

    def __init__(self, store: Store, offer: Offer, now: Callable[[], datetime], *, queue: int) -> None:
        self._store = store
        self._offer = offer
        self._now = now
        self._room = queue
        self._arrived: list[_Request] = []
        self._commits: dict[asyncio.Task[None], int] = {}
        self._open = True

    @property
    def waiting(self) -> int:
        """Requests whose events are not on disk yet."""
        return len(self._arrived) + sum(self._commits.values())

    async def accept(self, events: Sequence[Event]) -> None:
        """Return when every event is on disk. Raises IntakeBusyError when full, stopping, or the disk refuses."""
        if not self._open:
            raise IntakeBusyError("stopping")
        if self.waiting >= self._room:
            raise IntakeBusyError("full")
        if not events:
            return
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        if not self._arrived:
            loop.call_soon(self._begin)
        self._arrived.append(_Request(events, self._now(), stored))
        await stored

    def _begin(self) -> None:
        arrived, self._arrived = self._arrived, []
        commit = asyncio.create_task(self._commit(arrived))
        self._commits[commit] = len(arrived)
        commit.add_done_callback(self._commits.pop)

    async def _commit(self, requests: Sequence[_Request]) -> None:
        try:
            await self._store_together(requests)
        except StoreError as error:
            if isinstance(error, StoreDownError) or len(requests) == 1:
                for one in requests:
                    _refuse(one, error)
                return
            for one in requests:  # one of them is what the store refuses
                await self._commit([one])

    async def _store_together(self, requests: Sequence[_Request]) -> None:
        reach("inbox.before_commit")
        events = [event for request in requests for event in request.events]
        stored = await self._store.accept(events, requests[0].received_at)
        reach("inbox.after_commit")
        self._offer([one for one in stored if one is not None])
        for request in requests:
            if not request.stored.done():
                request.stored.set_result(None)

    async def take(self, events: Sequence[Event]) -> int:
        """Store what was read from a platform's memory and offer what is new; how many. Raises StoreError."""
        stored = await self._store.accept(events, self._now())
        fresh = [one for one in stored if one is not None]
        self._offer(fresh)
        return len(fresh)

    async def note(self, event: Event) -> None:
        """Store an event of our own and offer it, whatever waits. Raises StoreError."""
        await self.take([event])

    async def close(self, timeout_s: float | None = None) -> None:
        """Refuse new events and wait for those that are being written, at most so long."""
        self._open = False
        if self._arrived:
            await asyncio.sleep(0)
        if self._commits:
            await asyncio.wait(self._commits, timeout=timeout_s)


def _refuse(request: _Request, error: StoreError) -> None:
    if not request.stored.done():
        refused = IntakeBusyError("the store refused the write")
        refused.__cause__ = error
        request.stored.set_exception(refused)
