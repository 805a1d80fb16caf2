"""What was missed while nobody listened: Zalo's recent chats, read into the inbox by message id.

A message that its webhook brings as well is a repeat and changes nothing. Meta gives no way to read what was missed; it
repeats its webhooks by itself for a while.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from chatbot.channels.base import NoAnswerError, Recall
from chatbot.channels.zalo.history import at_once, unseen
from chatbot.delivery.officers import Officers
from chatbot.model import ChannelName, Event, EventKind
from chatbot.observe import Alarms, log
from chatbot.privacy import protect
from chatbot.storage.port import RESTORED, StoreError

OVERLAP: Final = timedelta(minutes=5)
"""Read again before the last stored event: webhooks come out of order, and clocks differ."""
ALARM: Final = "catch_up"
BATCH: Final = 50
TRIES: Final = 6
FIRST_PAUSE_S: Final = 10.0
"""Between attempts while Zalo gives no answer; doubled each time, so for about ten minutes."""

CAUGHT_UP: Final = "caught_up_at"
"""The setting that holds when `chatbot catch-up` last read the list, and told a person what it could not (ISO 8601)."""
LEFT: Final = "catch_up_left"
"""The setting that holds the sentence about what a person must look at, or "" when `chatbot catch-up` was run since."""
UNREAD_FROM: Final = "unread_from"
"""The setting that holds what `last_known` was when a reading began that is not finished (ISO 8601), or ""."""
_HOW: Final = "then run `chatbot catch-up`, or people are not answered who wrote on Zalo while the bot was away"
_REFUSED: Final = (
    f"Zalo does not let the app read recent chats: allow it to (or set zalo.catch_up_at_start: false), {_HOW}."
)
_NO_ANSWER: Final = f"Zalo did not tell its recent chats for ten minutes: wait until it answers, {_HOW}."
_UNREAD: Final = f"Zalo did not let {{chats}} recent chats be read: wait some minutes, {_HOW}."
_CUT: Final = "{chats} chats are too long to be read whole: look in OA Manager for what was written since {since}."
_OLDER: Final = (
    "There were more than {chats} chats: look in OA Manager at those whose last message is from {since} to {older}."
)
_LOOKED: Final = "Then run `chatbot catch-up`: it ends this alarm."

Accept = Callable[[Sequence[Event]], Awaitable[int]]
"""Stores events and tells how many of them were new. Raises StoreError when it cannot now."""


class Recaller(Protocol):
    """A channel that remembers what citizens wrote."""

    def recent(
        self, since: datetime, pause: Callable[[], Awaitable[None]], progress: Callable[[int, int], None]
    ) -> AsyncIterator[Recall]:
        """Since then, some chats at a time; nothing when it refuses. Raises NoAnswerError."""


class RefusedError(Exception):
    """The platform does not let us read; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was read from `since` on: how many messages of citizens, and how many of them are new to the bot; in so many
    chats an officer wrote. `unread`, `refused`, `cut` and `older` as in Recall."""

    since: datetime
    chats: int = 0
    unread: int = 0
    refused: int = 0
    cut: int = 0
    older: datetime | None = None
    messages: int = 0
    new: int = 0
    officers: int = 0

    def plus(self, more: "Found") -> "Found":
        """Both together, of different chats of one reading."""
        return Found(
            since=self.since,
            chats=self.chats + more.chats,
            unread=self.unread + more.unread,
            refused=self.refused + more.refused,
            cut=self.cut + more.cut,
            older=self.older,
            messages=self.messages + more.messages,
            new=self.new + more.new,
            officers=self.officers + more.officers,
        )


class Memory(Protocol):
    """The part of the store that knows when Zalo was last heard, and what of the time since then was read."""

    async def last_heard(self, channel: ChannelName) -> datetime | None:
        """When the channel's newest stored event was received."""

    async def setting(self, name: str) -> str | None:
        """A small named value."""

    async def put_setting(self, name: str, value: str) -> None:
        """Keep it."""


async def last_known(store: Memory) -> datetime | None:
    """When Zalo was last heard (before what is unread, if anything is), or a backup put back; None when never. Raises
    StoreError."""
    heard = await _moment(store, UNREAD_FROM) or await store.last_heard(ChannelName.ZALO)
    moments = (heard, await _moment(store, RESTORED))
    return max((moment for moment in moments if moment), default=None)


async def _moment(store: Memory, name: str) -> datetime | None:
    kept = await store.setting(name)
    return datetime.fromisoformat(kept) if kept else None


async def to_its_end(store: Memory, last: datetime, work: Callable[[], Awaitable[Found]]) -> Found:
    """Read; when that ends early, or not every chat gave an answer, whoever reads next begins at the same moment,
    however much has been heard by then. What only a person can look at is kept until one has been told. Raises
    StoreError, and what `work` raises."""
    await store.put_setting(UNREAD_FROM, last.isoformat())
    found = await work()
    if left := _left(found):
        await store.put_setting(LEFT, left)
    if not found.unread and await store.setting(UNREAD_FROM) == last.isoformat():
        await store.put_setting(UNREAD_FROM, "")
    return found


def begin(last: datetime | None, now: datetime, *, at_most: timedelta) -> datetime | None:
    """From when to read: a little before the last stored event, not further back than `at_most`; None when nothing was
    ever stored (what was written before the bot was there is not its business)."""
    return None if last is None else max(last - OVERLAP, now - at_most)


async def catch_up(
    channel: Recaller,
    accept: Accept,
    since: datetime,
    pause: Callable[[], Awaitable[None]] = at_once,
    progress: Callable[[int, int], None] = unseen,
    *,
    officers: Officers | None,
) -> Found:
    """Read and store, masked. What `officers` have answered is left to them. Raises NoAnswerError, RefusedError,
    StoreError; what is stored by then stays."""
    found: Found | None = None
    async for recall in channel.recent(since, pause, progress):
        piece = await _take(recall, accept, since, officers)
        found = found.plus(piece) if found else piece
    if found is None:
        raise RefusedError("Zalo refused the list of recent chats: does the app have the permission to read them?")
    return found


async def _take(recall: Recall, accept: Accept, since: datetime, officers: Officers | None) -> Found:
    """What officers wrote is stored first: it decides whose a citizen's words of before are."""
    written = await officers.words(recall.events, since) if officers else []
    heard = [one for one in recall.events if one.kind is not EventKind.ECHO_OURS]
    await _store(accept, written)
    return Found(
        since=since,
        chats=recall.chats,
        unread=recall.unread,
        refused=recall.refused,
        cut=recall.cut,
        older=recall.older,
        messages=len(heard),
        new=await _store(accept, heard),
        officers=len({one.conversation for one in written}),
    )


async def _store(accept: Accept, events: Sequence[Event]) -> int:
    """Masked, in pieces; how many were new."""
    masked = [protect(event) for event in events]
    return sum([await accept(masked[start : start + BATCH]) for start in range(0, len(masked), BATCH)])


async def patiently(work: Callable[[], Awaitable[Found]]) -> str:
    """At the start of the bot: try for about ten minutes, then leave it to `chatbot catch-up`. Returns a sentence about
    what was not read; "" when everything was."""
    pause = FIRST_PAUSE_S
    for _ in range(TRIES):
        try:
            found = await work()
        except RefusedError:
            log.catch_up_failed("refused")
            return _REFUSED
        except (NoAnswerError, StoreError) as error:
            log.catch_up_failed(type(error).__name__)
            await asyncio.sleep(pause)
            pause *= 2
        else:
            log.caught_up(
                found.chats, found.messages, found.new, found.officers, found.unread, found.refused, found.cut
            )
            return _missing(found)
    return _NO_ANSWER


def _missing(found: Found) -> str:
    """What was not read now and may be later, and what a person does about it; "" when everything was."""
    if found.refused and found.refused == found.chats:
        return _REFUSED
    return _UNREAD.format(chats=found.unread) if found.unread else ""


def _left(found: Found) -> str:
    """What the bot cannot read, and where a person can; "" when there is nothing."""
    since, told = _utc(found.since), []
    if found.cut:
        told.append(_CUT.format(chats=found.cut, since=since))
    if found.older:
        told.append(_OLDER.format(chats=found.chats, since=since, older=_utc(found.older)))
    return " ".join([*told, _LOOKED]) if told else ""


def _utc(moment: datetime) -> str:
    return f"{moment:%d/%m %H:%M} UTC"


async def tell_until_done(board: Memory, missing: str, alarms: Alarms, every_s: float) -> None:
    """An alarm about what was not read, this time or before, until somebody has run `chatbot catch-up`."""
    before, left = None, None
    with suppress(StoreError):
        before, left = await board.setting(CAUGHT_UP), await board.setting(LEFT)
    if not missing and not left:
        return
    alarms.raise_(ALARM, " ".join(filter(None, (missing, left))))
    while True:
        await asyncio.sleep(every_s)
        with suppress(StoreError):
            if await board.setting(CAUGHT_UP) != before:
                alarms.clear(ALARM)
                return


async def done(board: Memory, now: datetime) -> None:
    """A person was told everything: the alarm ends. Raises StoreError."""
    await board.put_setting(LEFT, "")
    await board.put_setting(CAUGHT_UP, now.isoformat())
