"""A store whose answers about waiting events come when they are let go."""

import asyncio
from collections.abc import Collection, Sequence

from chatbot.storage.port import StoredEvent
from chatbot.storage.store import SqlStore


class SlowReading(SqlStore):
    """Put before a store among the bases. It answers while `go` is set; `asked` tells that the question was put."""

    asked: asyncio.Event
    go: asyncio.Event

    async def pending(
        self, limit: int, busy: Collection[str] = (), held: Collection[int] = ()
    ) -> Sequence[StoredEvent]:
        found = await super().pending(limit, busy, held)
        self.asked.set()
        await self.go.wait()
        return found
