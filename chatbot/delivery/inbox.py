"""The bounded intake: an event counts as received when it is on disk, and only then does the platform get its 200."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from chatbot.delivery.crash_points import reach
from chatbot.model import Event
from chatbot.storage.port import Store, StoredEvent, StoreError

Offer = Callable[[Sequence[StoredEvent]], None]


class IntakeBusyError(Exception):
    """The queue is full or the disk too slow: the platform must try again."""


class Inbox:
    """Stores events and offers the new ones to the lanes. A cut-off webhook does not cut off the commit."""

    def __init__(self, store: Store, offer: Offer, now: Callable[[], datetime], *, queue: int) -> None:
        self._store = store
        self._offer = offer
        self._now = now
        self._room = queue
        self._commits: set[asyncio.Task[None]] = set()
        self._open = True

    @property
    def waiting(self) -> int:
        """Requests whose events are not on disk yet."""
        return len(self._commits)

    async def accept(self, events: Sequence[Event]) -> None:
        """Return when every event is on disk. Raises IntakeBusyError when full, stopping, or the disk refuses."""
        if not self._open:
            raise IntakeBusyError("stopping")
        if len(self._commits) >= self._room:
            raise IntakeBusyError("full")
        if not events:
            return
        commit = asyncio.create_task(self._commit(events))
        self._commits.add(commit)
        commit.add_done_callback(self._commits.discard)
        await asyncio.shield(commit)

    async def _commit(self, events: Sequence[Event]) -> None:
        reach("inbox.before_commit")
        try:
            stored = await self._store.accept(events, self._now())
        except StoreError as error:
            raise IntakeBusyError("the store refused the write") from error
        reach("inbox.after_commit")
        self._offer([one for one in stored if one is not None])

    async def close(self) -> None:
        """Refuse new events and wait for those that are being written."""
        self._open = False
        if self._commits:
            await asyncio.wait(self._commits)
