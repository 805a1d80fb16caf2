"""The running bot: start in order, watch the content, keep the books, stop in order."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Final

from aiohttp import web

from chatbot.app import Channels, Mind, load_brain, open_channels, open_store, sqlite_path, utc_now
from chatbot.channels.base import ChannelError
from chatbot.channels.zalo.channel import Zalo
from chatbot.config import Config, Settings
from chatbot.delivery.catch_up import begin, catch_up, last_known, patiently
from chatbot.delivery.deadlines import Deadlines
from chatbot.delivery.inbox import Inbox
from chatbot.delivery.lanes import LaneLimits, Lanes, Work
from chatbot.delivery.outbox import Outbox, OutboxTools
from chatbot.delivery.reconcile import Reconciler
from chatbot.delivery.token_watch import tell
from chatbot.delivery.wake import report, take_up
from chatbot.dialogue import RegistrationError
from chatbot.knowledge import ContentError
from chatbot.knowledge.load import fingerprint, stamp
from chatbot.model import ChannelName, EventKind, Turn, TurnResult
from chatbot.observe import Alarms, Metrics, log, make_metrics
from chatbot.privacy import protect
from chatbot.storage.lock import FileLock
from chatbot.storage.port import StoreError
from chatbot.storage.sqlite import SqliteStore
from chatbot.webhook.connect import END_CONSENT, PENDING_CONSENT, add_connect_routes
from chatbot.webhook.keys import EDGE, Edge, Readiness
from chatbot.webhook.pages import NOTES, PUBLIC_URL, add_pages
from chatbot.webhook.routes import add_routes

MIB: Final = 1024 * 1024

WAITS_LONG: Final = timedelta(minutes=1)
"""A citizen who waits longer is worth a warning."""

Listener = Callable[[Turn, TurnResult, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often the chores are done, and how long a doubtful send is left alone after its time-out; in seconds."""

    grace: float = 2
    content: float = 2
    measure: float = 1
    ping: float = 5
    dead: float = 30
    tokens: float = 60
    retention: float = 3600


@dataclass(slots=True)
class Bot:
    """One process that does everything. Build it with `open_bot`."""

    config: Config
    brain: Mind
    store: SqliteStore
    channels: Channels
    lock: FileLock
    metrics: Metrics
    alarms: Alarms
    now: Callable[[], datetime] = utc_now
    reload: Callable[[Settings], Mind] = load_brain
    rhythm: Rhythm = Rhythm()
    listener: Listener | None = None
    inbox: Inbox = field(init=False)
    lanes: Lanes = field(init=False)
    outbox: Outbox = field(init=False)
    _can_store: bool = field(default=True, init=False)
    _stopping: bool = field(default=False, init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        settings = self.config.settings
        timeout = max(settings.zalo.send_timeout_s, settings.messenger.send_timeout_s)
        tools = OutboxTools(
            channels=self.channels.set,
            gates=self.channels.gates,
            reconciler=Reconciler(
                self.store,
                self.channels.set,
                self.now,
                grace=timedelta(seconds=timeout + self.rhythm.grace),
                pace=lambda channel: self.channels.gates[channel].pace(),
            ),
            deadlines=Deadlines(self.store, self.channels.set, self.now, stale_after=settings.lanes.stale_after),
            tell=lambda event: self.inbox.note(event),  # noqa: PLW0108 - the inbox is made last
            metrics=self.metrics,
            alarms=self.alarms,
            now=self.now,
        )
        self.outbox = Outbox(self.store, tools)
        limits = LaneLimits(
            settle=settings.lanes.settle,
            active=settings.lanes.active,
            per_lane=settings.lanes.per_lane,
            stale_after=settings.lanes.stale_after,
        )
        work = Work(
            turn=self.turn,
            apology=self._apology,
            send=self.outbox.offer,
            drop=self.outbox.drop,
            room=self.outbox.room,
        )
        self.lanes = Lanes(self.store, self.channels.set, work, limits, self.metrics, self.now)
        self.inbox = Inbox(self.store, self.lanes.offer, self.now, queue=settings.intake.queue)

    def turn(self, turn: Turn) -> TurnResult:
        """One turn with the content of this moment."""
        started = perf_counter()
        result = self.brain.pipeline.turn(turn)
        if any(event.kind is EventKind.REVOKED for event in turn.events):
            self._revoked()
        if self.listener:
            self.listener(turn, result, (perf_counter() - started) * 1000)
        return result

    def _revoked(self) -> None:
        """The OA or Page took the permission away: stop using the grant, and tell people."""
        self.alarms.raise_("permission_revoked", "The platform reports that the app's permission was taken away.")
        if self.channels.tokens:
            self._tasks.append(asyncio.create_task(self.channels.tokens.revoked()))

    def _apology(self) -> str:
        return self.brain.knowledge.phrases.say("error.internal")

    def web_app(self) -> web.Application:
        """The routes of the webhooks, the health of the program and the pages the law asks for."""
        settings = self.config.settings
        app = web.Application(client_max_size=settings.web.body_limit_mib * MIB)
        app[EDGE] = Edge(
            channels=self.channels.set,
            intake=self.inbox,
            protect=protect,
            metrics=self.metrics,
            alarms=self.alarms,
            readiness=self.readiness,
            now=self.now,
            budget_s=settings.intake.budget_s,
            read_timeout_s=settings.web.read_timeout_s,
        )
        app[NOTES] = self.store
        app[PUBLIC_URL] = self.config.public_url
        add_routes(app)
        if self.channels.tokens:
            app[END_CONSENT] = self.end_consent
        add_pages(app)
        add_connect_routes(app)
        return app

    async def end_consent(self, code: str, state: str) -> None:
        """The end of `chatbot connect zalo`. Raises ChannelError."""
        proof = await self.store.setting(PENDING_CONSENT + state)
        if proof is None or self.channels.tokens is None:
            raise ChannelError("this consent was not begun here: run `chatbot connect zalo`")
        await self.channels.tokens.exchange_code(code, proof)

    def readiness(self) -> Readiness:
        """503 only when it cannot store or is stopping (content is there, or the program had not started)."""
        reasons = []
        if self._stopping:
            reasons.append("stopping")
        if not self._can_store:
            reasons.append("the database refuses writes: check the disk's free space and permissions")
        warnings = [f"{name}: {detail}" for name, detail in self.alarms.standing.items()]
        warnings += [
            f"{name.value}: sends are paused" for name, gate in self.channels.gates.items() if not gate.is_open
        ]
        oldest = self.lanes.oldest
        if oldest and self.now() - oldest > WAITS_LONG:
            warnings.append(f"a citizen has waited since {oldest:%H:%M:%S} UTC")
        if not self.channels.set.by_name:
            warnings.append("no channel is configured: see .env.example, or run with --simulator")
        return Readiness(tuple(reasons), tuple(warnings))

    async def _catch_up(self, last: datetime | None) -> None:
        """Once: what citizens wrote on Zalo while nobody listened."""
        zalo, settings = self.channels.set.by_name.get(ChannelName.ZALO), self.config.settings.zalo
        since = begin(last, self.now(), at_most=timedelta(hours=settings.reply_within_hours))
        if since is None or not settings.catch_up_at_start or not isinstance(zalo, Zalo):
            return
        pace = self.channels.gates[ChannelName.ZALO].pace
        await patiently(lambda: catch_up(zalo, self.inbox.take, since, pace))

    async def start(self) -> None:
        """Take up unfinished work and begin the chores."""
        last = await last_known(self.store)
        await self.outbox.start()
        await self.lanes.start()
        chores = (
            self._watch_content(),
            self._measure(),
            self._keep_tokens(),
            self._forget_old(),
            self._ping(),
            take_up(self.store, self.lanes, self.outbox, self.rhythm.measure),
            report(self.store, self.metrics, self.alarms, self.rhythm.dead),
            self._catch_up(last),
        )
        self._tasks = [asyncio.create_task(chore) for chore in chores]
        for task in self._tasks:
            task.add_done_callback(self._chore_ended)

    def _chore_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.alarms.raise_("chore", f"A chore of the program stopped ({type(error).__name__}): restart it.")

    async def stop(self) -> None:
        """Stop intake, finish lanes, drain the outbox, close: in this order, within the configured time."""
        self._stopping = True
        budget = self.config.settings.lanes.shutdown_s
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.inbox.close()
        unhandled = await self.lanes.drain(budget / 2)
        unsent = await self.outbox.drain(budget / 2)
        await self.channels.close()
        await self.store.close()
        self.lock.release()
        log.stopped(unsent, unhandled)

    async def _watch_content(self) -> None:
        """Use changed content as soon as it is whole; broken content keeps the last good one in use."""
        folder = self.config.settings.intents
        seen, looked = self.brain.knowledge.fingerprint, None
        while True:
            await asyncio.sleep(self.rhythm.content)
            try:
                now = await asyncio.to_thread(stamp, folder)
                if now == looked:
                    continue
                found = await asyncio.to_thread(fingerprint, folder)
                looked = now
                if found == seen:
                    continue
                seen = found
                self.brain = await asyncio.to_thread(self.reload, self.config.settings)
            except ContentError as error:
                log.content_kept(len(error.problems))
                self.alarms.raise_("content", f"New content has errors; the last good content is in use. {error}")
            except RegistrationError as error:
                self.alarms.raise_(
                    "content", f"New content does not fit the handlers; the last good is in use. {error}"
                )
            except OSError as error:
                self.alarms.raise_("content", f"The content folder cannot be read: {error.strerror}.")
            else:
                self.alarms.clear("content")
                log.content_loaded(len(self.brain.knowledge.faqs), found)

    async def _measure(self) -> None:
        while True:
            self.metrics.queue_depth.labels("intake").set(self.inbox.waiting)
            self.metrics.queue_depth.labels("lanes").set(self.lanes.depth)
            self.metrics.queue_depth.labels("outbox").set(self.outbox.depth)
            oldest = self.lanes.oldest
            self.metrics.oldest_unanswered.set((self.now() - oldest).total_seconds() if oldest else 0)
            await asyncio.sleep(self.rhythm.measure)

    async def _ping(self) -> None:
        while True:
            try:
                await self.store.ping()
            except StoreError as error:
                self._can_store = False
                self.alarms.raise_("store", str(error))
            else:
                self._can_store = True
                self.alarms.clear("store")
            await asyncio.sleep(self.rhythm.ping)

    async def _keep_tokens(self) -> None:
        """Refresh in good time; tell people long before it is too late."""
        tokens = self.channels.tokens
        while tokens:
            with suppress(StoreError):
                await tokens.maintain()
            tell(tokens, self.metrics, self.alarms)
            await asyncio.sleep(self.rhythm.tokens)

    async def _forget_old(self) -> None:
        keep = self.config.settings.privacy
        while True:
            now = self.now()
            with suppress(StoreError):
                await self.store.retain(
                    now - timedelta(days=keep.keep_turns_days), now - timedelta(days=keep.keep_inbox_days)
                )
            await asyncio.sleep(self.rhythm.retention)


async def open_bot(
    config: Config, brain: Mind, now: Callable[[], datetime] = utc_now, rhythm: Rhythm | None = None
) -> Bot:
    """Lock the database, open the store and the channels. Raises InUseError, ConfigError, StoreError."""
    path = sqlite_path(config)
    async with AsyncExitStack() as undo:
        lock = FileLock(path.with_name(path.name + ".lock"))
        undo.callback(lock.release)
        store = open_store(config, now)
        undo.push_async_callback(store.close)
        channels = await open_channels(config, store, now)
        undo.pop_all()
    metrics = make_metrics()
    return Bot(config, brain, store, channels, lock, metrics, Alarms(metrics), now, rhythm=rhythm or Rhythm())


async def until_signalled() -> str:
    """Wait for SIGTERM or SIGINT and tell which it was."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[str] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, partial(_tell, told, number.name))
    return await told


def _tell(told: "asyncio.Future[str]", name: str) -> None:
    if not told.done():
        told.set_result(name)
