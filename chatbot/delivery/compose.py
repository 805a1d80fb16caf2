"""Small pure steps of a lane: which events make one turn, and which outbox rows a reply becomes."""

from collections.abc import Sequence

from chatbot.channels.base import Payload
from chatbot.model import ChannelName, EventKind
from chatbot.storage.port import SEQ_STEP, Outgoing, StoredEvent

JOINED = frozenset({EventKind.TEXT, EventKind.ATTACHMENT})
"""Kinds that are read together when they come quickly after one another."""
MOST_JOINED = 8


def turns_of(events: Sequence[StoredEvent]) -> list[tuple[StoredEvent, ...]]:
    """Neighbouring texts make one turn; every other event is a turn of its own. The order is kept."""
    turns: list[list[StoredEvent]] = []
    for stored in events:
        last = turns[-1] if turns else None
        joins = last is not None and stored.event.kind in JOINED and last[-1].event.kind in JOINED
        if last is not None and joins and len(last) < MOST_JOINED:
            last.append(stored)
        else:
            turns.append([stored])
    return [tuple(turn) for turn in turns]


def outgoing(
    conversation: str,
    channel: ChannelName,
    events: Sequence[StoredEvent],
    rendered: Sequence[tuple[Payload, str]],
) -> tuple[Outgoing, ...]:
    """Outbox rows with keys derived from the turn, so that a turn that runs twice adds nothing."""
    first = min(one.id for one in events)
    return tuple(
        Outgoing(
            key=f"{first}:{number}",
            conversation=conversation,
            channel=channel,
            seq=max(one.id for one in events) * SEQ_STEP + number,
            payload=payload,
            text=text,
        )
        for number, (payload, text) in enumerate(rendered)
    )
