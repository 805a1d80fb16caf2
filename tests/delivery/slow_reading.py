"""A store whose answers about waiting events come when they are let go."""

import asyncio
from collections.abc import Collection, Sequence

from chatbot.model import ChannelName
from chatbot.storage.port import ALL_CHANNELS, StoredEvent
from chatbot.storage.store import SqlStore


class SlowReading(SqlStore):
    """Put before a store among the bases. It answers while `go` is set; `asked` tells that the question was put."""

    asked: asyncio.Event
    go: asyncio.Event

    async def pending(
        self,
        limit: int,
        busy: Collection[str] = (),
        held: Collection[int] = (),
        channels: Collection[ChannelName] = ALL_CHANNELS,
    ) -> Sequence[StoredEvent]:
        found = await super().pending(limit, busy, held, channels)
        self.asked.set()
        await self.go.wait()
        return found
