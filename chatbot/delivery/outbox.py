"""Replies out: one sender per conversation, strictly in order; SENDING is on disk before the first byte leaves."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from chatbot.channels.base import ChannelSet, SendResult, SendVerdict
from chatbot.delivery.crash_points import reach
from chatbot.delivery.gate import Gate
from chatbot.delivery.reconcile import Finding, Reconciler
from chatbot.delivery.retry import backoff
from chatbot.model import ChannelName
from chatbot.observe import Alarms, Metrics, log
from chatbot.storage.port import OutboxStatus, Outgoing, Store, StoreError

MOST_RESENDS: Final = 2
"""Attempts of a payload whose fate the platform cannot tell: once more at most."""
DISK_PAUSE_S: Final = 1.0
"""Between attempts to write down what became of a payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxTools:
    """What sending needs besides the store."""

    channels: ChannelSet
    gates: dict[ChannelName, Gate]
    reconciler: Reconciler
    metrics: Metrics
    alarms: Alarms
    now: Callable[[], datetime]


@dataclass(slots=True)
class _Sender:
    waiting: deque[Outgoing] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None


class Outbox:
    """The state machine QUEUED -> SENDING -> SENT | FAILED | DOUBTFUL of every payload."""

    def __init__(self, store: Store, tools: OutboxTools) -> None:
        self._store = store
        self._tools = tools
        self._senders: dict[str, _Sender] = {}
        self._asked: dict[str, datetime] = {}
        self._unwanted: set[str] = set()  # keys that a person's take-over dropped while they waited for their turn

    @property
    def depth(self) -> int:
        """Payloads in memory that are not settled."""
        return sum(len(sender.waiting) for sender in self._senders.values())

    async def start(self) -> None:
        """Take up what was not settled before: a send that was under way is doubtful."""
        rows = await self._store.open_sends()
        self.offer([_after_crash(row) for row in rows])

    def offer(self, rows: Sequence[Outgoing], asked_at: datetime | None = None) -> None:
        """Payloads that are on disk; the order within a conversation is their order here.

        `asked_at` is when the question was received, for the time that the citizen waited.
        """
        if rows and asked_at:
            self._asked[rows[0].key] = asked_at
        for row in rows:
            if row.channel not in self._tools.channels:
                continue
            sender = self._senders.setdefault(row.conversation, _Sender())
            sender.waiting.append(row)
            if sender.task is None:
                sender.task = asyncio.create_task(self._run(row.conversation, sender))

    def drop(self, conversation: str) -> None:
        """Forget queued payloads (a person took over); the one whose bytes are leaving goes on."""
        sender = self._senders.get(conversation)
        if sender is None:
            return
        while len(sender.waiting) > 1:
            sender.waiting.pop()
        self._unwanted.add(sender.waiting[0].key)

    async def drain(self, timeout_s: float) -> int:
        """Send what is due, at most so long; the rest stays queued on disk. Returns what was left."""
        tasks = [sender.task for sender in self._senders.values() if sender.task]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)
        left = self.depth
        late = [sender.task for sender in self._senders.values() if sender.task]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return left

    async def _run(self, key: str, sender: _Sender) -> None:
        try:
            while sender.waiting:
                await self._settle(sender.waiting[0])
                key_of_row = sender.waiting.popleft().key
                self._asked.pop(key_of_row, None)
                self._unwanted.discard(key_of_row)
        finally:
            del self._senders[key]

    async def _settle(self, row: Outgoing) -> None:
        """Bring one payload to its end: SENT, FAILED or DROPPED."""
        while row.status not in {OutboxStatus.SENT, OutboxStatus.FAILED, OutboxStatus.DROPPED}:
            row = await self._step(row)

    async def _step(self, row: Outgoing) -> Outgoing:
        if row.status is OutboxStatus.DOUBTFUL:
            return await self._resolve(row)
        gate = self._tools.gates[row.channel]
        await _until(row.next_at, self._tools.now)
        await gate.enter()
        if row.key in self._unwanted:
            gate.leave()
            return await self._write(replace(row, status=OutboxStatus.DROPPED))
        row = replace(
            row, status=OutboxStatus.SENDING, sending_at=self._tools.now(), attempts=row.attempts + 1, next_at=None
        )
        reach("outbox.before_sending")
        await self._write(row)
        reach("outbox.before_send")
        result = await self._send(row)
        reach("outbox.after_send")
        self._tools.metrics.sends.labels(row.channel.value, result.verdict.value).inc()
        gate.saw(result)
        return await self._record(row, result)

    async def _record(self, row: Outgoing, result: SendResult) -> Outgoing:
        if result.alarm:
            self._tools.alarms.raise_(f"{row.channel.value}_{result.alarm}", f"The platform answered {result.code}.")
        if result.verdict is not SendVerdict.SENT:
            log.send_failed(row.channel, result.code, result.verdict.value)
        elif asked_at := self._asked.pop(row.key, None):
            self._tools.metrics.answer_seconds.observe((self._tools.now() - asked_at).total_seconds())
        row = await self._write(_after(row, result, self._tools.now()))
        reach("outbox.after_record")
        return row

    async def _send(self, row: Outgoing) -> SendResult:
        try:
            return await self._tools.channels[row.channel].send(row.conversation, row.payload, row.key)
        except Exception as error:  # noqa: BLE001 - the sender is a lane too: one bad payload must not end it
            return SendResult(verdict=SendVerdict.REFUSED, code=type(error).__name__, alarm="bug")

    async def _write(self, row: Outgoing) -> Outgoing:
        """Put it on disk, however long the disk refuses: what was sent must never be taken for unsent."""
        while True:
            try:
                await self._store.mark([row])
            except StoreError:
                await asyncio.sleep(DISK_PAUSE_S)
            else:
                return row

    async def _resolve(self, row: Outgoing) -> Outgoing:
        """Ask the echo and the history whether a doubtful send arrived, before anything is repeated."""
        reach("outbox.before_resolve")
        try:
            finding, platform_id = await self._tools.reconciler.look_for(row)
        except StoreError:
            await asyncio.sleep(DISK_PAUSE_S)
            return row
        if finding is Finding.ARRIVED:
            row = replace(row, status=OutboxStatus.SENT, platform_id=platform_id)
        elif finding is Finding.UNKNOWN and row.attempts >= MOST_RESENDS:
            row = replace(row, status=OutboxStatus.FAILED, error="doubtful")
        else:
            row = replace(row, status=OutboxStatus.QUEUED)
        row = await self._write(row)
        reach("outbox.after_resolve")
        return row


def _after_crash(row: Outgoing) -> Outgoing:
    return replace(row, status=OutboxStatus.DOUBTFUL) if row.status is OutboxStatus.SENDING else row


def _after(row: Outgoing, result: SendResult, now: datetime) -> Outgoing:
    """The row after one attempt."""
    match result.verdict:
        case SendVerdict.SENT:
            return replace(row, status=OutboxStatus.SENT, platform_id=result.platform_id, error="")
        case SendVerdict.CLOSED | SendVerdict.REFUSED:
            return replace(row, status=OutboxStatus.FAILED, error=f"{result.verdict.value} {result.code}")
        case SendVerdict.DOUBTFUL:
            return replace(row, status=OutboxStatus.DOUBTFUL, error=result.code)
        case SendVerdict.NOT_SENT | SendVerdict.PAUSED | SendVerdict.TOKEN:
            wait = result.retry_after or backoff(row.attempts)
            return replace(row, status=OutboxStatus.QUEUED, next_at=now + wait, error=result.code)


async def _until(moment: datetime | None, now: Callable[[], datetime]) -> None:
    wait = (moment - now()) if moment else timedelta(0)
    if wait > timedelta(0):
        await asyncio.sleep(wait.total_seconds())
