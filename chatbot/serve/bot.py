"""One process of the running bot: what it holds, started and stopped in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Flag, auto
from functools import partial
from time import monotonic, perf_counter
from typing import Final

from aiohttp import web

from chatbot.app import Channels, Mind, flight_folder, lock_file, open_channels, open_store, utc_now
from chatbot.channels.base import ChannelError
from chatbot.channels.zalo.channel import Zalo
from chatbot.config import Config, Settings
from chatbot.delivery.catch_up import begin, catch_up, last_known, patiently, tell_until_done, to_its_end
from chatbot.delivery.deadlines import Deadlines
from chatbot.delivery.flight_recorder import FlightRecorder
from chatbot.delivery.inbox import Inbox
from chatbot.delivery.lanes import LaneLimits, Lanes, Work
from chatbot.delivery.officers import Officers
from chatbot.delivery.outbox import Outbox, OutboxTools
from chatbot.delivery.ownership import Ownership
from chatbot.delivery.reconcile import Reconciler
from chatbot.delivery.wake import report, take_up
from chatbot.model import ChannelName, EventKind, Turn, TurnResult
from chatbot.observe import Alarms, Metrics, log, make_metrics
from chatbot.pipeline.operator_hold import gives_back
from chatbot.privacy import protect
from chatbot.serve import chores
from chatbot.serve.chores import ORDINARY, WAITS_LONG, Rhythm
from chatbot.serve.learning import load_anew
from chatbot.storage.lock import FileLock
from chatbot.storage.port import StoredEvent, StoreError
from chatbot.storage.store import SqlStore
from chatbot.webhook.connect import END_CONSENT, PENDING_CONSENT, add_connect_routes
from chatbot.webhook.keys import EDGE, Edge, Readiness
from chatbot.webhook.pages import NOTES, PUBLIC_URL, add_pages
from chatbot.webhook.routes import add_health, add_routes

MIB: Final = 1024 * 1024

_NO_RECORDER: Final = (
    "var/flight cannot be written: a message that ends the process would not be found out. Mend its permissions and "
    "restart."
)

Listener = Callable[[Turn, TurnResult, float], None]


class Duty(Flag):
    """What a process does: takes in, answers, or both."""

    INTAKE = auto()
    ANSWERS = auto()
    ALL = INTAKE | ANSWERS


@dataclass(slots=True)
class Bot:
    """One process. Build it with `open_bot`."""

    config: Config
    brain: Mind
    store: SqlStore
    channels: Channels
    metrics: Metrics
    alarms: Alarms
    recorder: FlightRecorder
    now: Callable[[], datetime] = utc_now
    reload: Callable[[Settings], Awaitable[Mind]] = load_anew
    rhythm: Rhythm = ORDINARY
    duty: Duty = Duty.ALL
    lock: FileLock | None = None
    listener: Listener | None = None
    inbox: Inbox = field(init=False)
    lanes: Lanes = field(init=False)
    outbox: Outbox = field(init=False)
    ownership: Ownership | None = field(default=None, init=False)
    waiting_since: datetime | None = field(default=None, init=False)
    _stopping: bool = field(default=False, init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        parts, settings = self.store.parts, self.config.settings
        self.outbox = Outbox(self.store, self._sending())
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
            during=self.recorder.during,
            room=self.outbox.room,
        )
        self.lanes = Lanes(self.store, self.channels.set, work, limits, self.metrics, self.now, parts)
        offer = self.lanes.offer if Duty.ANSWERS in self.duty else _leave_to_workers
        self.inbox = Inbox(self.store, offer, self.now, queue=settings.intake.queue)
        if parts:
            self.ownership = parts.listener = Ownership(parts, self.lanes, self.outbox, self._share)

    def _share(self, fraction: float) -> None:
        """The platforms limit the sends of all processes together."""
        for gate in self.channels.gates.values():
            gate.share(fraction)

    def _sending(self) -> OutboxTools:
        settings = self.config.settings
        timeout = max(settings.zalo.send_timeout_s, settings.messenger.send_timeout_s)
        grace = timeout + self.rhythm.grace + self.store.takeover_s
        return OutboxTools(
            channels=self.channels.set,
            gates=self.channels.gates,
            reconciler=Reconciler(
                self.store,
                self.channels.set,
                self.now,
                grace=timedelta(seconds=grace),
                pace=lambda channel: self.channels.gates[channel].pace(),
            ),
            deadlines=Deadlines(self.store, self.channels.set, self.now, stale_after=settings.lanes.stale_after),
            tell=lambda event: self.inbox.note(event),  # noqa: PLW0108 - the inbox is made last
            metrics=self.metrics,
            alarms=self.alarms,
            now=self.now,
            leaves_within=timedelta(seconds=grace - timeout),
            parts=self.store.parts,
        )

    def turn(self, turn: Turn) -> TurnResult:
        """One turn with the content of this moment."""
        started = perf_counter()
        result = self.brain.pipeline.turn(turn)
        for event in turn.events:
            if event.kind is EventKind.REVOKED:
                self._tasks.append(asyncio.create_task(chores.stop_using_the_grant(self, event.at)))
        if self.listener:
            self.listener(turn, result, (perf_counter() - started) * 1000)
        return result

    def _apology(self) -> str:
        return self.brain.knowledge.phrases.say("error.internal")

    def web_app(self) -> web.Application:
        """The health of the program and, where it takes in, the webhooks and the pages the law asks for."""
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
        add_health(app)
        if Duty.INTAKE not in self.duty:
            return app
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
        if self.store.trouble:
            reasons.append(f"nothing can be stored: {self.store.trouble}")
        standing = self.alarms.standing.items()
        warnings = [f"{name}: {detail}" for name, detail in standing if detail != self.store.trouble]
        warnings += [
            f"{name.value}: sends are paused" for name, gate in self.channels.gates.items() if not gate.is_open
        ]
        if self.waiting_since and self.now() - self.waiting_since > WAITS_LONG:
            hint = "" if Duty.ANSWERS in self.duty else ": is a `chatbot worker` running?"
            warnings.append(f"a citizen has waited for a reply since {self.waiting_since:%d/%m %H:%M:%S} UTC{hint}")
        if not self.channels.set.by_name:
            warnings.append("no channel is configured: see .env.example, or run with --simulator")
        return Readiness(tuple(reasons), tuple(warnings))

    async def _catch_up(self, last: datetime | None) -> None:
        """Once: what citizens wrote on Zalo while nobody listened."""
        zalo, settings = self.channels.set.by_name.get(ChannelName.ZALO), self.config.settings.zalo
        since = begin(last, self.now(), at_most=self.config.settings.catch_up_at_most)
        if last is None or since is None or not settings.catch_up_at_start or not isinstance(zalo, Zalo):
            return
        pace = self.channels.gates[ChannelName.ZALO].pace
        officers = Officers(self.store, gives_back) if settings.catch_up_officers else None
        read = partial(catch_up, zalo, self.inbox.take, since, pace, officers=officers)
        missing = await patiently(partial(to_its_end, self.store, last, read))
        await tell_until_done(self.store, missing, self.alarms, self.rhythm.dead)

    async def start(self) -> None:
        """Take up unfinished work and begin the chores."""
        work = [chores.watch_content(self), chores.measure(self), chores.watch_the_wait(self), chores.ping(self)]
        await self._blame()
        if Duty.ANSWERS in self.duty:
            work += [
                chores.keep_tokens(self),
                chores.forget_old(self),
                chores.watch_for_the_stranded(self),
                take_up(self.store, self.lanes, self.outbox, self.rhythm.measure),
                report(self.store, self.outbox, self.metrics, self.alarms, self.rhythm.dead),
                self._catch_up(await last_known(self.store)),
            ]
            if self.ownership:
                work.append(self.ownership.run())
            else:
                await self.outbox.start()
            await self.lanes.start()
        self._tasks = [asyncio.create_task(chore) for chore in work]
        for task in self._tasks:
            task.add_done_callback(self._chore_ended)

    async def _blame(self) -> None:
        """What the process before this one was thinking of when it ended is counted, before anybody thinks of it. Once
        at most: a count too few costs one more restart, a count too many may cost a citizen the answer."""
        if not self.recorder.works:
            self.alarms.raise_("flight_recorder", _NO_RECORDER)
        if self.recorder.stood:
            log.stood_still(self.recorder.stood)
        if left := self.recorder.left:
            log.turn_ended_process(len(left))
            self.recorder.forget()
            with suppress(StoreError):
                await self.store.blame(left)

    def _chore_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.alarms.raise_("chore", f"A chore of the program stopped ({type(error).__name__}): restart it.")

    async def stop(self) -> None:
        """Stop intake, finish lanes, drain the outbox, close: in this order, within the configured time."""
        self._stopping = True
        budget = self.config.settings.lanes.shutdown_s
        ends_at = monotonic() + budget
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.inbox.close(budget / 4)
        unhandled = await self.lanes.drain(min(budget / 2, max(0, ends_at - monotonic())))
        unsent = await self.outbox.drain(min(budget / 2, max(0, ends_at - monotonic())))
        if self.ownership:
            await self.ownership.resign()
        await self.channels.close()
        await self.store.close()
        self.recorder.release()
        if self.lock:
            self.lock.release()
        log.stopped(unsent, unhandled)


def _leave_to_workers(_events: Sequence[StoredEvent]) -> None:
    """The store has told the workers already."""


async def open_bot(
    config: Config,
    brain: Mind,
    now: Callable[[], datetime] = utc_now,
    rhythm: Rhythm | None = None,
    duty: Duty = Duty.ALL,
) -> Bot:
    """Open the store and the channels. Raises InUseError, ConfigError, StoreError."""
    async with AsyncExitStack() as undo:
        lock = lock_file(config)
        if lock:
            undo.callback(lock.release)
        store = await open_store(config, now, answers=Duty.ANSWERS in duty, upgrades=duty is Duty.ALL)
        undo.push_async_callback(store.close)
        channels = await open_channels(config, store, now)
        recorder = FlightRecorder(flight_folder(config))
        undo.pop_all()
    metrics = make_metrics()
    return Bot(
        config,
        brain,
        store,
        channels,
        metrics,
        Alarms(metrics),
        recorder,
        now,
        rhythm=rhythm or ORDINARY,
        duty=duty,
        lock=lock,
    )
