"""Both stores' ports in Core statements, written once; a database adds how it reads and how it commits."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from chatbot.channels.base import SentMessage
from chatbot.model import ChannelName, Event, EventKind
from chatbot.storage import ages, dead, fraud, tables
from chatbot.storage.ages import BY_NUMBER, OPEN_EVENT, OPEN_SEND, of_channels
from chatbot.storage.dialect import Words
from chatbot.storage.group_read import GroupRead
from chatbot.storage.port import (
    ALL_CHANNELS,
    REQUEUED,
    UNREADABLE,
    Age,
    Conversation,
    DeadLetter,
    Failure,
    OutboxStatus,
    Outgoing,
    PartStore,
    SealedError,
    StoredEvent,
    StoreDownError,
    StoreError,
    Stranded,
    TokenRow,
    TurnCommit,
)
from chatbot.storage.rows import read_conversation, read_outgoing, stored_event
from chatbot.storage.secret_box import SecretBox

LONGEST_HOLD_S: Final = 90
"""For so long a named lock is waited for, and held where its holder has frozen: more than two attempts at a platform's
OAuth."""
PING_S: Final = 3.0
"""Who waits for longer to write is down, whatever comes of it: no webhook waits for so long."""
Read = TypeVar("Read")


class SqlStore(ABC):
    """The Store, DeadLetters and TokenStore ports on a SQL database."""

    takeover_s: float = 0
    """How long a process that is frozen or cut off keeps its parts, in seconds."""

    def __init__(self, words: Words, box: SecretBox, now: Callable[[], datetime]) -> None:
        self._words = words
        self._box = box
        self._now = now
        self.trouble = ""
        """Why nothing can be written, in a sentence; "" when all is well. A `ping` finds out that it is over."""
        conversation = tables.conversation
        self._conversations_of = select(conversation).where(words.among(conversation.c.key, "keys"))
        self._conversations: GroupRead[str, Any] = GroupRead(self._rows_of)

    @property
    def parts(self) -> PartStore | None:
        """Who owns what, where several processes answer; None where this one has the store to itself."""
        return None

    @abstractmethod
    async def _read(self, query: Callable[[Connection], Read]) -> Read:
        """Ask on a connection for reading. Raises StoreError."""

    @abstractmethod
    async def _hand_over(self, kind: str, argument: Any) -> Any:
        """Hand over to the group commit. Raises StoreError."""

    async def _write(self, kind: str, argument: Any) -> Any:
        """The same; that the database refuses is remembered. Raises StoreError."""
        try:
            return await self._hand_over(kind, argument)
        except StoreDownError as error:
            self.trouble = str(error)
            raise

    @abstractmethod
    def exclusive(self, name: str) -> AbstractAsyncContextManager[object]:
        """A lock across all processes on the store, for what may happen once only. Raises StoreError."""

    @abstractmethod
    async def close(self) -> None:
        """Flush and close."""

    async def accept(self, events: Sequence[Event], received_at: datetime) -> Sequence[StoredEvent | None]:
        """Insert events; None stands for a repeat."""
        accepted: Sequence[StoredEvent | None] = await self._write("accept", (events, received_at))
        return accepted

    async def pending(
        self,
        limit: int,
        busy: Collection[str] = (),
        held: Collection[int] = (),
        channels: Collection[ChannelName] = ALL_CHANNELS,
    ) -> Sequence[StoredEvent]:
        """Events of these channels that are not yet done, oldest first."""
        inbox = tables.inbox.c
        query = (
            select(inbox.id, inbox.body, inbox.received_at, inbox.attempts)
            .where(OPEN_EVENT, of_channels(inbox.channel, channels), *self._of_mine(inbox.part))
            .order_by(BY_NUMBER)
            .limit(limit)
        )
        values = {}
        if busy:
            query = query.where(~self._words.among(inbox.conversation, "busy"))
            values["busy"] = self._words.many(busy)
        if held:
            query = query.where(~self._words.among(inbox.id, "held"))
            values["held"] = self._words.many(held)
        rows = await self._read(lambda connection: connection.execute(query, values).all())
        found, unreadable = [], []
        for row in rows:
            try:
                found.append(stored_event(row.id, row.body, row.received_at, row.attempts))
            except msgspec.MsgspecError:
                unreadable.append(row.id)
        if unreadable:
            await self.bury(unreadable, Failure(UNREADABLE, 1))
        return found

    def _of_mine(self, part: ColumnElement[int]) -> Sequence[ColumnElement[bool]]:  # noqa: ARG002 - for those who share
        """What narrows a question to the parts that this process works on."""
        return ()

    async def load(self, conversation: str) -> Conversation:
        """The conversation, fresh if it was never seen."""
        return read_conversation(conversation, await self._conversations.get(conversation))

    async def _rows_of(self, keys: Sequence[str]) -> Mapping[str, Any]:
        values = {"keys": self._words.many(keys)}
        rows = await self._read(lambda connection: connection.execute(self._conversations_of, values).all())
        return {row.key: row for row in rows}

    async def commit_turn(self, turn: TurnCommit) -> None:
        """One transaction a turn."""
        await self._write("turn", turn)
        if turn.erase:
            with suppress(StoreError):  # what is committed must not look as if it were not
                await self._leave_no_bytes()

    async def bury(self, event_ids: Sequence[int], failure: Failure) -> None:
        """Give up on events."""
        await self._write("bury", (event_ids, failure))

    async def blame(self, hashed_keys: Collection[str]) -> None:
        """A process ended while it was thinking of them."""
        await self._write("blame", hashed_keys)

    async def open_sends(self, parts: Collection[int] | None = None) -> Sequence[Outgoing]:
        """Rows that are not settled, in order."""
        return await self._open_sends(*([] if parts is None else [tables.outbox.c.part.in_(parts)]))

    async def requeued(self) -> Sequence[Outgoing]:
        """Rows that an operator put back."""
        outbox = tables.outbox.c
        back = (outbox.status == int(OutboxStatus.QUEUED), outbox.error == REQUEUED)
        return await self._open_sends(*back, *self._of_mine(outbox.part))

    async def proof(self, key: str) -> str | None:
        """The platform's id of a payload that surely arrived."""
        outbox = tables.outbox.c
        query = select(outbox.platform_id).where(outbox.key == key, outbox.status == int(OutboxStatus.SENT))
        found: str | None = await self._read(lambda connection: connection.scalar(query))
        return found

    async def _open_sends(self, *which: ColumnElement[bool]) -> Sequence[Outgoing]:
        outbox = tables.outbox.c
        conversation = outbox.conversation.concat("")  # not by the index of all, settled ones and open ones
        query = select(tables.outbox).where(OPEN_SEND, *which).order_by(conversation, outbox.seq)
        rows = await self._read(lambda connection: connection.execute(query).all())
        return [read_outgoing(row) for row in rows]

    async def age(self, row: Outgoing, opened_by: Collection[EventKind]) -> Age:
        """How old a payload's question is, and when the citizen was last heard."""
        return await self._read(lambda connection: ages.age(connection, row, opened_by))

    async def last_heard(self, channel: ChannelName) -> datetime | None:
        """When the channel's newest event was received."""
        return await self._read(lambda connection: ages.last_heard(connection, channel))

    async def waiting_since(self, channels: Collection[ChannelName]) -> datetime | None:
        """When the first event was received whose reply has not gone out on these channels; None when all have. Raises
        StoreError."""
        return await self._read(lambda connection: ages.waiting_since(connection, channels))

    async def stranded(self, channels: Collection[ChannelName]) -> Sequence[Stranded]:
        """What waits for other channels than these, on the parts that this process works on. Raises StoreError."""
        return await self._read(lambda connection: ages.stranded(connection, channels, self._of_mine))

    async def told_of_fraud(self, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Time (UTC) and masked text of the turns that told of a fraud, newest first. Raises StoreError."""
        return await self._read(lambda connection: fraud.told(connection, since))

    async def dead(self, limit: int = 500) -> Sequence[DeadLetter]:
        """What was given up, newest first."""
        return await self._read(lambda connection: dead.letters(connection, limit))

    async def troubles(self) -> int:
        """How many dead letters need a person."""
        return await self._read(dead.troubles)

    async def revive(self, ids: Collection[str]) -> int:
        """Back into their queues."""
        revived: int = await self._write("revive", (ids, self._now()))
        return revived

    async def dismiss(self, ids: Collection[str]) -> int:
        """Off the list for good."""
        dismissed: int = await self._write("dismiss", ids)
        return dismissed

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        """Write what changed in outbox rows."""
        await self._write("mark", (rows, self._now()))

    async def matched_ids(self, conversation: str, since: datetime) -> frozenset[str]:
        """Platform ids already tied to a send."""
        outbox = tables.outbox.c
        query = select(outbox.platform_id).where(
            outbox.conversation == conversation, outbox.platform_id != "", outbox.updated_at >= since.timestamp()
        )
        return frozenset(await self._read(lambda connection: connection.scalars(query).all()))

    async def sends(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """What we sent to the conversation since then, or may have."""
        outbox = tables.outbox.c
        query = select(outbox.platform_id, outbox.text, outbox.updated_at).where(
            outbox.conversation == conversation, outbox.updated_at >= since.timestamp()
        )
        rows = await self._read(lambda connection: connection.execute(query).all())
        return [SentMessage(row.platform_id, row.text, datetime.fromtimestamp(row.updated_at, UTC)) for row in rows]

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """Our own messages that the platform echoed without our key, oldest first."""
        inbox = tables.inbox.c
        query = (
            select(inbox.id, inbox.body, inbox.received_at)
            .where(
                inbox.conversation == conversation,
                inbox.kind == EventKind.ECHO_OURS.value,
                inbox.platform_at >= since.timestamp(),
                inbox.body.is_not(None),
            )
            .order_by(inbox.platform_at)
        )
        rows = await self._read(lambda connection: connection.execute(query).all())
        events = (stored_event(row.id, row.body, row.received_at).event for row in rows)
        return [SentMessage(echo.platform_id, echo.text, echo.at) for echo in events if not echo.metadata]

    async def erase(self, conversation: str) -> int:
        """Forget the conversation and leave no bytes of it."""
        removed: int = await self._write("erase", conversation)
        await self._leave_no_bytes()
        return removed

    @abstractmethod
    async def _leave_no_bytes(self) -> None:
        """Do what the database needs so that deleted bytes are gone."""

    async def retain(self, turns_before: datetime, inbox_before: datetime) -> int:
        """Remove some of what is too old by the retention; again until nothing is left. Returns the rows removed."""
        removed: int = await self._write("retain", (turns_before, inbox_before))
        return removed

    async def put_setting(self, name: str, value: str) -> None:
        """Keep a small named value."""
        await self._write("setting", (name, value))

    async def setting(self, name: str) -> str | None:
        """A small named value."""
        query = select(tables.setting.c.value).where(tables.setting.c.name == name)
        value: str | None = await self._read(lambda connection: connection.scalar(query))
        return value

    async def token(self, name: str) -> TokenRow | None:
        """The current grant, decrypted."""
        query = select(tables.token).where(tables.token.c.name == name)
        row = await self._read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        try:
            return self._box.open_token(row.grant)
        except SealedError as error:
            raise SealedError(str(error), row.version) from error

    async def journal_token(self, name: str, raw: str) -> None:
        """Keep a raw answer, encrypted."""
        await self._write("journal", (name, self._box.seal(raw.encode()), self._now()))

    async def token_answers(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Journalled answers since then, decrypted, newest first."""
        journal = tables.token_journal.c
        query = (
            select(journal.at, journal.raw)
            .where(journal.name == name, journal.at >= since.timestamp())
            .order_by(journal.id.desc())
        )
        rows = await self._read(lambda connection: connection.execute(query).all())
        return [(datetime.fromtimestamp(row.at, UTC), raw) for row in rows if (raw := self._unsealed(row.raw))]

    def _unsealed(self, sealed: bytes) -> str:
        try:
            return self._box.open(sealed).decode()
        except SealedError:
            return ""

    async def put_token(self, row: TokenRow) -> None:
        """Replace the grant."""
        await self._write("token", (row, self._box.seal_token(row)))

    async def ping(self, *, thorough: bool = False, within_s: float = PING_S) -> None:
        """Raise StoreError if nothing can be written now; after trouble, or `thorough`, if new rows have no room."""
        try:
            async with asyncio.timeout(within_s):
                await self.put_setting("ping", self._now().isoformat())
                if self.trouble or thorough:
                    await self._write("rehearse", None)
        except TimeoutError as error:
            self.trouble = f"the database does not answer: a write waits for more than {within_s:g} s"
            raise StoreDownError(self.trouble) from error
        except StoreError as error:
            self.trouble = str(error)
            raise
        self.trouble = ""

    async def look(self) -> None:
        """Raise StoreError if nothing can be read now."""
        await self.setting("ping")
