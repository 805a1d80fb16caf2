"""What SQLite and PostgreSQL say differently. Everything else is written once, in `writes` and `reads`."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from chatbot.storage import tables
from chatbot.storage.port import SEQ_STEP
from chatbot.storage.prepared import Prepare, in_one_go, together
from chatbot.storage.rows import Row

Key = tuple[str, str]
"""What makes an event unique: its channel and the hash of its key."""


class Intake(Protocol):
    """Inserts the events that are not there yet."""

    def __call__(self, connection: Connection, rows: Mapping[Key, Row]) -> dict[Key, int]:
        """The ids of those that were new, by key; the ids rise in the order of `rows`."""


@dataclass(frozen=True, slots=True)
class Words:
    """One database's own words. `among` is "the column is one of the values of this parameter", for any number of
    values in one statement that is compiled once; `many` makes the parameter's value."""

    prepare: Prepare
    upsert: Callable[[Table], Any]
    among: Callable[[ColumnElement[Any], str], ColumnElement[bool]]
    many: Callable[[Collection[Any]], Any]
    intake: Intake


_COLUMNS: Final = {
    "id": "bigint",
    "channel": "varchar",
    "event_key": "varchar",
    "conversation": "varchar",
    "part": "smallint",
    "kind": "varchar",
    "platform_at": "float8",
    "received_at": "float8",
    "body": "bytea",
    "status": "smallint",
}
"""What an accepted event consists of, and PostgreSQL's kinds of it."""


# --- SQLite -----------------------------------------------------------------------------------------------------------

KNOWN: Final = text(
    "SELECT event_key FROM inbox WHERE channel = :channel AND event_key IN (SELECT value FROM json_each(:keys))"
)
"""One sentence for any number of keys (compiled once), by the index of (channel, event_key)."""


def _json(values: Iterable[Any]) -> str:
    return msgspec.json.encode(list(values)).decode()


def _in_json(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value))


_NEWEST_ID: Final = text("SELECT max(id) FROM inbox")
_INSERT_EVENTS: Final = together(insert(tables.inbox), _COLUMNS)


class SqliteIntake:
    """The single writer owns the sequence of ids, so no read-back is needed.

    Turns and sends are named after inbox ids and outlive the inbox, so no id may come twice.
    """

    def __init__(self) -> None:
        self._next: int | None = None

    def __call__(self, connection: Connection, rows: Mapping[Key, Row]) -> dict[Key, int]:
        """Insert what `KNOWN` does not find."""
        known = _known(connection, rows)
        self._follow(connection)
        new = {key: self._take(connection) for key in rows if key not in known}
        _INSERT_EVENTS(connection, [{"id": row_id, **rows[key]} for key, row_id in new.items()])
        return new

    def _follow(self, connection: Connection) -> None:
        """Step behind what another process inserted since (`chatbot catch-up` beside the running bot)."""
        if self._next is not None:
            newest = int(connection.scalar(_NEWEST_ID) or 0)
            self._next = max(self._next, newest + 1)

    def _take(self, connection: Connection) -> int:
        if self._next is None:
            used = (func.max(tables.inbox.c.id), func.max(tables.turn.c.id), func.max(tables.outbox.c.seq) / SEQ_STEP)
            self._next = max(int(connection.scalar(select(one)) or 0) for one in used) + 1
        taken = self._next
        self._next += 1
        return taken


def _known(connection: Connection, rows: Mapping[Key, Row]) -> set[Key]:
    known: set[Key] = set()
    for channel in {channel for channel, _ in rows}:
        keys = _json(key for named, key in rows if named == channel)
        known.update((channel, key) for key in connection.scalars(KNOWN, {"channel": channel, "keys": keys}))
    return known


def sqlite_words() -> Words:
    """SQLite's words; a writer has its own, for they hold its sequence of ids."""
    return Words(prepare=together, upsert=sqlite.insert, among=_in_json, many=_json, intake=SqliteIntake())


# --- PostgreSQL -------------------------------------------------------------------------------------------------------

_NEXT_IDS: Final = text("SELECT nextval('inbox_id_seq') FROM generate_series(1, :count)")
_INSERT_NEW: Final = text(
    f"INSERT INTO inbox ({', '.join(_COLUMNS)})"  # noqa: S608 - names of ours
    f" SELECT * FROM unnest({', '.join(f'CAST(:{name} AS {kind}[])' for name, kind in _COLUMNS.items())})"
    " ON CONFLICT (channel, event_key) DO NOTHING RETURNING id"
)
"""Waits for another process that is just inserting the same event, so that a repeat is not answered before the first
copy is on disk."""


def _in_array(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    kind = BigInteger if isinstance(column.type, BigInteger) else Text
    return column == any_(bindparam(name, type_=postgresql.ARRAY(kind)))


def _insert_new(connection: Connection, rows: Mapping[Key, Row]) -> dict[Key, int]:
    """Ids by order of arrival, inserted in the order of their keys: two processes never wait for each other."""
    ids = connection.scalars(_NEXT_IDS, {"count": len(rows)}).all()
    by_id = dict(zip(ids, rows, strict=True))
    ordered = sorted(({"id": row_id, **rows[key]} for row_id, key in by_id.items()), key=_event_key)
    columns = {name: [row[name] for row in ordered] for name in _COLUMNS}
    return {by_id[row_id]: row_id for row_id in connection.scalars(_INSERT_NEW, columns)}


def _event_key(row: Row) -> Key:
    return row["channel"], row["event_key"]


def postgres_words() -> Words:
    """PostgreSQL's words."""
    return Words(
        prepare=in_one_go,
        upsert=postgresql.insert,
        among=_in_array,
        many=list,
        intake=_insert_new,
    )
