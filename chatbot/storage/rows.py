"""Between our words and table rows: the same for both stores."""

import hashlib
import zlib
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from chatbot.model import ChannelName, Event, EventKind, Session
from chatbot.storage.port import Conversation, OutboxStatus, Outgoing, StoredEvent, TurnCommit

PARTS: Final = 64
"""Parts of the conversation space; a worker of many owns some of them."""
QUIET: Final = frozenset(
    {
        EventKind.ECHO_OURS,
        EventKind.ECHO_AUTOMATION,
        EventKind.DELIVERED,
        EventKind.SEEN,
        EventKind.REACTION,
        EventKind.STANDBY,
        EventKind.OTHER,
    }
)
"""Events that are recorded and need no turn."""
HASHED_LENGTH: Final = 32
"""Characters of a hashed key."""
LONGEST_ID: Final = 160
"""Characters that are kept of a platform's id."""

_encoder = msgspec.json.Encoder()
_events = msgspec.json.Decoder(Event)
_sessions = msgspec.json.Decoder(Session)
Row = dict[str, Any]


def part_of(conversation: str) -> int:
    """The part a conversation belongs to: crc32 of its key modulo 64."""
    return zlib.crc32(conversation.encode()) % PARTS


def hashed(key: str) -> str:
    """The event key as it is stored: 128 bits of BLAKE2b in hex."""
    return hashlib.blake2b(key.encode(), digest_size=HASHED_LENGTH // 2).hexdigest()


def seconds(moment: datetime | None) -> float | None:
    """Seconds since the epoch."""
    return moment.timestamp() if moment else None


def moment(value: float | None) -> datetime | None:
    """The aware UTC moment of a stored number."""
    return datetime.fromtimestamp(value, UTC) if value is not None else None


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot hold: the zero character and halves of a surrogate pair."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def inbox_row(event: Event, received_at: datetime) -> Row:
    """An accepted event; quiet kinds are done at once."""
    return {
        "channel": event.channel.value,
        "event_key": hashed(event.key),
        "conversation": event.conversation,
        "part": part_of(event.conversation),
        "kind": event.kind.value,
        "platform_at": event.at.timestamp(),
        "received_at": received_at.timestamp(),
        "body": _encoder.encode(event),
        "status": 1 if event.kind in QUIET else 0,
    }


def stored_event(row_id: int, body: bytes, received_at: float, attempts: int = 0) -> StoredEvent:
    """An inbox row as an event. Raises msgspec.MsgspecError for one that another version wrote, or that is damaged."""
    return StoredEvent(row_id, _events.decode(body), datetime.fromtimestamp(received_at, UTC), attempts)


def conversation_row(turn: TurnCommit) -> Row:
    """The conversation as it will be after the turn."""
    conversation = turn.conversation
    return {
        "key": conversation.key,
        "part": part_of(conversation.key),
        "version": conversation.version + 1,
        "session": _encoder.encode(conversation.session),
        "last_event_at": seconds(conversation.last_event_at),
        "updated_at": turn.now.timestamp(),
    }


def read_conversation(key: str, row: Any) -> Conversation:
    """A conversation's row, or a fresh one."""
    if row is None:
        return Conversation(key=key)
    return Conversation(
        key=key, session=_session(row.session), version=row.version, last_event_at=moment(row.last_event_at)
    )


def _session(stored: bytes) -> Session:
    """A fresh one where it cannot be read: written by another version of the program, or damaged."""
    try:
        return _sessions.decode(stored)
    except msgspec.MsgspecError:
        return Session()


def turn_row(turn: TurnCommit) -> Row:
    """What is kept of a turn."""
    return {
        "id": min(turn.inbox_ids),
        "conversation": turn.conversation.key,
        "channel": turn.conversation.key.partition(":")[0],
        "at": turn.now.timestamp(),
        "text": _storable(turn.record.text),
        "outcome": turn.outcome.value,
        "intent": turn.record.intent,
        "record": _encoder.encode(turn.record),
    }


def outbox_row(row: Outgoing, now: datetime) -> Row:
    """A payload to send."""
    return {
        "key": row.key,
        "conversation": row.conversation,
        "part": part_of(row.conversation),
        "channel": row.channel.value,
        "seq": row.seq,
        "payload": _encoder.encode(row.payload),
        "text": _storable(row.text),
        **outbox_change(row, now),
    }


def outbox_change(row: Outgoing, now: datetime) -> Row:
    """The columns that change while a payload lives."""
    return {
        "status": int(row.status),
        "attempts": row.attempts,
        "next_at": seconds(row.next_at),
        "sending_at": seconds(row.sending_at),
        "platform_id": row.platform_id[:LONGEST_ID],
        "error": row.error[:80],
        "updated_at": now.timestamp(),
    }


def read_outgoing(row: Any) -> Outgoing:
    """An outbox row."""
    return Outgoing(
        key=row.key,
        conversation=row.conversation,
        channel=ChannelName(row.channel),
        seq=row.seq,
        payload=msgspec.json.decode(row.payload),
        text=row.text,
        status=OutboxStatus(row.status),
        attempts=row.attempts,
        next_at=moment(row.next_at),
        sending_at=moment(row.sending_at),
        platform_id=row.platform_id,
        error=row.error,
    )
