"""A store on disk, a channel that remembers what it was given, and a pure turn that says what it heard."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiolimiter import AsyncLimiter

from chatbot.channels.base import (
    SPOKEN,
    ChannelSet,
    Limits,
    Parsed,
    Payload,
    SendResult,
    SendVerdict,
    SentMessage,
    Window,
)
from chatbot.delivery.deadlines import Deadlines
from chatbot.delivery.gate import Gate
from chatbot.delivery.inbox import Inbox
from chatbot.delivery.lanes import LaneLimits, Lanes, Work
from chatbot.delivery.outbox import Outbox, OutboxTools
from chatbot.delivery.reconcile import Reconciler
from chatbot.model import ChannelName, Event, EventKind, Outcome, Part, Reply, Turn, TurnRecord, TurnResult
from chatbot.observe import Alarms, make_metrics
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.store import SqlStore
from chatbot.storage.upgrade import upgrade

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SENT = SendResult(verdict=SendVerdict.SENT)
STALE_AFTER = timedelta(hours=2)
MOMENT_S = 0.001
"""Between two looks. A loop that looks again at once keeps the interpreter from the thread that it waits for."""


WINDOW = Window(length=timedelta(hours=48), opened_by=SPOKEN)


class Clock:
    """Stands still unless somebody moves it."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


@dataclass
class Phone:
    """A channel that plays back the results it is told and remembers what arrived."""

    name: ChannelName = ChannelName.ZALO
    limits: Limits = Limits(text=2000, buttons=5, label=100, payload=1000)
    window: Window = WINDOW
    results: list[SendResult] = field(default_factory=list)
    arrived: list[tuple[str, str]] = field(default_factory=list)
    remembered: Sequence[SentMessage] | None = ()
    hold: asyncio.Event | None = None
    signalled: list[str] = field(default_factory=list)

    def verify(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """Every request is fine."""

    def parse(self, raw: bytes) -> Parsed:
        return Parsed()

    def render(self, reply: Reply) -> tuple[Payload, ...]:
        return tuple({"text": part.text} for part in reply.parts)

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        if self.hold:
            await self.hold.wait()
        result = self.results.pop(0) if self.results else SENT
        if result.verdict in {SendVerdict.SENT, SendVerdict.DOUBTFUL}:
            self.arrived.append((conversation, str(payload["text"])))
        return replace(result, platform_id=f"p{len(self.arrived)}") if result.verdict is SendVerdict.SENT else result

    async def history(self, conversation: str, since: datetime) -> Sequence[SentMessage] | None:
        return self.remembered

    async def signal(self, conversation: str) -> None:
        self.signalled.append(conversation)

    async def close(self) -> None:
        """Nothing to close."""


def heard(turn: Turn) -> TurnResult:
    """The default turn: repeats the texts in the order they were heard, and counts them in the session. Of events that
    are nobody's words it only repeats the outbox's news."""
    words = " + ".join(event.text or event.metadata for event in turn.events)
    if turn.events[-1].kind is EventKind.HANDOVER:
        silence = Reply(outcome=Outcome.HANDED_SILENT)
        return TurnResult(session=turn.session, reply=silence, record=TurnRecord(), drop_queued=True)
    if "hỏng" in words:
        raise ZeroDivisionError("a bug of ours")
    count = int(turn.session.slots.get("count", "0")) + len(turn.events)
    reply = Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(Part(f"{count}: {words}"),))
    session = replace(turn.session, slots={"count": str(count)})
    return TurnResult(session=session, reply=reply, record=TurnRecord(text=words))


@dataclass
class Rig:
    """Inbox, lanes and outbox around one store."""

    store: SqlStore
    phone: Phone
    clock: Clock
    inbox: Inbox
    lanes: Lanes
    outbox: Outbox
    alarms: Alarms
    gate: Gate

    async def settle(self) -> None:
        """Wait until every accepted event is answered and every answer is sent."""
        async with asyncio.timeout(10):
            while self.lanes.busy or self.outbox.depth:
                await asyncio.sleep(MOMENT_S)

    async def stop(self) -> None:
        await self.inbox.close()
        await self.lanes.drain(1)
        await self.outbox.drain(1)
        await self.store.close()


def open_store(folder: Path, clock: Callable[[], datetime]) -> SqliteStore:
    path = folder / "chatbot.db"
    engine = sqlite_engine(path)
    upgrade(engine)
    engine.dispose()
    return SqliteStore(path, SecretBox(key_from_file(folder / "key")), clock)


def make_rig(
    store: SqlStore,
    clock: Clock,
    turn: Callable[[Turn], TurnResult] = heard,
    *,
    settle: timedelta = timedelta(0),
    active: int = 100,
    per_lane: int = 100,
    queue: int = 1000,
    most_waiting: int = 1000,
    refill: timedelta = timedelta(seconds=1),
    phone: Phone | None = None,
    during: Callable[[Sequence[Event]], AbstractContextManager[None]] = lambda _events: nullcontext(),
) -> Rig:
    phone, metrics = phone or Phone(), make_metrics()
    alarms = Alarms(metrics)
    channels = ChannelSet({ChannelName.ZALO: phone})
    gate = Gate(AsyncLimiter(10_000, 1), clock)
    tools = OutboxTools(
        channels=channels,
        gates={ChannelName.ZALO: gate},
        reconciler=Reconciler(store, channels, clock, grace=timedelta(0), pace=lambda _channel: gate.pace()),
        deadlines=Deadlines(store, channels, clock, stale_after=STALE_AFTER),
        tell=lambda event: inbox.note(event),  # noqa: PLW0108 - made below
        most_waiting=most_waiting,
        metrics=metrics,
        alarms=alarms,
        now=clock,
        parts=store.parts,
    )
    outbox = Outbox(store, tools)
    limits = LaneLimits(settle=settle, active=active, per_lane=per_lane, stale_after=STALE_AFTER, refill=refill)
    work = Work(
        turn=turn,
        apology=lambda: "Dạ, em xin lỗi.",
        send=outbox.offer,
        drop=outbox.drop,
        during=during,
        room=outbox.room,
    )
    lanes = Lanes(store, channels, work, limits, metrics, clock, store.parts)
    inbox = Inbox(store, lanes.offer, clock, queue=queue)
    return Rig(store, phone, clock, inbox, lanes, outbox, alarms, gate)


def text(key: str, words: str, who: str = "zalo:1:77", *, after: float = 0) -> Event:
    at = START + timedelta(seconds=after)
    return Event(key=key, channel=ChannelName.ZALO, conversation=who, kind=EventKind.TEXT, at=at, text=words)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def rig(tmp_path: Path, clock: Clock) -> AsyncIterator[Rig]:
    made = make_rig(open_store(tmp_path, clock), clock)
    yield made
    await made.stop()
