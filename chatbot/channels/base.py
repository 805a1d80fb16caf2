"""What every channel promises to the rest of the program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from chatbot.model import ChannelName, Event, EventKind, Reply

Payload = dict[str, Any]
"""One message in the platform's own JSON, without the recipient's id."""


class ChannelError(Exception):
    """Root of what can go wrong at a channel; the message says what to do next."""


class SignatureRefusedError(ChannelError):
    """The request was not signed by the platform. Carries no part of the request."""


class NoAnswerError(ChannelError):
    """The platform did not answer, or not sensibly: it may tell later."""


class UnreadableBodyError(ChannelError):
    """The signed body is not JSON of the platform's shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The sizes a platform accepts, in characters and pieces."""

    text: int
    buttons: int
    label: int
    payload: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long after the citizen's last word a reply may go out; `opened_by` says which events count as a word."""

    length: timedelta
    opened_by: frozenset[EventKind]


SPOKEN: Final = frozenset({EventKind.TEXT, EventKind.ACTION, EventKind.ATTACHMENT, EventKind.OPENED})
"""What opens the window on every platform."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole batch: the events in it, and how many items could not be read (they never spoil their neighbours)."""

    events: tuple[Event, ...] = ()
    broken: int = 0
    unknown: tuple[str, ...] = ()
    """Names of keys or events that we do not know; never their content."""


class SendVerdict(StrEnum):
    """What happened to a send, by the class of the platform's answer."""

    SENT = "sent"
    NOT_SENT = "not_sent"  # surely not sent: try again later
    PAUSED = "paused"  # quota or throttling: the whole channel waits
    TOKEN = "token"  # noqa: S105 - the access token was refused: refresh once, then try again
    CLOSED = "closed"  # the window is closed or the citizen left: stop
    HELD = "held"  # a person or another app holds the thread: stop, and be silent there
    REFUSED = "refused"  # permanent: dead letter
    DOUBTFUL = "doubtful"  # it may have been sent: ask the echo or the history before anything else


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """One attempt's result. `code` is the platform's error code as text, `retry_after` what the platform asked for,
    `load` the share of its allowance (0 to 1) that it says is used."""

    verdict: SendVerdict
    platform_id: str = ""
    code: str = ""
    retry_after: timedelta | None = None
    load: float = 0.0
    alarm: str = ""
    """Name of an alarm that a person must see, or ""."""
    remark: str = ""
    """The platform's own words about an error, for people: codes are overloaded, and its support asks for traces."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours that the platform's history shows."""

    platform_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What a platform remembers that citizens of some chats wrote, and as ECHO_OURS what they were told, by whomever;
    not yet masked. `unread` chats gave no answer, `refused` ones are not shown to us, of `cut` ones only the newest
    messages are told; with `older` nothing is told of chats whose last message is from before it."""

    events: tuple[Event, ...] = ()
    chats: int = 0
    unread: int = 0
    refused: int = 0
    cut: int = 0
    older: datetime | None = None


class Channel(Protocol):
    """One platform. `parse` never raises for one bad item; `send` never raises for an answer of the platform."""

    name: ChannelName
    limits: Limits
    window: Window

    def verify(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """Check the signature over the raw bytes. Raises SignatureRefusedError."""

    def parse(self, raw: bytes) -> Parsed:
        """Every item of the batch as an Event (text NFC, not yet masked). Raises UnreadableBodyError."""

    def render(self, reply: Reply) -> tuple[Payload, ...]:
        """The reply as messages within `limits`: over-long texts split, surplus buttons numbered, nothing dropped."""

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        """Send one payload to the citizen of `conversation`; `key` is the outbox key (Messenger's metadata)."""

    async def history(self, conversation: str, since: datetime) -> Sequence[SentMessage] | None:
        """Our own messages of the conversation since then, newest last; None when the platform cannot tell.

        Raises NoAnswerError when it gave no answer now but may give one later.
        """

    async def signal(self, conversation: str) -> None:
        """Show "seen" and "typing" where the platform has it. Best effort; never raises."""

    async def close(self) -> None:
        """Close connections."""


@dataclass(slots=True)
class ChannelSet:
    """The channels that are on, by name."""

    by_name: dict[ChannelName, Channel] = field(default_factory=dict)

    def __getitem__(self, name: ChannelName) -> Channel:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name
