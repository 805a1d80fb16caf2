"""Writes of many rows, compiled once and then only fed: SQLAlchemy would build the parameters of each row anew, which
took a third of the writer's time (ADR 0002)."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any, Final, Protocol

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.dml import UpdateBase

from chatbot.storage.rows import Row

AT_ONCE: Final = 64
"""Rows of one statement."""
TARGET: Final = "row_"
"""The names of parameters that say which row is changed begin so."""
_PARAMETER: Final = re.compile(r":(\w+)")
Reader = Callable[[Row], tuple[Any, ...]]


class Prepared(Protocol):
    """A write of one database."""

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run it for each row (names of parameters to values), in this order. Raises SQLAlchemyError."""


class Prepare(Protocol):
    """Makes one of a statement; `columns` are those that an INSERT without values is given."""

    def __call__(self, statement: UpdateBase, columns: Collection[str] | None = None) -> Prepared:
        """See Prepare."""


def _reader(names: Sequence[str]) -> Reader:
    """Takes a row's values in this order."""
    if not names:
        raise ValueError("a statement without parameters is the same for every row")
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


# --- PostgreSQL: the driver sends all rows in one go ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _InOneGo:
    sql: str
    constants: Row
    read: Reader

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        connection.exec_driver_sql(self.sql, [self.read({**self.constants, **row}) for row in rows])


def in_one_go(statement: UpdateBase, columns: Collection[str] | None = None) -> Prepared:
    """See Prepare."""
    compiled = statement.compile(
        dialect=asyncpg.dialect(),  # type: ignore[no-untyped-call]
        column_keys=None if columns is None else list(columns),
    )
    constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
    return _InOneGo(str(compiled), constants, _reader(compiled.positiontup or ()))


# --- SQLite: one statement for many rows ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Together:
    """Row by row the writer's thread would have to wait for the interpreter after each of them."""

    before: str
    after: str
    names: tuple[str, ...]
    read: Reader
    constants: Row
    sentences: dict[int, str] = field(default_factory=dict)

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        for distinct in self._rounds(rows):
            for some in _pieces(distinct):
                values = chain.from_iterable(self.read({**self.constants, **row}) for row in some)
                connection.exec_driver_sql(self._sentence(len(some)), tuple(values))

    def _rounds(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """Of two changes of one row a single statement would do only one."""
        targets = tuple(name for name in self.names if name.startswith(TARGET))
        if not targets:
            yield rows
            return
        waiting: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            target = tuple(row[name] for name in targets)
            if target in waiting:
                yield list(waiting.values())
                waiting = {}
            waiting[target] = row
        yield list(waiting.values())

    def _sentence(self, count: int) -> str:
        if count not in self.sentences:
            row = f"({', '.join('?' * len(self.names))})"
            self.sentences[count] = f"{self.before}{', '.join([row] * count)}{self.after}"
        return self.sentences[count]


def together(statement: UpdateBase, columns: Collection[str] | None = None) -> Prepared:
    """See Prepare."""
    compiled = statement.compile(
        dialect=sqlite.dialect(paramstyle="named"), column_keys=None if columns is None else list(columns)
    )
    constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
    sentence = " ".join(str(compiled).split())
    names = tuple(dict.fromkeys(_PARAMETER.findall(sentence)))
    if sentence.startswith("INSERT"):
        head, _, rest = sentence.partition(" VALUES ")
        return _Together(f"{head} VALUES ", rest.partition(")")[2], names, _reader(names), constants)
    change, _, where = _PARAMETER.sub(r"given.\1", sentence).partition(" WHERE ")
    given = f"WITH given({', '.join(names)}) AS (VALUES "
    return _Together(given, f") {change} FROM given WHERE {where}", names, _reader(names), constants)


def _pieces(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Powers of two: the driver keeps few sentences compiled."""
    while rows:
        size = min(AT_ONCE, 1 << (len(rows).bit_length() - 1))
        yield rows[:size]
        rows = rows[size:]
