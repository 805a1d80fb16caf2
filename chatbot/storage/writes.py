"""The writes, as they run inside an open transaction of either database; each takes a batch of one kind of work."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Insert, bindparam, case, delete, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from chatbot.model import Event, EventKind
from chatbot.storage import dead, rehearse, tables
from chatbot.storage.ages import OPEN_EVENT, OPEN_SEND
from chatbot.storage.dialect import Words
from chatbot.storage.port import (
    ERASED,
    UNWANTED,
    AlreadyHandledError,
    Failure,
    OutboxStatus,
    Outgoing,
    StoredEvent,
    TokenRow,
    TurnCommit,
    VersionConflictError,
)
from chatbot.storage.prepared import Prepared
from chatbot.storage.rows import (
    LONGEST_ID,
    Row,
    conversation_row,
    hashed,
    inbox_row,
    outbox_change,
    outbox_row,
    turn_row,
)

Batch = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""Does many pieces of one kind at once: arguments in, results out, in the same order."""
SETTLED: Final = text("outbox.status IN (2, 3, 5)")
"""Sent, failed, dropped. Written out, so that its index is used."""
RETAINED_AT_ONCE: Final = 2000
"""Rows of a table that are removed in one transaction."""
_SESSION: Final = ("version", "session", "last_event_at", "updated_at")
_CHANGES: Final = ("status", "attempts", "next_at", "sending_at", "platform_id", "error", "updated_at")
_WRITE_BACK: Final = (
    update(tables.conversation)
    .where(tables.conversation.c.key == bindparam("row_key"))
    .values({name: bindparam(name) for name in _SESSION})
)
_STILL_UNWANTED: Final = case(
    (
        bindparam("unsettled", type_=Boolean)
        & or_(tables.outbox.c.error == UNWANTED, tables.outbox.c.status == int(OutboxStatus.DROPPED)),
        UNWANTED,
    ),
    else_=bindparam("error", type_=tables.outbox.c.error.type),
)
"""A payload may be dropped while its sender, which does not know of it yet, writes how its attempt goes."""
_MARK: Final = (
    update(tables.outbox)
    .where(tables.outbox.c.key == bindparam("row_key"), tables.outbox.c.status != int(OutboxStatus.SENT))
    .values({**{name: bindparam(name) for name in _CHANGES}, "error": _STILL_UNWANTED})
)
_ECHOED: Final = (
    update(tables.outbox)
    .where(tables.outbox.c.key == bindparam("row_key"), tables.outbox.c.conversation == bindparam("row_conversation"))
    .values(status=int(OutboxStatus.SENT), platform_id=bindparam("platform_id"))
)
_IS_QUEUED: Final = tables.outbox.c.status == int(OutboxStatus.QUEUED)
_DROP: Final = (
    update(tables.outbox)
    .where(tables.outbox.c.conversation == bindparam("row_conversation"), OPEN_SEND)
    .values(
        status=case((_IS_QUEUED, int(OutboxStatus.DROPPED)), else_=tables.outbox.c.status),
        error=case((_IS_QUEUED, tables.outbox.c.error), else_=UNWANTED),
    )
)
"""What waits is not sent; what is on its way is not sent again."""


class Writes:
    """All kinds of writes in one database's words."""

    def __init__(self, words: Words) -> None:
        inbox, outbox, conversation = tables.inbox.c, tables.outbox.c, tables.conversation.c
        self._words = words
        self._finish = (
            update(tables.inbox)
            .where(words.among(inbox.id, "ids"), inbox.status == 0)
            .values(status=1)
            .returning(inbox.id)
        )
        self._versions = (
            select(conversation.key, conversation.version)
            .where(words.among(conversation.key, "keys"))
            .order_by(conversation.key)
            .with_for_update()
        )
        self._last_seq = (
            select(outbox.conversation, func.max(outbox.seq))
            .where(words.among(outbox.conversation, "keys"))
            .group_by(outbox.conversation)
        )
        self._insert_conversations = self._insertion(insert(tables.conversation))
        self._write_back = words.prepare(_WRITE_BACK)
        self._insert_turns = self._insertion(words.upsert(tables.turn).on_conflict_do_nothing())
        self._insert_outgoing = self._insertion(words.upsert(tables.outbox).on_conflict_do_nothing())
        self._mark, self._echoed, self._drop = (words.prepare(one) for one in (_MARK, _ECHOED, _DROP))

    def _insertion(self, statement: Insert) -> Prepared:
        """Of whole rows."""
        return self._words.prepare(statement, statement.table.columns.keys())

    def kinds(self) -> dict[str, Batch]:
        """Every kind of work by its name, in the order in which a transaction does them."""
        return {
            "accept": self.accept,
            "turn": self.commit_turns,
            "mark": self.mark,
            "bury": bury,
            "blame": blame,
            "erase": erase,
            "token": self.put_tokens,
            "journal": journal,
            "setting": self.put_settings,
            "retain": retain,
            "revive": dead.revive,
            "dismiss": dead.dismiss,
            "rehearse": rehearse.rehearse,
        }

    def accept(
        self, connection: Connection, batch: Sequence[tuple[Sequence[Event], datetime]]
    ) -> list[list[StoredEvent | None]]:
        """Insert the events that are new; a repeat, in the batch or in the table, becomes None."""
        rows: dict[tuple[str, str], Row] = {}
        keys: list[list[tuple[str, str]]] = []
        for events, received_at in batch:
            made = [inbox_row(event, received_at) for event in events]
            keys.append([(row["channel"], row["event_key"]) for row in made])
            for key, row in zip(keys[-1], made, strict=True):
                rows.setdefault(key, row)
        new = self._words.intake(connection, rows) if rows else {}
        self._confirm_echoes(connection, batch)
        results: list[list[StoredEvent | None]] = []
        for (events, received_at), named in zip(batch, keys, strict=True):
            taken = [new.pop(key, None) for key in named]
            results.append(
                [
                    StoredEvent(row_id, event, received_at) if row_id is not None else None
                    for row_id, event in zip(taken, events, strict=True)
                ]
            )
        return results

    def _confirm_echoes(self, connection: Connection, batch: Sequence[tuple[Sequence[Event], datetime]]) -> None:
        """An echo that carries our outbox key proves the send, in the same transaction in which it arrives."""
        echoes = [
            {
                "row_key": event.metadata,
                "row_conversation": event.conversation,
                "platform_id": event.platform_id[:LONGEST_ID],
            }
            for events, _ in batch
            for event in events
            if event.kind is EventKind.ECHO_OURS and event.metadata
        ]
        if echoes:
            self._echoed(connection, sorted(echoes, key=_row_key))

    def commit_turns(self, connection: Connection, batch: Sequence[TurnCommit]) -> list[None]:
        """Inbox done + conversation + turn record + outbox rows of each turn."""
        for turns in _one_each(batch):
            self._commit(connection, turns)
        return [None] * len(batch)

    def _commit(self, connection: Connection, turns: Sequence[TurnCommit]) -> None:
        self._finish_events(connection, turns)
        self._write_conversations(connection, turns)
        self._insert_turns(connection, [turn_row(turn) for turn in turns])
        if dropping := [{"row_conversation": turn.conversation.key} for turn in turns if turn.drop_queued]:
            self._drop(connection, dropping)
        if answering := [turn for turn in turns if turn.outgoing]:
            self._insert_outgoing(connection, self._queued_behind(connection, answering))
        for turn in turns:
            if turn.erase:
                forget(connection, turn.conversation.key, keep_outbox=frozenset(row.key for row in turn.outgoing))

    def _finish_events(self, connection: Connection, turns: Sequence[TurnCommit]) -> None:
        """The events are done (or dead), each of them now and not before."""
        ids = frozenset(one for turn in turns for one in turn.inbox_ids)
        finished = frozenset(connection.scalars(self._finish, {"ids": self._words.many(ids)}))
        if handled := ids - finished:
            raise AlreadyHandledError(handled)
        for turn in turns:
            if turn.failure:
                bury(connection, [(turn.inbox_ids, turn.failure)])

    def _write_conversations(self, connection: Connection, turns: Sequence[TurnCommit]) -> None:
        keys = self._words.many([turn.conversation.key for turn in turns])
        stored = {row.key: row.version for row in connection.execute(self._versions, {"keys": keys})}
        for turn in turns:
            if stored.get(turn.conversation.key, 0) != turn.conversation.version:
                raise VersionConflictError("the conversation was written by somebody else")
        rows = [conversation_row(turn) for turn in turns]
        if fresh := [row for row in rows if row["key"] not in stored]:
            try:
                self._insert_conversations(connection, fresh)
            except IntegrityError as error:
                raise VersionConflictError("the conversation was begun by somebody else") from error
        again = [row for row in rows if row["key"] in stored]
        if again:
            changes = [{"row_key": row["key"], **{name: row[name] for name in _SESSION}} for row in again]
            self._write_back(connection, changes)

    def _queued_behind(self, connection: Connection, turns: Sequence[TurnCommit]) -> list[Row]:
        """The turns' outbox rows, each behind what its conversation has: a later turn may be of an earlier event."""
        keys = self._words.many([turn.conversation.key for turn in turns])
        last = {row[0]: row[1] for row in connection.execute(self._last_seq, {"keys": keys})}
        rows: list[Row] = []
        for turn in turns:
            shift = max(0, last.get(turn.conversation.key, 0) + 1 - turn.outgoing[0].seq)
            rows += [{**outbox_row(row, turn.now), "seq": row.seq + shift} for row in turn.outgoing]
        return rows

    def mark(self, connection: Connection, batch: Sequence[tuple[Sequence[Outgoing], datetime]]) -> list[None]:
        """The changed columns of outbox rows; a row that is SENT stays SENT."""
        rows = [
            {"row_key": row.key, "unsettled": not row.status.settled, **outbox_change(row, now)}
            for changed, now in batch
            for row in changed
        ]
        if rows:
            self._mark(connection, sorted(rows, key=_row_key))
        return [None] * len(batch)

    def put_tokens(self, connection: Connection, batch: Sequence[tuple[TokenRow, bytes]]) -> list[None]:
        """Replace grants; each must follow the version that is stored."""
        token = tables.token
        for row, grant in batch:
            values: dict[str, Any] = {
                "name": row.name,
                "version": row.version,
                "grant": grant,
                "expires_at": row.expires_at.timestamp(),
                "state": row.state,
            }
            stored = connection.scalar(select(token.c.version).where(token.c.name == row.name)) or 0
            upsert = self._words.upsert(token).values(values)
            follows = upsert.on_conflict_do_update(
                index_elements=["name"], set_=values, where=token.c.version == row.version - 1
            ).returning(token.c.version)
            if row.version != stored + 1 or connection.scalar(follows) is None:
                raise VersionConflictError("the token was refreshed by somebody else")
        return [None] * len(batch)

    def put_settings(self, connection: Connection, batch: Sequence[tuple[str, str]]) -> list[None]:
        """Small named values: the endpoint an OA accepts, the simulator's marks."""
        now = datetime.now(UTC).timestamp()
        for name, value in batch:
            values = {"name": name, "value": value, "updated_at": now}
            upsert = self._words.upsert(tables.setting).values(values)
            connection.execute(upsert.on_conflict_do_update(index_elements=["name"], set_=values))
        return [None] * len(batch)


def _one_each(batch: Sequence[TurnCommit]) -> Iterator[list[TurnCommit]]:
    """The turns in groups in which no conversation comes twice; one group, unless somebody commits beside the lanes."""
    group: dict[str, TurnCommit] = {}
    for turn in batch:
        if turn.conversation.key in group:
            yield list(group.values())
            group = {}
        group[turn.conversation.key] = turn
    yield list(group.values())


def _row_key(row: Mapping[str, Any]) -> str:
    """Rows are locked in one order everywhere, so that two processes never wait for each other."""
    key: str = row["row_key"]
    return key


def bury(connection: Connection, batch: Sequence[tuple[Sequence[int], Failure]]) -> list[None]:
    """Dead letters."""
    for ids, failure in batch:
        given_up = {"status": 2, "error": failure.error[:80], "attempts": failure.attempts}
        connection.execute(update(tables.inbox).where(tables.inbox.c.id.in_(ids)).values(given_up))
    return [None] * len(batch)


def blame(connection: Connection, batch: Sequence[Collection[str]]) -> list[None]:
    """One more attempt of events that are still open. Of several in one turn each becomes a suspect and no more,
    however many processes that turn has ended: from then on it has its turns alone."""
    inbox = tables.inbox
    for keys in batch:
        guilty = [inbox.c.status == 0, inbox.c.event_key.in_(keys)]
        if len(keys) > 1:
            guilty.append(inbox.c.attempts == 0)
        connection.execute(update(inbox).where(*guilty).values(attempts=inbox.c.attempts + 1))
    return [None] * len(batch)


def forget(connection: Connection, key: str, keep_outbox: frozenset[str] = frozenset()) -> int:
    """Remove what a conversation said and was told; the hashed event keys stay, tied to nobody."""
    removed = connection.execute(delete(tables.conversation).where(tables.conversation.c.key == key)).rowcount
    removed += connection.execute(delete(tables.turn).where(tables.turn.c.conversation == key)).rowcount
    gone = delete(tables.outbox).where(tables.outbox.c.conversation == key, tables.outbox.c.key.not_in(keep_outbox))
    removed += connection.execute(gone).rowcount
    blank = update(tables.inbox).where(tables.inbox.c.conversation == key, tables.inbox.c.status != 0)
    removed += connection.execute(blank.values(conversation="", body=None)).rowcount
    _note_erasure(connection, key)
    return removed


def _note_erasure(connection: Connection, key: str) -> None:
    """A backup of before must not bring back what was erased; only a hash tells of whom."""
    setting, name = tables.setting, ERASED + hashed(key)
    connection.execute(delete(setting).where(setting.c.name == name))
    connection.execute(insert(setting).values(name=name, value="", updated_at=datetime.now(UTC).timestamp()))


def erase(connection: Connection, batch: Sequence[str]) -> list[int]:
    """Forget conversations."""
    return [forget(connection, key) for key in batch]


def journal(connection: Connection, batch: Sequence[tuple[str, bytes, datetime]]) -> list[None]:
    """Append to the token journal."""
    rows = [{"name": name, "at": now.timestamp(), "raw": raw} for name, raw, now in batch]
    connection.execute(insert(tables.token_journal), rows)
    return [None] * len(batch)


def _retain_turns(connection: Connection, before: float) -> int:
    """With the last turn of a conversation goes what was remembered of it."""
    turn, conversation = tables.turn.c, tables.conversation.c
    some = select(turn.id).where(turn.at < before).limit(RETAINED_AT_ONCE)
    old = connection.scalars(delete(tables.turn).where(turn.id.in_(some)).returning(turn.conversation)).all()
    if not old:
        return 0
    silent = (conversation.key.in_(sorted(set(old))), conversation.updated_at < before)
    return len(old) + connection.execute(delete(tables.conversation).where(*silent)).rowcount


def retain(connection: Connection, batch: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """Remove some turns from before the first moment, and conversations that have been silent since then with them, and
    done inbox bodies from before the second. Settled sends go with the turns, and dead letters: they wait for a person.
    What has waited since before both, for a channel that nobody has any more, goes too.

    At most so many of each that others need not wait long for the writer. Returns the rows removed.
    """
    inbox, outbox = tables.inbox.c, tables.outbox.c
    removed = 0
    for turns_before, inbox_before in batch:
        removed += _retain_turns(connection, turns_before.timestamp())
        given_up = min(turns_before, inbox_before)
        for key, old in (
            (inbox.id, (inbox.received_at < inbox_before.timestamp(), inbox.status == 1)),
            (inbox.id, (inbox.received_at < turns_before.timestamp(), inbox.status == dead.DEAD)),
            (inbox.id, (inbox.received_at < given_up.timestamp(), OPEN_EVENT)),
            (outbox.key, (outbox.updated_at < given_up.timestamp(), OPEN_SEND)),
            (outbox.key, (outbox.updated_at < turns_before.timestamp(), SETTLED)),
        ):
            some = select(key).where(*old).limit(RETAINED_AT_ONCE)
            removed += connection.execute(delete(key.table).where(key.in_(some))).rowcount
    return [removed] * len(batch)
