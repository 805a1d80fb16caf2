"""A store that keeps nothing: plain dictionaries, so that what a database costs can be told from the rest."""

import itertools
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from chatbot.channels.base import SentMessage
from chatbot.model import ChannelName, Event, EventKind
from chatbot.storage.port import (
    ALL_CHANNELS,
    Age,
    Conversation,
    Failure,
    Outgoing,
    StoredEvent,
    Stranded,
    TokenRow,
    TurnCommit,
    VersionConflictError,
)


class MemoryStore:
    """The Store's port with the same promises, except that nothing survives. Messenger only: there are no tokens."""

    shared = False
    parts = None
    takeover_s = 0.0

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._seen: set[tuple[str, str]] = set()
        self._open: dict[int, StoredEvent] = {}
        self._conversations: dict[str, Conversation] = {}
        self._outbox: dict[str, Outgoing] = {}
        self._settings: dict[str, str] = {}

    async def accept(self, events: Sequence[Event], received_at: datetime) -> Sequence[StoredEvent | None]:
        """None stands for a repeat."""
        return [self._accept(event, received_at) for event in events]

    def _accept(self, event: Event, received_at: datetime) -> StoredEvent | None:
        key = (event.channel.value, event.key)
        if key in self._seen:
            return None
        self._seen.add(key)
        stored = StoredEvent(next(self._ids), event, received_at)
        self._open[stored.id] = stored
        return stored

    async def pending(
        self,
        limit: int,
        busy: Collection[str] = (),
        held: Collection[int] = (),
        channels: Collection[ChannelName] = ALL_CHANNELS,
    ) -> Sequence[StoredEvent]:
        """Events that had no turn, oldest first."""
        free = (
            one
            for one in self._open.values()
            if one.event.conversation not in busy and one.id not in held and one.event.channel in channels
        )
        return list(itertools.islice(free, limit))

    async def load(self, conversation: str) -> Conversation:
        """The conversation, fresh if it was never seen."""
        return self._conversations.get(conversation) or Conversation(key=conversation)

    async def commit_turn(self, turn: TurnCommit) -> None:
        """Raises VersionConflictError."""
        key = turn.conversation.key
        if (await self.load(key)).version != turn.conversation.version:
            raise VersionConflictError("the conversation was written by somebody else")
        if turn.erase:
            self._conversations.pop(key, None)
        else:
            written = turn.conversation
            self._conversations[key] = Conversation(
                key=key, session=written.session, version=written.version + 1, last_event_at=written.last_event_at
            )
        self._outbox.update((row.key, row) for row in turn.outgoing)
        await self.bury(turn.inbox_ids, Failure("", 0))

    async def bury(self, event_ids: Sequence[int], failure: Failure) -> None:  # noqa: ARG002 - nobody reads them
        """No longer waiting."""
        for one in event_ids:
            self._open.pop(one, None)

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        """Replace rows."""
        self._outbox.update((row.key, row) for row in rows)

    async def open_sends(self, parts: Collection[int] | None = None) -> Sequence[Outgoing]:  # noqa: ARG002 - the port's
        """Nothing is left from before."""
        return []

    async def proof(self, key: str) -> str | None:  # noqa: ARG002 - the port's
        """Of repeated sends, which do not occur here."""
        return None

    async def waiting_since(self, channels: Collection[ChannelName]) -> datetime | None:  # noqa: ARG002 - the port's
        """Nobody looks."""
        return None

    async def stranded(self, channels: Collection[ChannelName]) -> Sequence[Stranded]:  # noqa: ARG002 - the port's
        """There is one channel."""
        return []

    async def requeued(self) -> Sequence[Outgoing]:
        """No operator is here."""
        return []

    async def age(self, row: Outgoing, opened_by: Collection[EventKind]) -> Age:  # noqa: ARG002 - the port's
        """Only rows from before a start are asked about."""
        return Age()

    async def last_heard(self, channel: ChannelName) -> datetime | None:  # noqa: ARG002 - the port's
        """Nothing was heard before the start."""
        return None

    async def matched_ids(self, conversation: str, since: datetime) -> frozenset[str]:  # noqa: ARG002 - the port's
        """Of doubtful sends, which do not occur here."""
        return frozenset()

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:  # noqa: ARG002 - the port's
        """Of doubtful sends, which do not occur here."""
        return []

    async def erase(self, conversation: str) -> int:
        """Forget the conversation."""
        return int(self._conversations.pop(conversation, None) is not None)

    async def retain(self, turns_before: datetime, inbox_before: datetime) -> int:  # noqa: ARG002 - the port's
        """Nothing gets old."""
        return 0

    async def troubles(self) -> int:
        """None is kept."""
        return 0

    async def put_setting(self, name: str, value: str) -> None:
        """Keep a small named value."""
        self._settings[name] = value

    async def setting(self, name: str) -> str | None:
        """A small named value."""
        return self._settings.get(name)

    async def token(self, name: str) -> TokenRow | None:  # noqa: ARG002 - the port's
        """There is no Zalo here."""
        return None

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:  # noqa: ARG002 - nobody else is here
        """Nothing to wait for."""
        yield

    async def ping(self) -> None:
        """It always can."""

    async def close(self) -> None:
        """Nothing to flush."""
