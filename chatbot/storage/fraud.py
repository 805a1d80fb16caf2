"""What citizens told of frauds: the masked texts of the turns that ended in a verdict, a warning or first aid."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, or_, select

from chatbot.model import Outcome
from chatbot.storage.tables import turn

MOST: Final = 20_000
"""Turns read at once; the newest win."""
_ENDED: Final = (Outcome.ANSWERED_VERDICT.value, Outcome.ANSWERED_EMERGENCY.value)


def told(connection: Connection, since: datetime) -> Sequence[tuple[datetime, str]]:
    """Time (UTC) and masked text of each, newest first."""
    about = or_(turn.c.outcome.in_(_ENDED), turn.c.intent.like("scam.%"), turn.c.intent.like("channel.verify%"))
    query = select(turn.c.at, turn.c.text).where(turn.c.at >= since.timestamp(), about).order_by(turn.c.at.desc())
    return [(datetime.fromtimestamp(row.at, UTC), row.text) for row in connection.execute(query.limit(MOST))]
