"""How old things are: a payload's question, the citizen's last word, a channel's last event. For both stores."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select, text

from chatbot.model import ChannelName, EventKind, Outcome
from chatbot.storage.port import SEQ_STEP, Age, Outgoing, Stranded
from chatbot.storage.rows import moment
from chatbot.storage.tables import inbox, outbox, turn

OPEN_EVENT: Final = text("inbox.status = 0")
OPEN_SEND: Final = text("outbox.status IN (0, 1, 4)")
"""Queued, sending, doubtful. Written out, so that their indexes are used."""
BY_NUMBER: Final = text("+inbox.id")
"""The order of the numbers, without their own index: else both databases may read what is done from its beginning."""


def of_channels(channel: ColumnElement[str], channels: Collection[ChannelName]) -> ColumnElement[bool]:
    """Of one of these."""
    return _unindexed(channel).in_([one.value for one in channels])


def _unindexed(channel: ColumnElement[str]) -> ColumnElement[str]:
    """Not by an index that begins with the channel, for that is one of all rows, done or not."""
    return channel.concat("")


_FIRST_EVENT: Final = select(func.min(BY_NUMBER)).select_from(inbox).where(OPEN_EVENT)
_FIRST_SEND: Final = select(func.min(outbox.c.seq)).where(OPEN_SEND)


def age(connection: Connection, row: Outgoing, opened_by: Collection[EventKind]) -> Age:
    """See Store.age; the payload's key begins with the id of its turn."""
    first = int(row.key.partition(":")[0])
    kinds = [kind.value for kind in opened_by]
    heard = select(func.max(inbox.c.platform_at)).where(
        inbox.c.conversation == row.conversation, inbox.c.kind.in_(kinds)
    )
    made = connection.execute(select(turn.c.at, turn.c.outcome).where(turn.c.id == first)).first()
    return Age(
        asked_at=moment(connection.scalar(select(inbox.c.received_at).where(inbox.c.id == first))),
        made_at=moment(made.at if made else None),
        heard_at=moment(connection.scalar(heard)),
        urgent=made is not None and made.outcome == Outcome.ANSWERED_EMERGENCY.value,
    )


def last_heard(connection: Connection, channel: ChannelName) -> datetime | None:
    """When the channel's newest event was received."""
    query = (
        select(inbox.c.received_at)
        .where(inbox.c.channel == channel.value)
        .order_by(inbox.c.received_at.desc())
        .limit(1)
    )
    return moment(connection.scalar(query))


def waiting_since(connection: Connection, channels: Collection[ChannelName]) -> datetime | None:
    """When the first event of these channels was received that has no reply yet, or whose reply has not gone out; None
    when all have."""
    event = connection.scalar(_FIRST_EVENT.where(of_channels(inbox.c.channel, channels)))
    seq = connection.scalar(_FIRST_SEND.where(of_channels(outbox.c.channel, channels)))
    first = [number for number in (event, None if seq is None else seq // SEQ_STEP) if number is not None]
    if not first:
        return None
    query = select(inbox.c.received_at).where(inbox.c.id >= min(first)).order_by(inbox.c.id).limit(1)
    return moment(connection.scalar(query))


def stranded(
    connection: Connection,
    channels: Collection[ChannelName],
    of_mine: Callable[[ColumnElement[int]], Sequence[ColumnElement[bool]]],
) -> list[Stranded]:
    """What waits for other channels than these; `of_mine` narrows to the parts that count."""
    found: list[tuple[str, int, float]] = []
    for table, since, is_open in ((inbox, inbox.c.received_at, OPEN_EVENT), (outbox, outbox.c.updated_at, OPEN_SEND)):
        elsewhere = ~of_channels(table.c.channel, channels)
        name = _unindexed(table.c.channel).label("name")
        query = (
            select(name, func.count(), func.min(since)).where(is_open, elsewhere, *of_mine(table.c.part)).group_by(name)
        )
        found += [tuple(row) for row in connection.execute(query)]
    return [
        Stranded(
            channel,
            sum(count for name, count, _ in found if name == channel),
            datetime.fromtimestamp(min(first for name, _, first in found if name == channel), UTC),
        )
        for channel in ChannelName
        if any(name == channel for name, _, _ in found)
    ]
