"""One lane per conversation: its turns run one after another in the platform's order; quick messages are joined."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final

from chatbot.channels.base import ChannelSet
from chatbot.delivery.compose import Rendered, before, in_order, outgoing, shown_text, turns_of
from chatbot.delivery.crash_points import reach
from chatbot.delivery.tasks import finish
from chatbot.model import ChannelName, Event, EventKind, Outcome, Part, Reply, Turn, TurnRecord, TurnResult
from chatbot.observe import Metrics, log
from chatbot.storage.port import (
    PROCESS_ENDED,
    Age,
    AlreadyHandledError,
    Conversation,
    Failure,
    Outgoing,
    PartStore,
    Store,
    StoredEvent,
    StoreError,
    TurnCommit,
    VersionConflictError,
)
from chatbot.storage.rows import QUIET, part_of

TRIES: Final = 3
LONGEST_PAUSE_S: Final = 5.0
SIGNAL_WITHIN: Final = timedelta(seconds=30)
ANSWERED_KINDS: Final = frozenset({EventKind.TEXT, EventKind.ACTION, EventKind.ATTACHMENT, EventKind.OPENED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLimits:
    """Bounds and times of the lanes."""

    settle: timedelta
    active: int
    per_lane: int
    stale_after: timedelta
    refill: timedelta = timedelta(seconds=1)


@dataclass(slots=True)
class _Lane:
    waiting: deque[StoredEvent] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None
    leaving: bool = False  # its part goes to another process: no waiting for more
    full: bool = False  # later events of the conversation wait in the database, so that none overtakes another
    more: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a lane does with settled events: the pure turn, the apology when it fails, and where replies go."""

    turn: Callable[[Turn], TurnResult]
    apology: Callable[[], str]
    send: Callable[[Sequence[Outgoing], Age | None], None]
    drop: Callable[[str], None]
    during: Callable[[Sequence[Event]], AbstractContextManager[None]]
    """Entered while events are thought of: what is in it when the process ends may have ended it."""
    room: Callable[[ChannelName], Awaitable[None]]
    """Waits while the channel has too much to send."""


class Lanes:
    """Actors by conversation; a lane disappears when it is idle. What does not fit in memory waits in the database."""

    def __init__(
        self,
        store: Store,
        channels: ChannelSet,
        work: Work,
        limits: LaneLimits,
        metrics: Metrics,
        now: Callable[[], datetime],
        parts: PartStore | None = None,
    ) -> None:
        """`parts` tells which conversations are this process's; None where it has the store to itself."""
        self._store = store
        self._parts = parts
        self._channels = channels
        self._work = work
        self._limits = limits
        self._metrics = metrics
        self._now = now
        self._lanes: dict[str, _Lane] = {}
        self._held: set[int] = set()  # ids in memory: an event may come from its webhook and from the database
        self._overflow = False  # something waits in the database: new conversations queue up behind it
        self._missed: set[str] = set()  # ... and came while it was being read: the conversations
        self._look_again = False  # ... or was put there by somebody else
        self._finished: set[int] = set()  # had their turn while it was being read
        self._wake = asyncio.Event()
        self._floor = asyncio.Lock()
        self._signals: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._refill: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """Events in memory that have not had their turn."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    @property
    def busy(self) -> bool:
        """Is any conversation being worked on, or does something wait in the database for its lane?"""
        return bool(self._lanes) or self._overflow

    async def start(self) -> None:
        """Take up what was accepted and not finished before, and keep an eye on what did not fit."""
        self._overflow = True
        self._wake.set()
        self._refill = asyncio.create_task(self._refill_forever())

    def offer(self, events: Sequence[StoredEvent]) -> None:
        """Newly stored events. Never waits: what does not fit stays in the database until there is room, and where
        several processes store, while an older one that another has stored may not have been read."""
        for stored in events:
            key, behind = stored.event.conversation, self._overflow and self._parts is not None
            if stored.event.kind in QUIET or self._take(stored, may_open=not self._overflow, may_join=not behind):
                continue
            self._overflow = True
            self._missed.add(key)
            if behind if key in self._lanes else len(self._lanes) < self._limits.active:
                self._wake.set()  # there is room: only what somebody else has waiting made this one wait

    def look(self) -> None:
        """Look at the database now: something was put there by another process."""
        self._overflow = self._look_again = True
        self._wake.set()

    def abandon(self) -> "list[asyncio.Task[None]]":
        """Stop at once: the conversations are another process's now. Returns the tasks that are ending."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for task in tasks:
            task.cancel()
        self._lanes = {}
        self._held.clear()
        return tasks

    async def let_go(self, parts: Collection[int], timeout_s: float) -> None:
        """Finish the turns of parts that are not owned any more, at most so long; the rest stays in the database."""
        lanes = {key: lane for key, lane in self._lanes.items() if part_of(key) in parts}
        for lane in lanes.values():
            lane.leaving = True
            lane.more.set()
        await finish([lane.task for lane in lanes.values() if lane.task], timeout_s)
        for key, lane in lanes.items():
            self._end(key, lane, lane.waiting)  # one whose task had not even begun

    def _take(self, stored: StoredEvent, *, may_open: bool, may_join: bool = True) -> bool:
        key = stored.event.conversation
        if stored.id in self._held or (self._parts is not None and not self._parts.owns(key)):
            return True
        lane = self._lanes.get(key)
        if self._stopping or not (may_join if lane else may_open and len(self._lanes) < self._limits.active):
            return False
        if lane is None:
            lane = self._lanes[key] = _Lane()
        if lane.full or len(lane.waiting) >= self._limits.per_lane:
            lane.full = True
            return False
        lane.waiting.append(stored)
        self._held.add(stored.id)
        lane.more.set()
        if lane.task is None:
            lane.task = asyncio.create_task(self._run(key, lane))
        return True

    async def drain(self, timeout_s: float) -> int:
        """Finish what is in memory, at most so long; the rest stays in the database. Returns what was left."""
        self._stopping = True
        if self._refill:
            self._refill.cancel()
        for lane in self._lanes.values():
            lane.more.set()
        await finish([lane.task for lane in self._lanes.values() if lane.task], timeout_s)
        return self.depth

    async def _refill_forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.refill.total_seconds()):
                    await self._wake.wait()
            self._wake.clear()
            if self._overflow or self._parts is not None:
                await self._refill_once()

    async def _refill_once(self) -> None:
        """Bring waiting events from the database in their order; while it is read no new lane may open.

        A lane of which more may wait there is full: what comes later waits behind it.
        """
        room = self._limits.active
        full = [key for key, lane in self._lanes.items() if lane.full]  # more of theirs may be found when they are idle
        before, self._missed, self._look_again = self._missed, set(), False
        self._finished.clear()
        try:
            found = await self._store.pending(room, full, tuple(self._held), self._channels.by_name)
        except Exception as error:  # noqa: BLE001 - without this task nobody would be answered any more
            if not isinstance(error, StoreError):
                log.refill_failed(type(error).__name__)
            self._missed |= before
            return
        taken = [self._take(stored, may_open=True) for stored in found if stored.id not in self._finished]
        whole = len(found) < room and all(taken)
        for key in {stored.event.conversation for stored in found} & self._lanes.keys():
            self._lanes[key].full |= not whole or key in self._missed
        self._overflow = not whole or self._look_again or bool(self._missed or full)

    async def _run(self, key: str, lane: _Lane) -> None:
        conversation: Conversation | None = None
        batch: list[StoredEvent] = []
        try:
            while lane.waiting:
                if self._settles(lane):
                    conversation = await self._greet(key, lane, conversation)
                    await self._settle(lane)
                batch = in_order(lane.waiting)
                lane.waiting.clear()
                for events in turns_of(batch):
                    conversation = await self._turn(key, events, conversation)
                    done = {one.id for one in events}
                    self._held -= done
                    if self._overflow or self._parts is not None:
                        self._finished |= done
        finally:
            self._end(key, lane, (*batch, *lane.waiting))
            if self._overflow:
                self._wake.set()

    def _end(self, key: str, lane: _Lane, events: Iterable[StoredEvent]) -> None:
        """The lane is gone; what it has not done may be taken up by another."""
        if self._lanes.get(key) is lane:
            del self._lanes[key]
            self._held.difference_update(one.id for one in events)

    def _settles(self, lane: _Lane) -> bool:
        """May the person go on typing? A button tap is answered at once."""
        busy = self._stopping or lane.leaving or not self._limits.settle
        return not busy and lane.waiting[-1].event.kind is EventKind.TEXT

    async def _greet(self, key: str, lane: _Lane, conversation: Conversation | None) -> Conversation | None:
        """Show that the message was seen before the wait; an answer that comes at once needs no sign."""
        with suppress(StoreError):
            conversation = conversation or await self._store.load(key)
            self._signal(conversation, lane.waiting[-1])
        return conversation

    async def _settle(self, lane: _Lane) -> None:
        """Wait until the person has stopped typing, at most three windows."""
        for _ in range(3):
            lane.more.clear()
            try:
                async with asyncio.timeout(self._limits.settle.total_seconds()):
                    await lane.more.wait()
            except TimeoutError:
                return
            if not self._settles(lane):
                return

    async def _turn(
        self, key: str, events: tuple[StoredEvent, ...], conversation: Conversation | None
    ) -> Conversation | None:
        """One turn until it is on disk. Tries again on a conflict or a broken disk; gives up on a poison event only:
        one that raises again and again, or has ended TRIES processes."""
        pause, failure = 0.1, before(events, TRIES)
        while True:
            try:
                if events[-1].event.kind in ANSWERED_KINDS:
                    await self._work.room(events[-1].event.channel)
                conversation = conversation or await self._store.load(key)
                return await self._commit(conversation, events, failure)
            except VersionConflictError:
                conversation = None
            except AlreadyHandledError as error:
                conversation = None
                events = tuple(one for one in events if one.id not in error.ids)
                if not events:
                    return None
            except StoreError:
                conversation = None
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            except Exception as error:  # noqa: BLE001 - a lane catches everything: the next person must be answered
                failure = Failure(type(error).__name__, failure.attempts + 1)
                log.turn_failed(events[0].event.channel, failure.error, failure.attempts)
                if failure.attempts >= TRIES:
                    await self._bury(events, failure)
                    return None

    def _signal(self, conversation: Conversation, stored: StoredEvent) -> None:
        """Show the citizen that the message was seen, unless a person holds the conversation or the news is old."""
        event, held = stored.event, conversation.session.held_until
        fresh = self._now() - stored.received_at < SIGNAL_WITHIN
        if event.kind not in ANSWERED_KINDS or event.channel not in self._channels or not fresh:
            return
        if held is not None and held > self._now():
            return
        signal = asyncio.create_task(self._channels[event.channel].signal(conversation.key))
        self._signals.add(signal)
        signal.add_done_callback(self._signals.discard)

    async def _bury(self, events: tuple[StoredEvent, ...], failure: Failure) -> None:
        try:
            await self._store.bury([one.id for one in events], failure)
        except StoreError:
            log.turn_failed(events[0].event.channel, "StoreError", TRIES)

    async def _commit(
        self, conversation: Conversation, events: tuple[StoredEvent, ...], failure: Failure
    ) -> Conversation:
        """One turn on disk. The last try only apologises, and its events become dead letters for people."""
        started = perf_counter()
        now = self._now()
        channel = events[0].event.channel
        latest = max(one.event.at for one in events)
        turn = Turn(
            session=conversation.session,
            events=tuple(one.event for one in events),
            now=now,
            late=conversation.last_event_at is not None and latest < conversation.last_event_at,
            stale=now - min(events[-1].event.at, events[-1].received_at) > self._limits.stale_after,
        )
        gives_up = failure.attempts >= TRIES - 1
        result, rendered = self._apologise(turn, failure) if gives_up else await self._think(turn)
        rows = outgoing(conversation.key, channel, events, rendered)
        seen = max(latest, conversation.last_event_at or latest)
        written = replace(conversation, session=result.session, last_event_at=seen)
        reach("lanes.before_commit")
        await self._store.commit_turn(
            TurnCommit(
                conversation=written,
                inbox_ids=tuple(one.id for one in events),
                outgoing=rows,
                record=result.record,
                outcome=result.reply.outcome,
                now=now,
                erase=result.erase,
                drop_queued=result.drop_queued,
                failure=failure if gives_up else None,
            )
        )
        reach("lanes.after_commit")
        if result.drop_queued:
            self._work.drop(conversation.key)
        self._work.send(rows, self._age(events, result.reply.outcome, now))
        self._report(channel, result, perf_counter() - started)
        return Conversation(key=conversation.key) if result.erase else replace(written, version=written.version + 1)

    async def _think(self, turn: Turn) -> tuple[TurnResult, Rendered]:
        """One turn at a time, the loop going round in between: no webhook waits for a burst to be thought of."""
        async with self._floor:
            await asyncio.sleep(0)
            with self._work.during(turn.events):
                result = self._work.turn(turn)
                return result, self._render(turn, result.reply)

    def _render(self, turn: Turn, reply: Reply) -> Rendered:
        """The payloads with the text each shows (for matching against the platform's history)."""
        if not reply.parts:
            return ()
        channel = self._channels[turn.events[0].channel]
        return tuple((payload, shown_text(payload)) for payload in channel.render(reply))

    def _apologise(self, turn: Turn, failure: Failure) -> tuple[TurnResult, Rendered]:
        """A session in which processes end begins anew, or every later message would end some more."""
        reply = Reply(outcome=Outcome.ERROR_INTERNAL, parts=(Part(self._work.apology()),))
        session = turn.session.anew() if failure.error == PROCESS_ENDED else turn.session
        return TurnResult(session=session, reply=reply, record=TurnRecord()), self._render(turn, reply)

    def _age(self, events: tuple[StoredEvent, ...], outcome: Outcome, now: datetime) -> Age | None:
        """The age of a reply to the citizen's words; None of one to news of our own, which opens no window."""
        channel = self._channels.by_name.get(events[0].event.channel)
        if channel is None or not all(one.event.kind in channel.window.opened_by for one in events):
            return None
        return Age(
            asked_at=events[0].received_at,
            made_at=now,
            heard_at=max(one.event.at for one in events),
            urgent=outcome is Outcome.ANSWERED_EMERGENCY,
        )

    def _report(self, channel: ChannelName, result: TurnResult, took_s: float) -> None:
        self._metrics.turns.labels(channel.value, result.reply.outcome.value).inc()
        self._metrics.turn_seconds.observe(took_s)
        log.turn_done(channel, result.reply.outcome, result.reply.intent, took_s * 1000)
