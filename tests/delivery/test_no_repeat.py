"""What is known by the time of a second attempt: that the first arrived, or that a person has taken over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.channels.base import Payload, SendResult, SendVerdict
from chatbot.delivery.gate import Gate, Pass
from chatbot.model import EventKind
from chatbot.storage.port import OutboxStatus, Outgoing
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore
from tests.delivery.conftest import MOMENT_S, SENT, START, Clock, Phone, Rig, make_rig, open_store, text

WHO = "zalo:1:77"
NOT_SENT = SendResult(verdict=SendVerdict.NOT_SENT, code="2")
DOUBTFUL = SendResult(verdict=SendVerdict.DOUBTFUL)


class Liar(Phone):
    """A phone that takes the first message, echoes it at `tells_at` seconds, and says that it did not."""

    store: SqliteStore
    tells_at: float = 1
    answer: SendResult = NOT_SENT
    key: str = ""

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        """The message arrives; the answer of the first is trouble."""
        self.arrived.append((conversation, str(payload["text"])))
        if len(self.arrived) > 1:
            return SENT
        self.key = key
        await self.echo()
        return self.answer

    async def echo(self) -> None:
        """The platform tells that it has the first message."""
        told = text("echo", "", after=self.tells_at)
        await self.store.accept([replace(told, kind=EventKind.ECHO_OURS, metadata=self.key, platform_id="p1")], START)


def lying(phone: Liar, folder: Path, clock: Clock) -> Rig:
    phone.store = open_store(folder, clock)
    return make_rig(phone.store, clock, phone=phone)


@pytest.mark.parametrize("tells_at", [1, -600], ids=["in time", "by a clock far behind ours"])
@pytest.mark.parametrize("answer", [NOT_SENT, DOUBTFUL], ids=["not sent", "doubtful"])
async def test_a_send_that_an_echo_has_proved_is_not_repeated_whatever_its_answer_said(
    tmp_path: Path, clock: Clock, tells_at: float, answer: SendResult
) -> None:
    phone = Liar()
    phone.tells_at, phone.answer = tells_at, answer
    rig = lying(phone, tmp_path, clock)
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert [said for _, said in phone.arrived] == ["1: một"]
    assert await phone.store.matched_ids(WHO, START - timedelta(hours=1)) == {"p1"}
    await rig.stop()


class LateLiar(Liar):
    """One whose channel is paused by somebody else's send, and whose echo comes only then."""

    gate: Gate

    async def echo(self) -> None:
        """Not yet."""
        self.gate.saw(Pass.ORDINARY, SendResult(verdict=SendVerdict.PAUSED, retry_after=timedelta(hours=1)))


async def test_an_echo_that_comes_while_the_next_attempt_waits_at_the_gate_is_heeded(
    tmp_path: Path, clock: Clock
) -> None:
    phone = LateLiar()
    phone.answer = SendResult(verdict=SendVerdict.NOT_SENT, retry_after=timedelta(milliseconds=1))
    rig = lying(phone, tmp_path, clock)
    phone.gate = rig.gate
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not (rows := await rig.store.open_sends()) or not rows[0].next_at:
            await asyncio.sleep(0.01)
    clock.move(timedelta(seconds=1))
    await asyncio.sleep(0.1)
    await Liar.echo(phone)
    rig.gate.saw(Pass.PROBE, SENT)
    await rig.settle()
    assert len(phone.arrived) == 1
    await rig.stop()


async def test_an_echo_is_heeded_though_an_operator_put_the_reply_back(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock)
    rig.phone.remembered = None
    rig.phone.results = [DOUBTFUL, DOUBTFUL]
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    (letter,) = await rig.store.dead()
    assert await rig.store.revive([letter.id]) == 1
    told = replace(text("echo", "", after=1), kind=EventKind.ECHO_OURS, metadata=letter.id, platform_id="p1")
    rig.gate.saw(Pass.ORDINARY, SendResult(verdict=SendVerdict.PAUSED, retry_after=timedelta(hours=1)))
    await rig.outbox.look()
    await rig.store.accept([told], START)
    rig.gate.saw(Pass.PROBE, SENT)
    await rig.settle()
    assert len(rig.phone.arrived) == 2
    await rig.stop()


class Together(SqliteStore):
    """A store that brings the echo of a send in the same transaction as the mark of its second attempt."""

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        told = replace(text("echo", "", after=1), kind=EventKind.ECHO_OURS, metadata=rows[0].key, platform_id="p1")
        if rows[0].status is OutboxStatus.SENDING and rows[0].attempts > 1:
            await asyncio.gather(super().mark(rows), self.accept([told], START))
        else:
            await super().mark(rows)


async def test_an_echo_that_comes_with_the_mark_of_the_next_attempt_is_heeded(tmp_path: Path, clock: Clock) -> None:
    await open_store(tmp_path, clock).close()
    store = Together(tmp_path / "chatbot.db", SecretBox(key_from_file(tmp_path / "key")), clock)
    rig = make_rig(store, clock)
    rig.phone.results = [DOUBTFUL]
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert len(rig.phone.arrived) == 1
    await rig.stop()


async def waits_to_be_sent_again(rig: Rig) -> None:
    """A reply that the platform did not take, which waits ten minutes for its next attempt."""
    rig.phone.results = [SendResult(verdict=SendVerdict.NOT_SENT, retry_after=timedelta(minutes=10))]
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not (rows := await rig.store.open_sends()) or not rows[0].next_at:
            await asyncio.sleep(0.01)


async def test_a_reply_that_was_dropped_holds_up_no_later_one(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock)
    await waits_to_be_sent_again(rig)
    await rig.inbox.accept([replace(text("b", "", after=1), kind=EventKind.HANDOVER)])
    await rig.inbox.accept([text("c", "hai", after=120)])
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["2: hai"]
    await rig.stop()


async def test_nor_one_whose_attempt_ends_after_the_person_took_over(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock)
    rig.phone.hold = asyncio.Event()
    rig.phone.results = [SendResult(verdict=SendVerdict.NOT_SENT, retry_after=timedelta(minutes=10))]
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not (rows := await rig.store.open_sends()) or rows[0].status is not OutboxStatus.SENDING:
            await asyncio.sleep(0.01)
        await rig.inbox.accept([replace(text("b", "", after=1), kind=EventKind.HANDOVER)])
        while rig.lanes.busy:
            await asyncio.sleep(0.01)
    rig.phone.hold.set()
    await rig.inbox.accept([text("c", "hai", after=120)])
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["2: hai"]
    await rig.stop()


async def test_a_reply_that_a_person_made_unwanted_is_no_dead_letter(tmp_path: Path, clock: Clock) -> None:
    """Its second attempt was on its way, and the platform cannot tell what became of it."""
    rig = make_rig(open_store(tmp_path, clock), clock)
    rig.phone.remembered = None
    rig.phone.results = [DOUBTFUL, DOUBTFUL]
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while len(rig.phone.arrived) < 2:
            rig.phone.hold = asyncio.Event() if rig.phone.arrived else None
            await asyncio.sleep(0)
            if rig.phone.hold:
                await rig.inbox.accept([replace(text("b", "", after=1), kind=EventKind.HANDOVER)])
                while rig.lanes.busy:
                    await asyncio.sleep(MOMENT_S)
                rig.phone.hold.set()
                break
    await rig.settle()
    assert await rig.store.dead() == []
    await rig.stop()


async def taken_over_while_sending(folder: Path, clock: Clock) -> Rig:
    """A bot whose process ended after a person took over while a reply was on its way."""
    first = make_rig(open_store(folder, clock), clock)
    first.phone.hold = asyncio.Event()
    await first.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not (rows := await first.store.open_sends()) or rows[0].status is not OutboxStatus.SENDING:
            await asyncio.sleep(0.01)
        await first.inbox.accept([replace(text("b", "", after=1), kind=EventKind.HANDOVER)])
        while first.lanes.busy:
            await asyncio.sleep(0.01)
    await first.outbox.drain(0)
    await first.stop()
    return make_rig(open_store(folder, clock), clock)


@pytest.mark.parametrize("status", [OutboxStatus.SENDING, OutboxStatus.QUEUED])
async def test_a_reply_that_was_on_its_way_when_a_person_took_over_is_not_sent_again_after_a_restart(
    tmp_path: Path, clock: Clock, status: OutboxStatus
) -> None:
    """Whether the process ended before or after it heard that the platform had not taken the reply."""
    rig = await taken_over_while_sending(tmp_path, clock)
    (row,) = await rig.store.open_sends()
    await rig.store.mark([replace(row, status=status, error="-32")])
    await rig.outbox.start()
    await rig.settle()
    assert rig.phone.arrived == []
    assert await rig.store.open_sends() == []
    await rig.inbox.accept([text("c", "hai", after=3600)])
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "2: hai")]
    await rig.stop()
