"""The store's port: what delivery needs from a database, in about eight methods."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final, Protocol

from chatbot.channels.base import Payload, SentMessage
from chatbot.model import ChannelName, Event, EventKind, Outcome, Session, TurnRecord

SEQ_STEP: Final = 64
"""Room for the payloads of one turn in a conversation's sequence: `seq` is the inbox id times this plus a number."""
REQUEUED: Final = "requeued"
"""The `error` of a payload that an operator put back into the queue, until its next attempt."""
UNWANTED: Final = "unwanted"
"""The `error` of a payload that was on its way when a person took over: whatever became of it, it is not sent again."""


ALL_CHANNELS: Final = tuple(ChannelName)
PROCESS_ENDED: Final = "process ended"
"""The `error` of a message during whose turns processes crashed or hung."""


UNREADABLE: Final = "unreadable"
"""The `error` of a message that another version of the program wrote, or whose row is damaged."""


class OutboxStatus(IntEnum):
    """The life of one payload. SENDING is committed before the first byte leaves."""

    QUEUED = 0
    SENDING = 1
    SENT = 2
    FAILED = 3
    DOUBTFUL = 4
    DROPPED = 5

    @property
    def settled(self) -> bool:
        """Nothing more becomes of the payload."""
        return self in {OutboxStatus.SENT, OutboxStatus.FAILED, OutboxStatus.DROPPED}


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An accepted event and its row number; `attempts` counts the processes that ended during its turn."""

    id: int
    event: Event
    received_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One payload in the outbox. `key` comes from the turn ("<first inbox id>:<n>"): a turn run twice adds none."""

    key: str
    conversation: str
    channel: ChannelName
    seq: int
    payload: Payload
    text: str
    status: OutboxStatus = OutboxStatus.QUEUED
    attempts: int = 0
    next_at: datetime | None = None
    sending_at: datetime | None = None
    platform_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation's row; `version` is checked when it is written back."""

    key: str
    session: Session = field(default_factory=Session)
    version: int = 0
    last_event_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """What the clock says of a payload; None where it is no longer known (erased, or older than the retention).

    `asked_at` is when its question was received, `made_at` when its turn was, `heard_at` the platform's time of the
    citizen's last message. An `urgent` payload answers a citizen in danger.
    """

    asked_at: datetime | None = None
    made_at: datetime | None = None
    heard_at: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Stranded:
    """So many messages and replies wait for a channel that a process does not have, the first since then."""

    channel: ChannelName
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Why events could not be handled, and after how many attempts."""

    error: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something given up that waits for a person: an event (`id` is its inbox id, "17") or a send ("17:0")."""

    id: str
    channel: ChannelName
    conversation: str
    reason: str
    attempts: int
    at: datetime
    text: str  # masked

    @property
    def is_send(self) -> bool:
        """A reply that did not arrive, not a message that could not be handled."""
        return ":" in self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCommit:
    """Everything one turn writes, in one transaction. With a `failure` its events become dead letters."""

    conversation: Conversation
    inbox_ids: tuple[int, ...]
    outgoing: tuple[Outgoing, ...]
    record: TurnRecord
    outcome: Outcome
    now: datetime
    erase: bool = False
    drop_queued: bool = False
    failure: Failure | None = None


class StoreError(Exception):
    """The store could not do it; the caller must not believe that anything was written."""


class StoreDownError(StoreError):
    """The database as a whole refuses (locked, full, gone): asking again row by row would only wait."""


class SealedError(StoreError):
    """What is stored was sealed with another key. `version` is that of the row that cannot be read."""

    def __init__(self, sentence: str, version: int = 0) -> None:
        super().__init__(sentence)
        self.version = version


class VersionConflictError(StoreError):
    """Somebody else wrote the conversation since it was read: read it again and run the turn again."""


class AlreadyHandledError(StoreError):
    """Some events had their turn before; nothing was written. `ids` says which: the others still need theirs."""

    def __init__(self, ids: frozenset[int]) -> None:
        super().__init__("an event had its turn before")
        self.ids = ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Living workers, and the parts of the conversation space that this one holds or nobody does."""

    workers: int
    mine: frozenset[int]
    free: frozenset[int]


class Store(Protocol):
    """A durable store. Every method returns after its transaction is on disk."""

    async def accept(self, events: Sequence[Event], received_at: datetime) -> Sequence[StoredEvent | None]:
        """Insert events; None stands for a repeat (same channel and key), answered only after the first is on disk."""

    async def pending(
        self,
        limit: int,
        busy: Collection[str] = (),
        held: Collection[int] = (),
        channels: Collection[ChannelName] = ALL_CHANNELS,
    ) -> Sequence[StoredEvent]:
        """Events of these channels that are not yet done, oldest first: not of conversations in `busy`, and not those
        with ids in `held`."""

    async def load(self, conversation: str) -> Conversation:
        """The conversation, fresh if it was never seen."""

    async def commit_turn(self, turn: TurnCommit) -> None:
        """Inbox done + conversation + turn record + outbox rows. Raises VersionConflictError, AlreadyHandledError.

        The rows go behind every row that the conversation has, whatever `seq` asks for: turns are answered in the
        order in which they were committed.
        """

    async def bury(self, event_ids: Sequence[int], failure: Failure) -> None:
        """Give up on events that cannot be handled (dead letter): the conversation goes on."""

    async def blame(self, hashed_keys: Collection[str]) -> None:
        """Count one more attempt of events that are still open: a process ended in a turn of exactly these. They are
        named as they are stored, for nothing else was left of them."""

    async def open_sends(self, parts: Collection[int] | None = None) -> Sequence[Outgoing]:
        """Every outbox row (of these parts) that is QUEUED, SENDING or DOUBTFUL, in order of conversation and seq."""

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        """Write the status, attempts, next_at, sending_at, platform_id and error of outbox rows. A row that is SENT
        stays so, and one that was dropped or is UNWANTED is UNWANTED until its end."""

    async def proof(self, key: str) -> str | None:
        """The platform's id of a payload that surely arrived, as an answer or an echo with its key says; else None."""

    async def requeued(self) -> Sequence[Outgoing]:
        """Rows that an operator put back: QUEUED with the error REQUEUED, in order of conversation and seq."""

    async def age(self, row: Outgoing, opened_by: Collection[EventKind]) -> Age:
        """How old a payload's question is, and when the citizen was last heard (events of the kinds `opened_by`)."""

    async def last_heard(self, channel: ChannelName) -> datetime | None:
        """When the channel's newest stored event was received."""

    async def matched_ids(self, conversation: str, since: datetime) -> frozenset[str]:
        """Platform ids already tied to a send of the conversation (so that identical sentences are not confused)."""

    async def sends(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """What we sent to the conversation since then, or may have; without an id where the platform has told none."""

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """Our own messages that the platform echoed without our key since then, oldest first. One with our key has
        proved its send as it came (see `proof`)."""

    async def erase(self, conversation: str) -> int:
        """Forget the conversation: session, turns, texts; hashed event keys stay. Returns the rows removed."""

    async def ping(self) -> None:
        """Raise StoreError if nothing can be written now."""

    async def close(self) -> None:
        """Flush and close."""


class PartListener(Protocol):
    """Who works on parts and must know what becomes of them."""

    def lost(self) -> None:
        """The connection is gone, and every part with it."""

    def news(self) -> None:
        """Another process stored an event of one of our parts."""

    def freed(self) -> None:
        """Another process gave parts up."""


class PartStore(Protocol):
    """The part of a shared store that knows who owns which part of the conversation space."""

    mine: set[int]
    """The parts whose events and sends this process works on."""
    listener: PartListener | None

    @property
    def session(self) -> int:
        """The number of the connection that holds the parts; another whenever it was lost."""

    def owns(self, conversation: str) -> bool:
        """Is it this process's at this moment?"""

    async def confirm(self) -> None:
        """Return when the parts surely are ours at this moment. Raises StoreError when they are not."""

    async def census(self) -> Census:
        """Living workers, own and free parts."""

    async def take(self, parts: Collection[int]) -> frozenset[int]:
        """Lock those that are free."""

    async def give_back(self, parts: Collection[int]) -> None:
        """Unlock them."""

    async def open_sends(self, parts: Collection[int] | None = None) -> Sequence[Outgoing]:
        """As the store's."""


class DeadLetters(Protocol):
    """What was given up: for an operator beside the running bot, in short transactions."""

    async def dead(self, limit: int = 500) -> Sequence[DeadLetter]:
        """The newest ones, newest first."""

    async def revive(self, ids: Collection[str]) -> int:
        """Put them back into their queues; returns how many there were. The running bot looks at `WAKE`."""

    async def dismiss(self, ids: Collection[str]) -> int:
        """Take them off the list for good; returns how many there were."""

    async def troubles(self) -> int:
        """How many need a person: sends that the citizen's side closed (left, blocked, window over) do not."""


ERASED: Final = "erased:"
"""How the setting begins that holds when a conversation was erased; its hash follows."""
RESTORED: Final = "restored_at"
"""The setting that holds when a backup was put back (ISO 8601): what came before is not read from Zalo again."""
WAKE: Final = "wake"
"""The setting that an operator's command changes, so that the running bot looks at the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """An OAuth grant, decrypted. `seed` is the fingerprint of the refresh token from the environment it began with."""

    name: str
    access_token: str
    refresh_token: str
    expires_at: datetime
    refreshed_at: datetime
    version: int = 0
    seed: str = ""
    state: str = "good"


class TokenStore(Protocol):
    """Encrypted rows of single-use tokens, with a journal written before a new pair is believed."""

    async def token(self, name: str) -> TokenRow | None:
        """The current grant. Raises SealedError when another key is needed to read it."""

    async def journal_token(self, name: str, raw: str) -> None:
        """Keep the raw answer (or the intent to ask, raw = "") of a refresh, encrypted, before it is used."""

    async def token_answers(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """Raw answers that were journalled since then and when, newest first; none that another key has sealed."""

    async def put_token(self, row: TokenRow) -> None:
        """Replace the grant; `row.version` must be the old version + 1, else VersionConflictError."""
