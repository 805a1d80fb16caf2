"""Did a doubtful send arrive? The platform's echo and its history decide, before anything is repeated."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, Protocol

from chatbot.channels.base import ChannelSet, NoAnswerError, SentMessage
from chatbot.model import ChannelName
from chatbot.storage.port import Outgoing

CLOCK_SKEW: Final = timedelta(seconds=5)
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
"""Between questions to a platform that gives no answer."""


class Finding(Enum):
    """What the platform knows of a send."""

    ARRIVED = "arrived"
    ABSENT = "absent"
    UNKNOWN = "unknown"  # the platform cannot tell


class EchoReader(Protocol):
    """The part of the store that knows echoes and matched ids."""

    async def proof(self, key: str) -> str | None:
        """The platform's id of a payload that surely arrived, as an answer or an echo with its key says; else None."""

    async def echoes(self, conversation: str, since: datetime) -> Iterable[SentMessage]:
        """Our own messages that the platform echoed without our key."""

    async def matched_ids(self, conversation: str, since: datetime) -> frozenset[str]:
        """Platform ids already tied to a send."""


class Reconciler:
    """Looks for a doubtful send after a grace in which the echo may still come."""

    def __init__(
        self,
        store: EchoReader,
        channels: ChannelSet,
        now: Callable[[], datetime],
        *,
        grace: timedelta,
        pace: Callable[[ChannelName], Awaitable[None]],
    ) -> None:
        self._store = store
        self._channels = channels
        self._now = now
        self._grace = grace
        self._pace = pace

    async def look_for(self, row: Outgoing) -> tuple[Finding, str]:
        """The finding and the platform's id of the message. A platform that does not answer is asked again: guessing
        would lose the message or say it twice."""
        since = (row.sending_at or self._now()) - CLOCK_SKEW
        wait = min(since + CLOCK_SKEW + self._grace - self._now(), self._grace)  # less when the clock was put back
        if wait > timedelta(0):
            await asyncio.sleep(wait.total_seconds())
        pause = FIRST_PAUSE_S
        while True:
            try:
                return await self._ask(row, since)
            except NoAnswerError:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _ask(self, row: Outgoing, since: datetime) -> tuple[Finding, str]:
        if (proof := await self._store.proof(row.key)) is not None:
            return Finding.ARRIVED, proof
        taken = await self._store.matched_ids(row.conversation, since - timedelta(hours=1))
        if found := match(row, await self._store.echoes(row.conversation, since), taken):
            return Finding.ARRIVED, found
        await self._pace(row.channel)
        history = await self._channels[row.channel].history(row.conversation, since)
        if history is None:
            return Finding.UNKNOWN, ""
        found = match(row, history, taken)
        return (Finding.ARRIVED, found) if found else (Finding.ABSENT, "")


def match(row: Outgoing, messages: Iterable[SentMessage], taken: frozenset[str]) -> str:
    """The platform's id of the message that is this send, or "". The text and the time decide, and an id that belongs
    to another send is never taken twice."""
    wanted = comparable(row.text)
    since = row.sending_at - CLOCK_SKEW if row.sending_at else datetime.min.replace(tzinfo=UTC)
    for message in messages:
        if message.platform_id not in taken and message.at >= since and comparable(message.text) == wanted:
            return message.platform_id
    return ""


def comparable(text: str) -> str:
    """As platforms give texts back: other spaces and lines, the same words."""
    return " ".join(unicodedata.normalize("NFC", text).split())
