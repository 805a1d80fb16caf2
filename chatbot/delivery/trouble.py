"""What the conversation must know of a send that went wrong: an event of our own, that has its turn like any other."""

from datetime import datetime
from enum import StrEnum

from chatbot.model import HELD, Event, EventKind
from chatbot.storage.port import Outgoing


class Trouble(StrEnum):
    """What happened; the event carries it in `metadata`."""

    STALE = "stale"  # the answer waited so long that an apology takes its place
    REFUSED = "refused"  # the platform does not take the answer: the citizen gets a sentence instead of silence
    HELD = HELD  # a person or another app holds the thread: the bot falls silent


def event_of(row: Outgoing, trouble: Trouble, now: datetime) -> Event:
    """The event; the same trouble of the same payload is the same event."""
    held = trouble is Trouble.HELD
    return Event(
        key=f"{trouble}:{row.key}:{row.attempts}" if held else f"{trouble}:{row.key}",
        channel=row.channel,
        conversation=row.conversation,
        kind=EventKind.HANDOVER if held else EventKind.UNDELIVERED,
        at=row.sending_at or now,
        metadata=trouble.value,
        raw_kind="outbox",
    )
