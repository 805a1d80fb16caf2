"""What a process does beside its work, for ever and at its own pace: content, metrics, the disk, tokens, retention."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from chatbot.app import Channels, Mind
from chatbot.channels.zalo.tokens import TokenUnavailableError
from chatbot.config import Config, Settings
from chatbot.delivery.advice import stranded
from chatbot.delivery.inbox import Inbox
from chatbot.delivery.lanes import Lanes
from chatbot.delivery.outbox import Outbox
from chatbot.delivery.token_watch import tell
from chatbot.dialogue import RegistrationError
from chatbot.knowledge import ContentError
from chatbot.knowledge.load import fingerprint, stamp
from chatbot.model import ChannelName
from chatbot.observe import Alarms, Metrics, log
from chatbot.serve import heap
from chatbot.storage.port import StoreError
from chatbot.storage.store import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often the chores are done, and how long a doubtful send is left alone after its time-out; in seconds."""

    grace: float = 2
    content: float = 2
    measure: float = 1
    wait: float = 5
    ping: float = 5
    dead: float = 30
    tokens: float = 60
    retention: float = 3600


ORDINARY: Final = Rhythm()


WAITS_LONG: Final = timedelta(minutes=1)
"""A citizen who waits longer is worth a warning."""


class Household(Protocol):
    """What the chores are done with: the running process."""

    brain: Mind
    waiting_since: datetime | None
    config: Config
    rhythm: Rhythm
    store: SqlStore
    channels: Channels
    metrics: Metrics
    alarms: Alarms
    inbox: Inbox
    lanes: Lanes
    outbox: Outbox

    def now(self) -> datetime:
        """The clock."""

    def reload(self, settings: Settings, /) -> Awaitable[Mind]:
        """The content, read anew."""


async def watch_content(house: Household) -> None:
    """Use changed content as soon as it is whole; broken content keeps the last good one in use."""
    folder = house.config.settings.intents
    seen, looked = house.brain.knowledge.fingerprint, None
    while True:
        await asyncio.sleep(house.rhythm.content)
        try:
            now = await asyncio.to_thread(stamp, folder)
            if now == looked:
                continue
            found = await asyncio.to_thread(fingerprint, folder)
            looked = now
            if found == seen:
                continue
            seen = found
            house.brain = await house.reload(house.config.settings)
            heap.let_go_of_the_old()
        except ContentError as error:
            log.content_kept(len(error.problems))
            house.alarms.raise_("content", f"New content has errors; the last good content is in use. {error}")
        except RegistrationError as error:
            house.alarms.raise_("content", f"New content does not fit the handlers; the last good is in use. {error}")
        except OSError as error:
            house.alarms.raise_("content", f"The content folder cannot be read: {error.strerror}.")
        else:
            house.alarms.clear("content")
            seen = house.brain.knowledge.fingerprint  # of what was saved while it was learnt, too
            log.content_loaded(len(house.brain.knowledge.faqs), seen)


async def measure(house: Household) -> None:
    """Gauges."""
    while True:
        house.metrics.queue_depth.labels("intake").set(house.inbox.waiting)
        house.metrics.queue_depth.labels("lanes").set(house.lanes.depth)
        house.metrics.queue_depth.labels("outbox").set(house.outbox.depth)
        await asyncio.sleep(house.rhythm.measure)


async def watch_the_wait(house: Household) -> None:
    """Who has waited longest for a reply, by the database: in whatever process, or in none, it hangs."""
    while True:
        with suppress(StoreError):
            house.waiting_since = since = await house.store.waiting_since(house.channels.set.by_name)
            house.metrics.oldest_unanswered.set(max(0.0, (house.now() - since).total_seconds()) if since else 0)
        await asyncio.sleep(house.rhythm.wait)


async def watch_for_the_stranded(house: Household) -> None:
    """What waits for a channel without secrets here: it is left, and on the parts of this process nobody answers it."""
    while True:
        with suppress(StoreError):
            found = await house.store.stranded(house.channels.set.by_name)
            waiting = {one.channel: one for one in found if house.now() - one.since > WAITS_LONG}
            for channel in ChannelName:
                name = f"{channel.value}_stranded"
                if channel in waiting:
                    house.alarms.raise_(name, stranded(waiting[channel]))
                else:
                    house.alarms.clear(name)
        await asyncio.sleep(house.rhythm.wait)


async def ping(house: Household) -> None:
    """Can the store write? The answer decides readiness. And can it be read? Without, answers wait: people are told."""
    while True:
        await _told(house.alarms, "store", house.store.ping)
        if not house.store.trouble:
            await _told(house.alarms, "store_reads", house.store.look)
        await asyncio.sleep(house.rhythm.ping)


async def _told(alarms: Alarms, name: str, ask: Callable[[], Awaitable[None]]) -> None:
    """An alarm as long as the store refuses; each new reason is one of its own in the log."""
    try:
        await ask()
    except StoreError as error:
        if alarms.standing.get(name) != str(error):
            alarms.clear(name)
        alarms.raise_(name, str(error))
    else:
        alarms.clear(name)


async def keep_tokens(house: Household) -> None:
    """Refresh in good time; tell people long before it is too late."""
    tokens = house.channels.tokens
    while tokens:
        with suppress(StoreError):
            await tokens.maintain()
        tell(tokens, house.metrics, house.alarms)
        await asyncio.sleep(house.rhythm.tokens)


async def stop_using_the_grant(house: Household, at: datetime) -> None:
    """The OA took the app's permission away at that moment; people are told until an admin has consented again."""
    if tokens := house.channels.tokens:
        with suppress(StoreError, TokenUnavailableError):
            await tokens.revoked(at)
        tell(tokens, house.metrics, house.alarms)


BETWEEN_S: Final = 0.05
"""Between two pieces of what is forgotten, for those who wait for the writer."""


async def forget_old(house: Household) -> None:
    """Retention; where several answer, the owner of the first part does it for all."""
    keep, parts = house.config.settings.privacy, house.store.parts
    while True:
        now = house.now()
        turns, inbox = now - timedelta(days=keep.keep_turns_days), now - timedelta(days=keep.keep_inbox_days)
        removed = 0
        if parts is None or 0 in parts.mine:
            with suppress(StoreError):
                removed = await house.store.retain(turns, inbox)
        await asyncio.sleep(BETWEEN_S if removed else house.rhythm.retention)
