"""Trouble at the wrong moment: a disk that refuses, an event that comes by two ways, a person who takes over."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiolimiter import AsyncLimiter

from chatbot.channels.base import NoAnswerError, Payload, SendResult, SendVerdict, SentMessage
from chatbot.delivery.gate import OPENS_AFTER, Gate, Pass
from chatbot.model import ChannelName
from chatbot.storage.port import ALL_CHANNELS, Conversation, OutboxStatus, Outgoing, StoredEvent, StoreError
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.upgrade import upgrade
from tests.delivery.conftest import START, Clock, Phone, make_rig, text

WHO = "zalo:1:77"


class Disk(SqliteStore):
    """A store whose next marks fail, whose conversations can be slow, and that tells which reads were made."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        engine = sqlite_engine(folder / "chatbot.db")
        upgrade(engine)
        engine.dispose()
        super().__init__(folder / "chatbot.db", SecretBox(key_from_file(folder / "key")), clock)
        self.refuse: set[OutboxStatus] = set()
        self.refused = 0
        self.slow: asyncio.Event | None = None
        self.looked = 0

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        """Refuse each of the named states once."""
        if rows[0].status in self.refuse:
            self.refuse.discard(rows[0].status)
            self.refused += 1
            raise StoreError("disk full")
        await super().mark(rows)

    async def load(self, conversation: str) -> Conversation:
        """Wait while it is slow."""
        if self.slow:
            await self.slow.wait()
        return await super().load(conversation)

    async def pending(
        self,
        limit: int,
        busy: Collection[str] = (),
        held: Collection[int] = (),
        channels: Collection[ChannelName] = ALL_CHANNELS,
    ) -> Sequence[StoredEvent]:
        """Count."""
        found = await super().pending(limit, busy, held, channels)
        self.looked += 1
        return found


@pytest.mark.parametrize("refused", [OutboxStatus.SENDING, OutboxStatus.SENT])
async def test_a_disk_that_refuses_the_mark_never_makes_a_reply_go_twice(
    tmp_path: Path, clock: Clock, refused: OutboxStatus
) -> None:
    disk = Disk(tmp_path, clock)
    disk.refuse.add(refused)
    rig = make_rig(disk, clock)
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]
    assert disk.refused == 1
    assert await disk.open_sends() == []
    await rig.stop()


async def test_an_event_that_comes_from_its_webhook_and_from_the_database_has_one_turn(
    tmp_path: Path, clock: Clock
) -> None:
    """At the start the lanes read what waits; a webhook's event may be in that read before it is offered."""
    disk = Disk(tmp_path, clock)
    rig = make_rig(disk, clock)
    (stored,) = [one for one in await disk.accept([text("a", "một")], START) if one]
    rig.lanes.offer([stored])
    rig.lanes.offer([stored])
    await rig.settle()
    rig.lanes.offer([stored])
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]
    await rig.stop()


async def test_a_new_message_beside_a_handled_one_still_has_its_turn(tmp_path: Path, clock: Clock) -> None:
    disk = Disk(tmp_path, clock)
    rig = make_rig(disk, clock)
    first, second = [one for one in await disk.accept([text("a", "một"), text("b", "hai", after=1)], START) if one]
    rig.lanes.offer([first])
    await rig.settle()
    rig.lanes.offer([first, second])
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["1: một", "2: hai"]
    await rig.stop()


async def test_what_waits_behind_a_full_and_slow_lane_is_not_forgotten(tmp_path: Path, clock: Clock) -> None:
    """While the lane is busy the database is read in vain, more than once; when it is idle its rest is found."""
    disk = Disk(tmp_path, clock)
    disk.slow = asyncio.Event()
    rig = make_rig(disk, clock, per_lane=1)
    await rig.lanes.start()
    await _until(lambda: disk.looked >= 1)
    for number, word in enumerate(("một", "hai", "ba")):
        await rig.inbox.accept([text(word, word, after=number)])
        await asyncio.sleep(0)
    looked = disk.looked
    await _until(lambda: disk.looked >= looked + 2)
    disk.slow.set()
    await _until(lambda: len(" + ".join(said for _, said in rig.phone.arrived).split(" + ")) >= 3)
    assert await disk.pending(10) == []
    await rig.stop()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(8):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_person_who_takes_over_also_stops_the_reply_that_waits_at_the_gate(
    tmp_path: Path, clock: Clock
) -> None:
    disk = Disk(tmp_path, clock)
    rig = make_rig(disk, clock)
    rig.phone.hold = asyncio.Event()
    rig.phone.results = [SendResult(verdict=SendVerdict.NOT_SENT)]
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not rig.outbox.depth:
            await asyncio.sleep(0)
    rig.outbox.drop(WHO)
    rig.phone.hold.set()
    clock.move(timedelta(minutes=1))
    await rig.settle()
    assert rig.phone.arrived == []
    assert await disk.open_sends() == []
    await rig.stop()


class Broken(Phone):
    """A phone whose first send meets a bug of ours."""

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        """Raise once."""
        if key.startswith("1:"):
            raise ZeroDivisionError(key)
        return await super().send(conversation, payload, key)


async def test_a_bug_in_a_send_ends_that_payload_and_not_the_conversation(tmp_path: Path, clock: Clock) -> None:
    disk = Disk(tmp_path, clock)
    rig = make_rig(disk, clock, phone=Broken())
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    await rig.inbox.accept([text("b", "hai", after=1)])
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["2: refused", "3: hai"]
    assert "zalo_bug" in rig.alarms.standing
    await rig.stop()


async def test_a_probe_that_sent_nothing_lets_another_probe(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1000, 1), clock)
    for _ in range(OPENS_AFTER):
        gate.saw(Pass.ORDINARY, SendResult(verdict=SendVerdict.NOT_SENT))
    clock.move(timedelta(hours=1))
    gate.leave(await gate.enter())
    async with asyncio.timeout(1):
        probe = await gate.enter()
    gate.saw(probe, SendResult(verdict=SendVerdict.SENT))
    assert gate.is_open


class Silent(Phone):
    """A phone that takes the first message, loses its own answer, and at first does not tell its history either."""

    asked = 0

    async def history(self, conversation: str, since: datetime) -> Sequence[SentMessage] | None:
        """No answer, then the truth."""
        self.asked += 1
        if self.asked == 1:
            raise NoAnswerError("busy")
        return [SentMessage(f"p{number}", said, START) for number, (_, said) in enumerate(self.arrived)]


async def test_a_platform_that_does_not_tell_now_is_asked_again_before_anything_is_repeated(
    tmp_path: Path, clock: Clock
) -> None:
    disk, phone = Disk(tmp_path, clock), Silent()
    phone.results = [SendResult(verdict=SendVerdict.DOUBTFUL)]
    rig = make_rig(disk, clock, phone=phone)
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]
    assert phone.asked == 2
    assert await disk.matched_ids(WHO, START - timedelta(hours=1)) == {"p0"}
    await rig.stop()
