"""A SQLite file with many stored conversations: rows of a small real file, copied under new names and older dates.

Every conversation has one turn with its replies, within the last 89 days (turns are kept for 90): most people ask once.
Events are kept for 7 days; with their echoes and receipts that leaves one for every fifth turn.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from chatbot.storage.port import SEQ_STEP
from chatbot.storage.rows import part_of

TURNS: Final = 1
EVENTS: Final = 5
"""One turn of so many still has its event."""
CHUNK: Final = 50_000
TURN_DAYS: Final = 89
EVENT_DAYS: Final = 6
_SPACE: Final = 10**16
_MULTIPLIER: Final = 6_364_136_223_846_793
_NUMBERS: Final = "WITH RECURSIVE number(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :last)"
_KEY: Final = ":prefix || citizen(n % :conversations)"
_RANDOM: Final = "lower(hex(randomblob(16)))"
_COPIES: Final[Mapping[str, Mapping[str, str]]] = {
    "conversation": {
        "key": _KEY,
        "part": f"part_of({_KEY})",
        "updated_at": "ago(n, :days)",
        "last_event_at": "ago(n, :days)",
    },
    "turn": {"id": ":base + n", "conversation": _KEY, "at": "ago(n, :days)"},
    "outbox": {
        "key": "(:base + n) || substr(copied.key, instr(copied.key, ':'))",
        "conversation": _KEY,
        "part": f"part_of({_KEY})",
        "seq": f"(:base + n) * {SEQ_STEP} + copied.seq % {SEQ_STEP}",
        "status": "2",
        "platform_id": f"'m_' || {_RANDOM}",
        "updated_at": "ago(n, :days)",
    },
    "inbox": {
        "id": ":base + n",
        "event_key": _RANDOM,
        "conversation": _KEY,
        "part": f"part_of({_KEY})",
        "platform_at": "ago(n, :event_days)",
        "received_at": "ago(n, :event_days)",
        "status": "1",
    },
}
"""The columns of a copy that differ from the copied row, by table; everything else is copied."""
_OF_TURN: Final = {
    "conversation": "copied.key = sample.conversation",
    "turn": "copied.id = sample.id",
    "outbox": "CAST(substr(copied.key, 1, instr(copied.key, ':') - 1) AS INTEGER) = sample.id",
    "inbox": "copied.id = sample.id",
}


def citizen(number: int) -> str:
    """The id of a stored person: scattered like the platform's, no two alike."""
    return f"{(number * _MULTIPLIER + 1_442_695_040_888_963) % _SPACE:017}"


def prefill(sample: Path, target: Path, conversations: int, say: Callable[[str], None]) -> None:
    """Copy the sample to `target` and multiply its rows until there are so many conversations more."""
    shutil.copyfile(sample, target)
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        _prepare(database)
        indexes = _drop_indexes(database)
        filler = _Filler(database, conversations)
        told = 0
        for first in range(0, conversations, CHUNK):
            filler.fill(first, min(conversations, first + CHUNK))
            if conversations > CHUNK and (tenth := 10 * (first + CHUNK) // conversations) > told:
                told = tenth
                say(f"stored conversations: {min(100, 10 * tenth)} % of {conversations:,} written")
        for statement in indexes:
            database.execute(statement)
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _prepare(database: sqlite3.Connection) -> None:
    now = time.time()
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
        database.execute(f"PRAGMA {pragma}")
    database.create_function("citizen", 1, citizen, deterministic=True)
    database.create_function("part_of", 1, part_of, deterministic=True)
    database.create_function("ago", 2, lambda n, days: now - days * 86_400.0 * (n * 7919 % 99_991) / 99_991)


def _drop_indexes(database: sqlite3.Connection) -> list[str]:
    """Drop the indexes that can be dropped; returns how to make them again."""
    found = database.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    ours = [(name, sql) for name, sql, table in found if table in _COPIES]
    for name, _ in ours:
        database.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in ours]


class _Filler:
    """The statements that copy a stretch of conversations."""

    def __init__(self, database: sqlite3.Connection, conversations: int) -> None:
        self._database = database
        self._conversations = conversations
        database.execute(
            "CREATE TEMP TABLE sample AS SELECT row_number() OVER () - 1 AS place, id, conversation FROM turn"
        )
        for table, which in _OF_TURN.items():
            database.execute(
                f"CREATE TEMP TABLE sample_{table} AS SELECT copied.*, sample.place AS place"  # noqa: S608 - names of ours
                f" FROM {table} AS copied JOIN sample ON {which}"
            )
            database.execute(f"CREATE INDEX temp.sample_{table}_place ON sample_{table}(place)")
        count, known = database.execute("SELECT count(*), min(conversation) FROM turn").fetchone()
        base = database.execute("SELECT max(id) FROM (SELECT id FROM turn UNION ALL SELECT id FROM inbox)").fetchone()[
            0
        ]
        if not count:
            raise ValueError("the sample holds no turns")
        self._values = {
            "conversations": conversations,
            "samples": count,
            "base": base + 1,
            "prefix": known[: known.rindex(":") + 1],
            "days": TURN_DAYS,
            "event_days": EVENT_DAYS,
        }
        self._copies = {table: self._copy(table) for table in _COPIES}

    def _copy(self, table: str) -> str:
        columns = [row[1] for row in self._database.execute(f"PRAGMA main.table_info({table})")]
        values = [_COPIES[table].get(column, f'copied."{column}"') for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        every = f" WHERE n % {EVENTS} = 0" if table == "inbox" else ""
        return (
            f"{_NUMBERS} INSERT INTO main.{table} ({names}) SELECT {', '.join(values)}"  # noqa: S608 - names of ours
            f" FROM number JOIN sample_{table} AS copied ON copied.place = n % :samples{every}"
        )

    def fill(self, first: int, last: int) -> None:
        """Conversations from the first to before the last, with all their turns."""
        self._database.execute("BEGIN")
        for table, statement in self._copies.items():
            for turn in range(1 if table == "conversation" else TURNS):
                shift = turn * self._conversations
                self._database.execute(statement, {**self._values, "first": first + shift, "last": last + shift})
        self._database.execute("COMMIT")
