"""How old things are: a payload's question, the citizen's last word, a channel's last event. For both stores."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select, text

from chatbot.model import ChannelName, EventKind, Outcome
from chatbot.storage.port import SEQ_STEP, Age, Outgoing
from chatbot.storage.rows import moment
from chatbot.storage.tables import inbox, outbox, turn

OPEN_EVENT: Final = text("inbox.status = 0")
OPEN_SEND: Final = text("outbox.status IN (0, 1, 4)")
"""Queued, sending, doubtful. Written out, so that their indexes are used."""
BY_NUMBER: Final = text("+inbox.id")
"""The order of the numbers, without their own index: else both databases may read what is done from its beginning."""
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
    """When the first event was received that has no reply yet, or whose reply has not gone out; None when all have.
    What waits for a channel that is off waits for nobody."""
    on = outbox.c.channel.in_([channel.value for channel in channels])
    event, seq = connection.scalar(_FIRST_EVENT), connection.scalar(_FIRST_SEND.where(on))
    first = [number for number in (event, None if seq is None else seq // SEQ_STEP) if number is not None]
    if not first:
        return None
    query = select(inbox.c.received_at).where(inbox.c.id >= min(first)).order_by(inbox.c.id).limit(1)
    return moment(connection.scalar(query))
