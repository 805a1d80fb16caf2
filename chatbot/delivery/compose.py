"""Small pure steps of a lane: which events make one turn, and which outbox rows a reply becomes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chatbot.channels.base import Payload
from chatbot.model import OTHERS, ChannelName, Event, EventKind
from chatbot.storage.port import PROCESS_ENDED, SEQ_STEP, Failure, Outgoing, StoredEvent

JOINED = frozenset({EventKind.TEXT, EventKind.ATTACHMENT})
"""Kinds that are read together when they come quickly after one another."""
JOINED_WITHIN = timedelta(minutes=10)
"""What waited on disk may have been written hours apart, and a person may have answered between."""
MOST_JOINED = 8
Rendered = Sequence[tuple[Payload, str]]
"""Payloads, each with the text it shows."""


def in_order(events: Iterable[StoredEvent]) -> list[StoredEvent]:
    """By the platform's time; but first what decides whose the citizen's words of before are."""
    return sorted(events, key=lambda one: (not _decides(one.event), one.event.at, one.id))


def _decides(event: Event) -> bool:
    """Did a person write or take over, or the citizen withdraw?"""
    handed = event.kind is EventKind.HANDOVER and event.metadata == OTHERS
    return handed or event.kind in {EventKind.ECHO_STAFF, EventKind.WITHDRAWN}


def turns_of(events: Sequence[StoredEvent]) -> list[tuple[StoredEvent, ...]]:
    """Neighbouring texts make one turn, unless a person wrote between them; every other event is a turn of its own, and
    so is one that may have ended a process. The order is kept."""
    turns: list[list[StoredEvent]] = []
    decisions = [one.event.at for one in events if _decides(one.event)]
    for stored in events:
        last = turns[-1] if turns else []
        if 0 < len(last) < MOST_JOINED and _joins(last[-1], stored, decisions):
            last.append(stored)
        else:
            turns.append([stored])
    return [tuple(turn) for turn in turns]


def _joins(last: StoredEvent, stored: StoredEvent, decisions: Iterable[datetime]) -> bool:
    fit = all(one.event.kind in JOINED and not one.attempts for one in (last, stored))
    parted = any(last.event.at < at <= stored.event.at for at in decisions)
    return fit and not parted and stored.event.at - last.event.at <= JOINED_WITHIN


def before(events: Sequence[StoredEvent], tries: int) -> Failure:
    """What is known of a turn before it begins: nothing, or that it has ended so many processes."""
    ended = events[0].attempts  # who has any is alone in its turn
    return Failure(PROCESS_ENDED, ended) if ended >= tries else Failure("", 0)


def outgoing(
    conversation: str,
    channel: ChannelName,
    events: Sequence[StoredEvent],
    rendered: Rendered,
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


def shown_text(payload: Payload) -> str:
    """The text a payload shows, wherever the platform keeps it."""
    for value in payload.values():
        if isinstance(value, dict) and (found := shown_text(value)):
            return found
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict) and (found := shown_text(item)):
                    return found
    text = payload.get("text")
    return text if isinstance(text, str) else ""
