"""Replies out: one sender per conversation, strictly in order; SENDING is on disk before the first byte leaves."""

import asyncio
import math
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, TypeVar

from chatbot.channels.base import ChannelSet, SendResult, SendVerdict
from chatbot.channels.transport import NOT_AFTER
from chatbot.delivery.advice import advice
from chatbot.delivery.crash_points import reach
from chatbot.delivery.deadlines import Deadlines, Fate
from chatbot.delivery.gate import Gate, Pass
from chatbot.delivery.reconcile import Reconciler
from chatbot.delivery.retry import LONGEST
from chatbot.delivery.settle import (
    after_crash,
    after_finding,
    after_send,
    is_first,
    same_answer,
    stops_the_rest,
)
from chatbot.delivery.tasks import finish
from chatbot.delivery.trouble import Trouble, event_of
from chatbot.model import ChannelName, Event
from chatbot.observe import Alarms, Metrics, log
from chatbot.storage.port import REQUEUED, UNWANTED, Age, OutboxStatus, Outgoing, PartStore, Store, StoreError
from chatbot.storage.rows import part_of

DISK_PAUSE_S: Final = 1.0
"""Between attempts to write down what became of a payload."""
Answer = TypeVar("Answer")
MOST_WAITING: Final = 20_000
"""Payloads of one channel in memory; beyond, no turn of it begins, and what comes in waits on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxTools:
    """What sending needs besides the store. `tell` gives the conversation an event of our own, once it is on disk."""

    channels: ChannelSet
    gates: dict[ChannelName, Gate]
    reconciler: Reconciler
    deadlines: Deadlines
    tell: Callable[[Event], Awaitable[None]]
    metrics: Metrics
    alarms: Alarms
    now: Callable[[], datetime]
    most_waiting: int = MOST_WAITING
    parts: PartStore | None = None
    """Who owns what, where several processes answer."""
    leaves_within: timedelta = timedelta(seconds=4)
    """So soon after its `sending_at` a send must begin: then it has ended before anybody asks the platform for it."""


@dataclass(slots=True)
class _Sender:
    waiting: deque[Outgoing] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None
    attempting: bool = False  # a payload is on its way: do not interrupt
    leaving: bool = False  # its part goes to another process
    dropped: asyncio.Event = field(default_factory=asyncio.Event)  # a person took over: the first one need not wait


class Outbox:
    """The state machine QUEUED -> SENDING -> SENT | FAILED | DOUBTFUL of every payload."""

    def __init__(self, store: Store, tools: OutboxTools) -> None:
        self._store = store
        self._tools = tools
        self._senders: dict[str, _Sender] = {}
        self._depths: Counter[ChannelName] = Counter()
        self._shrunk = asyncio.Event()
        self._stopped: dict[ChannelName, set[str]] = {}  # alarms that stand while the channel sends nothing
        self._refused: Counter[str] = Counter()  # alarms that stand while a refused reply waits for a person
        self._unwanted: set[str] = set()  # keys that a person's take-over dropped while they waited for their turn

    @property
    def depth(self) -> int:
        """Payloads in memory that are not settled."""
        return self._depths.total()

    async def start(self) -> None:
        """Take up what was not settled before."""
        self.take_up(await self._store.open_sends())

    def take_up(self, rows: Sequence[Outgoing]) -> None:
        """Rows that another run or another process left: a send that was under way is doubtful."""
        self.offer([after_crash(row) for row in rows])

    async def look(self) -> None:
        """Take up what an operator put back into the queue."""
        known = self._keys()
        rows = await self._store.requeued()
        known |= self._keys()
        self.offer([row for row in rows if row.key not in known and self._owns(row.conversation)])

    def _keys(self) -> set[str]:
        return {row.key for sender in self._senders.values() for row in sender.waiting}

    def _owns(self, conversation: str) -> bool:
        return self._tools.parts is None or self._tools.parts.owns(conversation)

    def abandon(self) -> "list[asyncio.Task[None]]":
        """Stop at once: the conversations are another process's now. Returns the tasks that are ending."""
        senders, self._senders = self._senders, {}
        for sender in senders.values():
            sender.leaving = True
            self._forget(sender)
        tasks = [sender.task for sender in senders.values() if sender.task]
        for task in tasks:
            task.cancel()
        return tasks

    async def let_go(self, parts: Collection[int], timeout_s: float) -> None:
        """Stop the senders of these parts: at once, or when the payload that is on its way is settled."""
        senders = {key: sender for key, sender in self._senders.items() if part_of(key) in parts}
        for sender in senders.values():
            sender.leaving = True
            if not sender.attempting and sender.task:
                sender.task.cancel()
        await finish([sender.task for sender in senders.values() if sender.task], timeout_s)
        for key, sender in senders.items():
            self._end(key, sender)  # one whose task had not even begun

    def offer(self, rows: Sequence[Outgoing], age: Age | None = None) -> None:
        """Payloads that are on disk; the order within a conversation is their order here. `age` is that of them all."""
        for row in rows:
            if row.channel not in self._tools.channels:
                continue
            if age is not None:
                self._tools.deadlines.know(row, age)
            sender = self._senders.setdefault(row.conversation, _Sender())
            sender.waiting.append(row)
            self._depths[row.channel] += 1
            if sender.task is None:
                sender.task = asyncio.create_task(self._run(row.conversation, sender))

    async def room(self, channel: ChannelName) -> None:
        """Wait while too much of the channel waits to be sent."""
        while self._depths[channel] >= self._tools.most_waiting:
            await self._shrunk.wait()

    def drop(self, conversation: str) -> None:
        """Forget queued payloads (a person took over); the one whose bytes are leaving goes on."""
        sender = self._senders.get(conversation)
        if sender is None:
            return
        while len(sender.waiting) > 1:
            self._settled(sender.waiting.pop())
        self._unwanted.add(sender.waiting[0].key)
        sender.dropped.set()

    async def drain(self, timeout_s: float) -> int:
        """Send what is due, at most so long; the rest stays queued on disk. Returns what was left."""
        tasks = [sender.task for sender in self._senders.values() if sender.task]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)
        left = self.depth
        await finish([sender.task for sender in self._senders.values() if sender.task], 0)
        return left

    async def _run(self, key: str, sender: _Sender) -> None:
        try:
            while sender.waiting and not sender.leaving:
                await self._settle(sender)
        finally:
            self._end(key, sender)

    def _end(self, key: str, sender: _Sender) -> None:
        if self._senders.get(key) is sender:
            del self._senders[key]
            self._forget(sender)

    def _forget(self, sender: _Sender) -> None:
        for row in sender.waiting:
            self._settled(row)

    async def _settle(self, sender: _Sender) -> None:
        """Bring the first payload to its end; the rest of its answer ends with it when it could not go out."""
        row = sender.waiting[0]
        while not row.status.settled:
            if sender.leaving:
                return
            row = await self._step(row, sender)
        self._settled(sender.waiting.popleft())
        while sender.waiting and sender.waiting[0].status.settled:
            self._settled(sender.waiting.popleft())

    def _settled(self, row: Outgoing) -> None:
        self._depths[row.channel] -= 1
        self._tools.deadlines.forget(row)
        self._unwanted.discard(row.key)
        self._shrunk.set()
        self._shrunk.clear()

    async def _step(self, row: Outgoing, sender: _Sender) -> Outgoing:
        if row.status is OutboxStatus.DOUBTFUL:
            return await self._resolve(row)
        gate = self._tools.gates[row.channel]
        if not self._is_unwanted(row):
            await _until(row.next_at, self._tools.now, sender.dropped)
        if self._is_unwanted(row):
            return await self._write(replace(row, status=OutboxStatus.DROPPED))
        admitted = await gate.enter()
        try:
            if ended := await self._needless(row) or await self._overdue(row, sender):
                gate.leave(admitted)
                return ended
            sender.attempting = True
            return await self._attempt(row, sender, gate, admitted)
        except asyncio.CancelledError:
            gate.leave(admitted)
            raise
        finally:
            sender.attempting = False

    async def _attempt(self, row: Outgoing, sender: _Sender, gate: Gate, admitted: Pass) -> Outgoing:
        leaves_by = monotonic() + self._tools.leaves_within.total_seconds()
        row = replace(
            row, status=OutboxStatus.SENDING, sending_at=self._tools.now(), attempts=row.attempts + 1, next_at=None
        )
        reach("outbox.before_sending")
        await self._write(row)
        if proved := await self._proved(row) if row.attempts > 1 else None:
            gate.leave(admitted)
            return proved
        reach("outbox.before_send")
        result = await self._send(row, leaves_by)
        reach("outbox.after_send")
        self._tools.metrics.sends.labels(row.channel.value, result.verdict.value).inc()
        gate.saw(admitted, result, row.conversation)
        return await self._record(row, sender, result)

    async def _needless(self, row: Outgoing) -> Outgoing | None:
        """The payload at its end, when an earlier attempt is proved by now or a person has taken over."""
        was_tried = row.attempts or row.error == REQUEUED
        if was_tried and (proved := await self._proved(row)):
            return proved
        return await self._write(replace(row, status=OutboxStatus.DROPPED)) if self._is_unwanted(row) else None

    def _is_unwanted(self, row: Outgoing) -> bool:
        return row.key in self._unwanted or row.error == UNWANTED

    async def _proved(self, row: Outgoing) -> Outgoing | None:
        """The payload at its end, when an echo with its key has come: nothing more is written."""
        proof = await self._patiently(lambda: self._store.proof(row.key))
        return None if proof is None else replace(row, status=OutboxStatus.SENT, platform_id=proof, error="")

    async def _overdue(self, row: Outgoing, sender: _Sender) -> Outgoing | None:
        """The payload at its end, when it is too late for it: nothing is attempted."""
        fate = await self._patiently(lambda: self._tools.deadlines.fate(row))
        if fate is Fate.SEND:
            return None
        self._tools.metrics.sends.labels(row.channel.value, fate.value).inc()
        log.send_failed(row.channel, fate.value, "closed")
        if fate is Fate.STALE:
            await self._tell(row, Trouble.STALE)
        return await self._give_up(replace(row, status=OutboxStatus.FAILED, error=f"closed {fate.value}"), sender)

    async def _record(self, row: Outgoing, sender: _Sender, result: SendResult) -> Outgoing:
        if result.verdict is not SendVerdict.REFUSED:
            self._alarm(row.channel, result)
        asked_at = self._tools.deadlines.age(row).asked_at
        if result.verdict is not SendVerdict.SENT:
            log.send_failed(row.channel, result.code, result.verdict.value, result.remark)
        elif asked_at and is_first(row):
            self._tools.metrics.answer_seconds.observe((self._tools.now() - asked_at).total_seconds())
        after = after_send(row, result, self._tools.now())
        if result.verdict is SendVerdict.REFUSED:
            await self._tell(row, Trouble.REFUSED)
        elif result.verdict is SendVerdict.HELD:
            await self._tell(row, Trouble.HELD)
        written = await (self._give_up(after, sender) if stops_the_rest(after) else self._write(after))
        if result.verdict is SendVerdict.REFUSED:  # now that it stands in the list of dead letters
            self._alarm(row.channel, result)
        reach("outbox.after_record")
        return written

    def _alarm(self, channel: ChannelName, result: SendResult) -> None:
        """Tell people; what stopped the whole channel is over when something goes out again."""
        if result.alarm:
            name = f"{channel.value}_{result.alarm}"
            self._tools.alarms.raise_(name, advice(channel, result))
            if result.verdict is SendVerdict.REFUSED:
                self._refused[name] += 1
            else:
                self._stopped.setdefault(channel, set()).add(name)
        elif result.verdict is SendVerdict.SENT:
            for name in self._stopped.pop(channel, ()):
                self._tools.alarms.clear(name)

    def refused(self) -> Counter[str]:
        """The alarms that stand for refused replies, and how often each was raised."""
        return self._refused.copy()

    def dealt_with(self, refused: Counter[str]) -> None:
        """No dead letter needed a person when these stood: they end, unless something has been refused since."""
        for name, times in refused.items():
            if self._refused[name] == times:
                self._tools.alarms.clear(name)
                del self._refused[name]

    async def _give_up(self, row: Outgoing, sender: _Sender) -> Outgoing:
        """The payload and the rest of its answer end in one transaction: half an answer may mislead."""
        rest = [
            replace(other, status=row.status, error=f"{row.error} (rest)")
            for other in list(sender.waiting)[1:]
            if same_answer(other, row)
        ]
        await self._write(row, *rest)
        ended = {other.key: other for other in rest}
        sender.waiting = deque(ended.get(other.key, other) for other in sender.waiting)
        return row

    async def _send(self, row: Outgoing, leaves_by: float) -> SendResult:
        limit = NOT_AFTER.set(math.inf)
        try:
            if self._tools.parts is not None:
                await self._tools.parts.confirm()
                NOT_AFTER.set(leaves_by)
            return await self._tools.channels[row.channel].send(row.conversation, row.payload, row.key)
        except StoreError:  # nothing was sent; but the part, and the payload with it, may be another process's by now
            return SendResult(verdict=SendVerdict.DOUBTFUL, code="owner")
        except Exception as error:  # noqa: BLE001 - the sender is a lane too: one bad payload must not end it
            return SendResult(verdict=SendVerdict.REFUSED, code=type(error).__name__, alarm="bug")
        finally:
            NOT_AFTER.reset(limit)  # questions to the platform, later in this task, may leave at any time

    async def _tell(self, row: Outgoing, trouble: Trouble) -> None:
        """Before the payload is given up, so that a crash in between tells again and loses nothing."""
        await self._patiently(lambda: self._tools.tell(event_of(row, trouble, self._tools.now())))

    async def _write(self, row: Outgoing, *others: Outgoing) -> Outgoing:
        """Put it on disk, however long the disk refuses: what was sent must never be taken for unsent."""
        await self._patiently(lambda: self._store.mark([row, *others]))
        return row

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        while True:
            try:
                return await ask()
            except StoreError:
                await asyncio.sleep(DISK_PAUSE_S)

    async def _resolve(self, row: Outgoing) -> Outgoing:
        """Ask the echo and the history whether a doubtful send arrived, before anything is repeated."""
        reach("outbox.before_resolve")
        finding, platform_id = await self._patiently(lambda: self._tools.reconciler.look_for(row))
        found = after_finding(row, finding, platform_id, self._tools.now())
        if self._is_unwanted(row) and found.status is not OutboxStatus.SENT:
            found = replace(found, status=OutboxStatus.DROPPED, error=UNWANTED)
        row = await self._write(found)
        reach("outbox.after_resolve")
        return row


async def _until(moment: datetime | None, now: Callable[[], datetime], sooner: asyncio.Event) -> None:
    sooner.clear()
    if wait := wait_s(moment, now()):
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await sooner.wait()


def wait_s(moment: datetime | None, now: datetime) -> float:
    """Seconds until then, never more than the longest wait that is put on disk: the clock may have been put back. Who
    is asked to wait for longer waits at the gate."""
    wait = moment - now if moment else timedelta(0)
    return max(0.0, min(wait, LONGEST).total_seconds())
