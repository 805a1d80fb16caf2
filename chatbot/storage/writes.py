"""The writes, as they run inside an open SQLite transaction; each takes a batch of one kind of work."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from chatbot.model import Event, EventKind
from chatbot.storage import tables
from chatbot.storage.port import (
    SEQ_STEP,
    AlreadyHandledError,
    Failure,
    OutboxStatus,
    Outgoing,
    StoredEvent,
    TokenRow,
    TurnCommit,
    VersionConflictError,
)
from chatbot.storage.rows import (
    Row,
    conversation_row,
    inbox_row,
    outbox_change,
    outbox_row,
    turn_row,
)

KNOWN = text(
    "SELECT event_key FROM inbox WHERE channel = :channel AND event_key IN (SELECT value FROM json_each(:keys))"
)
"""One sentence for any number of keys (compiled once), by the index of (channel, event_key)."""
_INSERT_EVENT = insert(tables.inbox)
_MARK = (
    update(tables.outbox)
    .where(tables.outbox.c.key == bindparam("row_key"), tables.outbox.c.status != int(OutboxStatus.SENT))
    .values(
        {name: bindparam(name) for name in ("status", "attempts", "next_at", "sending_at", "platform_id", "error")}
        | {"updated_at": bindparam("updated_at")}
    )
)


SETTLED = (OutboxStatus.SENT, OutboxStatus.FAILED, OutboxStatus.DROPPED)


class EventIds:
    """Hands out inbox ids; the single writer owns the sequence, so no read-back is needed.

    Turns and sends are named after inbox ids and outlive the inbox, so no id may come twice.
    """

    def __init__(self) -> None:
        self._next: int | None = None

    def take(self, connection: Connection) -> int:
        """The next id."""
        if self._next is None:
            used = (func.max(tables.inbox.c.id), func.max(tables.turn.c.id), func.max(tables.outbox.c.seq) / SEQ_STEP)
            self._next = max(int(connection.scalar(select(one)) or 0) for one in used) + 1
        taken = self._next
        self._next += 1
        return taken


def accept(
    connection: Connection, ids: EventIds, batch: Sequence[tuple[Sequence[Event], datetime]]
) -> list[list[StoredEvent | None]]:
    """Insert the events that are new; a repeat, in the batch or in the table, becomes None."""
    read = [[(event, inbox_row(event, received_at)) for event in events] for events, received_at in batch]
    known = _known(connection, [row for found in read for _, row in found])
    fresh: list[Row] = []
    results: list[list[StoredEvent | None]] = []
    for found, (_, received_at) in zip(read, batch, strict=True):
        accepted: list[StoredEvent | None] = []
        for event, row in found:
            key = (row["channel"], row["event_key"])
            if key in known:
                accepted.append(None)
                continue
            known.add(key)
            row["id"] = ids.take(connection)
            fresh.append(row)
            accepted.append(StoredEvent(row["id"], event, received_at))
        results.append(accepted)
    if fresh:
        connection.execute(_INSERT_EVENT, fresh)
        _confirm_echoes(connection, batch)
    return results


def _known(connection: Connection, rows: Sequence[Row]) -> set[tuple[str, str]]:
    keys: dict[str, list[str]] = {}
    for row in rows:
        keys.setdefault(row["channel"], []).append(row["event_key"])
    known: set[tuple[str, str]] = set()
    for channel, hashes in keys.items():
        found = connection.scalars(KNOWN, {"channel": channel, "keys": msgspec.json.encode(hashes).decode()})
        known.update((channel, key) for key in found)
    return known


def _confirm_echoes(connection: Connection, batch: Sequence[tuple[Sequence[Event], datetime]]) -> None:
    """An echo that carries our outbox key proves the send, in the same transaction in which it arrives."""
    echoes = [event for events, _ in batch for event in events if event.kind is EventKind.ECHO_OURS and event.metadata]
    for echo in echoes:
        connection.execute(
            update(tables.outbox)
            .where(tables.outbox.c.key == echo.metadata, tables.outbox.c.conversation == echo.conversation)
            .values(status=int(OutboxStatus.SENT), platform_id=echo.platform_id)
        )


def commit_turns(connection: Connection, batch: Sequence[TurnCommit]) -> list[None]:
    """Inbox done + conversation + turn record + outbox rows of each turn."""
    for turn in batch:
        _commit_turn(connection, turn)
    return [None] * len(batch)


def _commit_turn(connection: Connection, turn: TurnCommit) -> None:
    _finish(connection, turn.inbox_ids, turn.failure)
    _write_conversation(connection, turn)
    connection.execute(upsert(tables.turn).values(turn_row(turn)).on_conflict_do_nothing())
    if turn.drop_queued:
        connection.execute(
            update(tables.outbox)
            .where(
                tables.outbox.c.conversation == turn.conversation.key,
                tables.outbox.c.status == int(OutboxStatus.QUEUED),
            )
            .values(status=int(OutboxStatus.DROPPED))
        )
    if turn.outgoing:
        connection.execute(upsert(tables.outbox).on_conflict_do_nothing(), _queued_behind(connection, turn))
    if turn.erase:
        forget(connection, turn.conversation.key, keep_outbox=frozenset(row.key for row in turn.outgoing))


def _finish(connection: Connection, ids: Sequence[int], failure: Failure | None) -> None:
    """The events are done (or dead), each of them now and not before."""
    inbox = tables.inbox
    end = _given_up(failure) if failure else {"status": 1}
    done = update(inbox).where(inbox.c.id.in_(ids), inbox.c.status == 0).values(end).returning(inbox.c.id)
    finished = frozenset(connection.scalars(done))
    if handled := frozenset(ids) - finished:
        raise AlreadyHandledError(handled)


def _queued_behind(connection: Connection, turn: TurnCommit) -> list[Row]:
    """The turn's outbox rows, behind what the conversation has: a later turn may be of an earlier event."""
    query = select(func.max(tables.outbox.c.seq)).where(tables.outbox.c.conversation == turn.conversation.key)
    last = connection.scalar(query) or 0
    shift = max(0, last + 1 - turn.outgoing[0].seq)
    return [{**outbox_row(row, turn.now), "seq": row.seq + shift} for row in turn.outgoing]


def _write_conversation(connection: Connection, turn: TurnCommit) -> None:
    row = conversation_row(turn)
    fresh = upsert(tables.conversation).values(row).on_conflict_do_nothing()
    again = (
        update(tables.conversation)
        .where(
            tables.conversation.c.key == turn.conversation.key,
            tables.conversation.c.version == turn.conversation.version,
        )
        .values(row)
    )
    statement: Executable = fresh if turn.conversation.version == 0 else again
    if connection.execute(statement).rowcount != 1:
        raise VersionConflictError("the conversation was written by somebody else")


def mark(connection: Connection, batch: Sequence[tuple[Sequence[Outgoing], datetime]]) -> list[None]:
    """The changed columns of outbox rows; a row that is SENT stays SENT."""
    rows = [{"row_key": row.key, **outbox_change(row, now)} for changed, now in batch for row in changed]
    if rows:
        connection.execute(_MARK, rows)
    return [None] * len(batch)


def bury(connection: Connection, batch: Sequence[tuple[Sequence[int], Failure]]) -> list[None]:
    """Dead letters."""
    for ids, failure in batch:
        connection.execute(update(tables.inbox).where(tables.inbox.c.id.in_(ids)).values(_given_up(failure)))
    return [None] * len(batch)


def _given_up(failure: Failure) -> Row:
    return {"status": 2, "error": failure.error[:80], "attempts": failure.attempts}


def forget(connection: Connection, key: str, keep_outbox: frozenset[str] = frozenset()) -> int:
    """Remove what a conversation said and was told; the hashed event keys stay, tied to nobody."""
    removed = connection.execute(delete(tables.conversation).where(tables.conversation.c.key == key)).rowcount
    removed += connection.execute(delete(tables.turn).where(tables.turn.c.conversation == key)).rowcount
    gone = delete(tables.outbox).where(tables.outbox.c.conversation == key, tables.outbox.c.key.not_in(keep_outbox))
    removed += connection.execute(gone).rowcount
    blank = update(tables.inbox).where(tables.inbox.c.conversation == key, tables.inbox.c.status != 0)
    removed += connection.execute(blank.values(conversation="", body=None)).rowcount
    return removed


def erase(connection: Connection, batch: Sequence[str]) -> list[int]:
    """Forget conversations."""
    return [forget(connection, key) for key in batch]


def put_tokens(connection: Connection, batch: Sequence[tuple[TokenRow, bytes]]) -> list[None]:
    """Replace grants; each must follow the version that is stored."""
    for row, grant in batch:
        stored = connection.scalar(select(tables.token.c.version).where(tables.token.c.name == row.name)) or 0
        if row.version != stored + 1:
            raise VersionConflictError("the token was refreshed by somebody else")
        values: dict[str, Any] = {
            "name": row.name,
            "version": row.version,
            "grant": grant,
            "expires_at": row.expires_at.timestamp(),
            "state": row.state,
        }
        connection.execute(upsert(tables.token).values(values).on_conflict_do_update(["name"], set_=values))
    return [None] * len(batch)


def journal(connection: Connection, batch: Sequence[tuple[str, bytes, datetime]]) -> list[None]:
    """Append to the token journal."""
    rows = [{"name": name, "at": now.timestamp(), "raw": raw} for name, raw, now in batch]
    connection.execute(insert(tables.token_journal), rows)
    return [None] * len(batch)


def put_settings(connection: Connection, batch: Sequence[tuple[str, str]]) -> list[None]:
    """Small named values: the endpoint an OA accepts, the simulator's marks."""
    now = datetime.now(UTC).timestamp()
    for name, value in batch:
        values = {"name": name, "value": value, "updated_at": now}
        connection.execute(upsert(tables.setting).values(values).on_conflict_do_update(["name"], set_=values))
    return [None] * len(batch)


def retain(connection: Connection, batch: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """Remove turns before the first moment and done inbox bodies and settled sends before the second. Returns rows."""
    removed = 0
    for turns_before, inbox_before in batch:
        old = tables.turn.c.at < turns_before.timestamp()
        removed += connection.execute(delete(tables.turn).where(old)).rowcount
        done = (tables.inbox.c.received_at < inbox_before.timestamp(), tables.inbox.c.status != 0)
        removed += connection.execute(delete(tables.inbox).where(*done)).rowcount
        settled = (
            tables.outbox.c.updated_at < turns_before.timestamp(),
            tables.outbox.c.status.in_([int(status) for status in SETTLED]),
        )
        removed += connection.execute(delete(tables.outbox).where(*settled)).rowcount
    return [removed] * len(batch)
