"""The SQLite store: one writer thread with group commit, one reader thread, WAL; a commit counts when it is on disk."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import SQLAlchemyError

from chatbot.channels.base import SentMessage
from chatbot.model import ChannelName, Event, EventKind
from chatbot.storage import ages, dead, tables, writes
from chatbot.storage.group_commit import GroupCommit
from chatbot.storage.port import (
    REQUEUED,
    Age,
    Conversation,
    DeadLetter,
    Failure,
    OutboxStatus,
    Outgoing,
    StoredEvent,
    StoreError,
    TokenRow,
    TurnCommit,
)
from chatbot.storage.rows import read_conversation, read_outgoing, stored_event
from chatbot.storage.secret_box import SecretBox

OPEN_EVENT: Final = text("inbox.status = 0")
OPEN_SEND: Final = text("outbox.status IN (0, 1, 4)")
"""Queued, sending, doubtful. Written out and with the index named, else SQLite reads the whole table for its order;
a name of an index that does not fit is an error of the query."""
Read = TypeVar("Read")


def sqlite_engine(path: Path | str) -> Engine:
    """An engine whose connections are durable: WAL, synchronous=FULL, secure_delete, a busy time-out."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False, "isolation_level": None})

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


class SqliteStore:
    """The Store, DeadLetters and TokenStore ports on one SQLite file."""

    def __init__(self, path: Path | str, box: SecretBox, now: Callable[[], datetime]) -> None:
        self._engine = sqlite_engine(path)
        self._box = box
        self._now = now
        ids = writes.EventIds()
        self._writer = GroupCommit(
            self._engine.execution_options(writes=True),
            {
                "accept": lambda connection, batch: writes.accept(connection, ids, batch),
                "turn": writes.commit_turns,
                "mark": writes.mark,
                "bury": writes.bury,
                "erase": writes.erase,
                "token": writes.put_tokens,
                "journal": writes.journal,
                "setting": writes.put_settings,
                "retain": writes.retain,
                "revive": dead.revive,
                "dismiss": dead.dismiss,
            },
        )
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-reader")

    async def accept(self, events: Sequence[Event], received_at: datetime) -> Sequence[StoredEvent | None]:
        """Insert events; None stands for a repeat."""
        accepted: Sequence[StoredEvent | None] = await self._writer.do("accept", (events, received_at))
        return accepted

    async def pending(self, limit: int, busy: Collection[str] = ()) -> Sequence[StoredEvent]:
        """Events not yet done, oldest first."""
        inbox = tables.inbox.c
        query = (
            select(inbox.id, inbox.body, inbox.received_at)
            .where(OPEN_EVENT)
            .with_hint(tables.inbox, "INDEXED BY inbox_open")
            .order_by(inbox.id)
            .limit(limit)
        )
        if busy:
            query = query.where(inbox.conversation.not_in(list(busy)))
        rows = await self._read(lambda connection: connection.execute(query).all())
        return [stored_event(row.id, row.body, row.received_at) for row in rows]

    async def load(self, conversation: str) -> Conversation:
        """The conversation, fresh if it was never seen."""
        query = select(tables.conversation).where(tables.conversation.c.key == conversation)
        return read_conversation(conversation, await self._read(lambda connection: connection.execute(query).first()))

    async def commit_turn(self, turn: TurnCommit) -> None:
        """One transaction a turn."""
        await self._writer.do("turn", turn)
        if turn.erase:
            await self._leave_no_bytes()

    async def bury(self, event_ids: Sequence[int], failure: Failure) -> None:
        """Give up on events."""
        await self._writer.do("bury", (event_ids, failure))

    async def open_sends(self) -> Sequence[Outgoing]:
        """Rows that are not settled, in order."""
        return await self._open_sends()

    async def requeued(self) -> Sequence[Outgoing]:
        """Rows that an operator put back."""
        outbox = tables.outbox.c
        return await self._open_sends(outbox.status == int(OutboxStatus.QUEUED), outbox.error == REQUEUED)

    async def _open_sends(self, *which: ColumnElement[bool]) -> Sequence[Outgoing]:
        outbox = tables.outbox.c
        query = (
            select(tables.outbox)
            .where(OPEN_SEND, *which)
            .with_hint(tables.outbox, "INDEXED BY outbox_open")
            .order_by(outbox.conversation, outbox.seq)
        )
        rows = await self._read(lambda connection: connection.execute(query).all())
        return [read_outgoing(row) for row in rows]

    async def age(self, row: Outgoing, opened_by: Collection[EventKind]) -> Age:
        """How old a payload's question is, and when the citizen was last heard."""
        return await self._read(lambda connection: ages.age(connection, row, opened_by))

    async def last_heard(self, channel: ChannelName) -> datetime | None:
        """When the channel's newest event was received."""
        return await self._read(lambda connection: ages.last_heard(connection, channel))

    async def dead(self, limit: int = 500) -> Sequence[DeadLetter]:
        """What was given up, newest first."""
        return await self._read(lambda connection: dead.letters(connection, limit))

    async def troubles(self) -> int:
        """How many dead letters need a person."""
        return await self._read(dead.troubles)

    async def revive(self, ids: Collection[str]) -> int:
        """Back into their queues."""
        revived: int = await self._writer.do("revive", (ids, self._now()))
        return revived

    async def dismiss(self, ids: Collection[str]) -> int:
        """Off the list for good."""
        dismissed: int = await self._writer.do("dismiss", ids)
        return dismissed

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        """Write what changed in outbox rows."""
        await self._writer.do("mark", (rows, self._now()))

    async def matched_ids(self, conversation: str, since: datetime) -> frozenset[str]:
        """Platform ids already tied to a send."""
        outbox = tables.outbox.c
        query = select(outbox.platform_id).where(
            outbox.conversation == conversation, outbox.platform_id != "", outbox.updated_at >= since.timestamp()
        )
        return frozenset(await self._read(lambda connection: connection.scalars(query).all()))

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """Our own messages that the platform echoed to the webhook, oldest first."""
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
        return [SentMessage(echo.platform_id, echo.text, echo.at, echo.metadata) for echo in events]

    async def erase(self, conversation: str) -> int:
        """Forget the conversation and leave no bytes of it in the file or its log."""
        removed: int = await self._writer.do("erase", conversation)
        await self._leave_no_bytes()
        return removed

    async def retain(self, turns_before: datetime, inbox_before: datetime) -> int:
        """Remove what is older than the retention allows. Returns the rows removed."""
        removed: int = await self._writer.do("retain", (turns_before, inbox_before))
        return removed

    async def put_setting(self, name: str, value: str) -> None:
        """Keep a small named value."""
        await self._writer.do("setting", (name, value))

    async def setting(self, name: str) -> str | None:
        """A small named value."""
        query = select(tables.setting.c.value).where(tables.setting.c.name == name)
        value: str | None = await self._read(lambda connection: connection.scalar(query))
        return value

    async def token(self, name: str) -> TokenRow | None:
        """The current grant, decrypted."""
        query = select(tables.token).where(tables.token.c.name == name)
        row = await self._read(lambda connection: connection.execute(query).first())
        return self._box.open_token(row.grant) if row else None

    async def journal_token(self, name: str, raw: str) -> None:
        """Keep a raw answer, encrypted."""
        await self._writer.do("journal", (name, self._box.seal(raw.encode()), self._now()))

    async def token_answers(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Journalled answers since then, decrypted, newest first."""
        journal = tables.token_journal.c
        query = (
            select(journal.at, journal.raw)
            .where(journal.name == name, journal.at >= since.timestamp())
            .order_by(journal.id.desc())
        )
        rows = await self._read(lambda connection: connection.execute(query).all())
        opened = ((datetime.fromtimestamp(row.at, UTC), self._box.open(row.raw).decode()) for row in rows)
        return [(at, raw) for at, raw in opened if raw]

    async def put_token(self, row: TokenRow) -> None:
        """Replace the grant."""
        await self._writer.do("token", (row, self._box.seal_token(row)))

    async def ping(self) -> None:
        """Raise StoreError if nothing can be written now."""
        await self.put_setting("ping", self._now().isoformat())

    async def close(self) -> None:
        """Flush and close."""
        await self._writer.close()
        self._reader.shutdown()
        self._engine.dispose()

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
        await self._read(lambda connection: connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all())
