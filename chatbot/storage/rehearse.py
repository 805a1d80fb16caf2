"""Would new events and answers find room? On a full disk old rows may still be changed, and nothing new is taken in."""

import os
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, Table, insert

from chatbot.storage import tables
from chatbot.storage.rows import Row

SIZE: Final = 1500
"""Bytes of a row that can neither be compressed nor put aside."""
ROWS: Final = 8
"""Together more than a page of a table holds."""


def rehearse(connection: Connection, batch: Sequence[None]) -> list[None]:
    """Write what a turn writes, and take it back: nothing stays but the room."""
    with connection.begin_nested() as attempt:
        for table, row in _ROWS.items():
            connection.execute(insert(table), [row(f"rehearsal {os.getpid()} {number}") for number in range(ROWS)])
        attempt.rollback()
    return [None] * len(batch)


def _event(name: str) -> Row:
    when = {"platform_at": 0.0, "received_at": 0.0}
    who = {"channel": "", "event_key": name, "conversation": name, "part": 0, "kind": ""}
    return {**who, **when, "body": os.urandom(SIZE), "status": 1}


def _turn(name: str) -> Row:
    said = {"text": "", "outcome": "", "intent": "", "record": os.urandom(SIZE)}
    return {"id": -1 - int.from_bytes(os.urandom(6)), "conversation": name, "channel": "", "at": 0.0, **said}


def _send(name: str) -> Row:
    what = {"payload": os.urandom(SIZE), "text": "", "status": 2, "updated_at": 0.0}
    return {"key": name, "conversation": name, "part": 0, "channel": "", "seq": 0, **what}


_ROWS: Final[dict[Table, Callable[[str], Row]]] = {tables.inbox: _event, tables.turn: _turn, tables.outbox: _send}
