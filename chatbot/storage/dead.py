"""Dead letters as they stand in the tables: events with status 2, sends that FAILED. The same SQL for both stores."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from chatbot.model import ChannelName, Event
from chatbot.storage.port import REQUEUED, DeadLetter, OutboxStatus
from chatbot.storage.tables import inbox, outbox, turn

DEAD: Final = 2
CLOSED: Final = "closed"
"""How the error of a send begins that the citizen's side closed: nobody has to do anything."""

LONGEST_ID: Final = 18
"""Digits of a number that both databases hold."""

_events = msgspec.json.Decoder(Event)


def letters(connection: Connection, limit: int) -> list[DeadLetter]:
    """The newest dead letters, newest first; an erased one is nobody's any more and not among them."""
    events = select(inbox).where(inbox.c.status == DEAD, inbox.c.body.is_not(None)).order_by(inbox.c.id.desc())
    sends = select(outbox).where(outbox.c.status == int(OutboxStatus.FAILED)).order_by(outbox.c.updated_at.desc())
    found = [_event(row) for row in connection.execute(events.limit(limit))]
    found += [_send(row) for row in connection.execute(sends.limit(limit))]
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:limit]


def troubles(connection: Connection) -> int:
    """Dead letters that need a person."""
    events = select(func.count()).where(inbox.c.status == DEAD, inbox.c.body.is_not(None))
    failed = (outbox.c.status == int(OutboxStatus.FAILED), outbox.c.error.not_like(f"{CLOSED}%"))
    sends = select(func.count()).where(*failed)
    return int(connection.scalar(events) or 0) + int(connection.scalar(sends) or 0)


def revive(connection: Connection, batch: Sequence[tuple[Collection[str], datetime]]) -> list[int]:
    """Back into their queues, as if they had come just now."""
    return [_revive_events(connection, ids, now) + _revive_sends(connection, ids, now) for ids, now in batch]


def dismiss(connection: Connection, batch: Sequence[Collection[str]]) -> list[int]:
    """Off the list: the event counts as done, the send as dropped."""
    return [_dismiss(connection, ids) for ids in batch]


def _revive_events(connection: Connection, ids: Collection[str], now: datetime) -> int:
    """Their first turn's apology keeps another name, or the new turn's reply would count as said before."""
    wanted = (inbox.c.id.in_(_numbers(ids)), inbox.c.status == DEAD, inbox.c.body.is_not(None))
    fresh = {"status": 0, "error": "", "attempts": 0, "received_at": now.timestamp()}
    revived = connection.scalars(update(inbox).where(*wanted).values(fresh).returning(inbox.c.id)).all()
    for number in revived:
        _rename_replies(connection, number, now)
    connection.execute(delete(turn).where(turn.c.id.in_(revived)))
    return len(revived)


def _rename_replies(connection: Connection, number: int, now: datetime) -> None:
    old = select(outbox.c.key).where(outbox.c.key.like(f"{number}:%"), outbox.c.key.not_like("%~%"))
    for key in connection.scalars(old).all():
        renamed = f"{key}~{int(now.timestamp() * 1000)}"
        connection.execute(update(outbox).where(outbox.c.key == key).values(key=renamed))


def _revive_sends(connection: Connection, ids: Collection[str], now: datetime) -> int:
    again = {"status": int(OutboxStatus.QUEUED), "error": REQUEUED, "attempts": 0, "next_at": None}
    failed = (outbox.c.key.in_(list(ids)), outbox.c.status == int(OutboxStatus.FAILED))
    return connection.execute(update(outbox).where(*failed).values(**again, updated_at=now.timestamp())).rowcount


def _dismiss(connection: Connection, ids: Collection[str]) -> int:
    dead = (inbox.c.id.in_(_numbers(ids)), inbox.c.status == DEAD)
    failed = (outbox.c.key.in_(list(ids)), outbox.c.status == int(OutboxStatus.FAILED))
    done = connection.execute(update(inbox).where(*dead).values(status=1)).rowcount
    return done + connection.execute(update(outbox).where(*failed).values(status=int(OutboxStatus.DROPPED))).rowcount


def _numbers(ids: Collection[str]) -> list[int]:
    return [int(one) for one in ids if one.isdecimal() and len(one) <= LONGEST_ID]


def _event(row: Any) -> DeadLetter:
    return DeadLetter(
        id=str(row.id),
        channel=ChannelName(row.channel),
        conversation=row.conversation,
        reason=row.error,
        attempts=row.attempts,
        at=datetime.fromtimestamp(row.received_at, UTC),
        text=_text(row.body),
    )


def _text(body: bytes) -> str:
    """What was said; "" where it cannot be read."""
    try:
        return _events.decode(body).text
    except msgspec.MsgspecError:
        return ""


def _send(row: Any) -> DeadLetter:
    return DeadLetter(
        id=row.key,
        channel=ChannelName(row.channel),
        conversation=row.conversation,
        reason=row.error,
        attempts=row.attempts,
        at=datetime.fromtimestamp(row.updated_at, UTC),
        text=row.text,
    )
