"""How old things are: a payload's question, the citizen's last word, a channel's last event. For both stores."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from chatbot.model import ChannelName, EventKind, Outcome
from chatbot.storage.port import Age, Outgoing
from chatbot.storage.rows import moment
from chatbot.storage.tables import inbox, turn


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
