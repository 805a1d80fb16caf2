"""The gate: one probe at a time, nothing opens it that left before it was shut, and a busy platform slows us down."""

import asyncio
from datetime import timedelta

import pytest
from aiolimiter import AsyncLimiter

from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.gate import OPENS_AFTER, Gate, Pass, bucket
from tests.delivery.conftest import SENT, Clock

DOWN = SendResult(verdict=SendVerdict.NOT_SENT)
HOUR = timedelta(hours=1)


def shut_gate(clock: Clock) -> Gate:
    """A gate that has just shut."""
    gate = Gate(AsyncLimiter(1000, 1), clock)
    for _ in range(OPENS_AFTER):
        gate.saw(Pass.ORDINARY, DOWN)
    assert not gate.is_open
    return gate


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_of_a_hundred_that_wait_one_is_the_probe_and_its_success_lets_all_in(clock: Clock) -> None:
    gate = shut_gate(clock)
    clock.move(HOUR)
    passes: list[Pass] = []

    async def enter() -> None:
        passes.append(await gate.enter())

    waiting = [asyncio.create_task(enter()) for _ in range(100)]
    await settle()
    assert passes == [Pass.PROBE]
    gate.saw(Pass.PROBE, SENT)
    await asyncio.gather(*waiting)
    assert passes.count(Pass.PROBE) == 1
    assert gate.is_open


async def test_a_probe_that_is_called_off_while_it_waits_for_the_bucket_lets_another_probe(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1, 0.05), clock)
    gate.saw(await gate.enter(), SendResult(verdict=SendVerdict.PAUSED, retry_after=HOUR))
    clock.move(HOUR)
    first = asyncio.create_task(gate.enter())
    await settle()
    assert not first.done()
    first.cancel()
    async with asyncio.timeout(5):
        assert await gate.enter() is Pass.PROBE


async def test_who_waited_for_the_bucket_when_the_gate_was_shut_does_not_go_out(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1, 0.02), clock)
    early = await gate.enter()
    waiting = [asyncio.create_task(gate.enter()) for _ in range(5)]
    await settle()
    gate.saw(early, SendResult(verdict=SendVerdict.PAUSED, retry_after=HOUR))
    while not gate.has_room:
        await asyncio.sleep(0.01)
    assert not any(one.done() for one in waiting)
    clock.move(HOUR)
    gate.leave(Pass.PROBE)
    passed, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert [one.result() for one in passed] == [Pass.PROBE]
    for one in rest:
        one.cancel()


async def test_a_failed_probe_shuts_the_gate_again_for_longer(clock: Clock) -> None:
    gate = shut_gate(clock)
    clock.move(HOUR)
    gate.saw(await gate.enter(), DOWN)
    late = asyncio.create_task(gate.enter())
    await settle()
    assert not late.done()
    late.cancel()


async def test_what_left_before_the_gate_was_shut_does_not_open_it(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1000, 1), clock)
    early = await gate.enter()
    gate.saw(Pass.ORDINARY, SendResult(verdict=SendVerdict.PAUSED, retry_after=HOUR))
    gate.saw(early, SENT)
    assert not gate.is_open


async def test_the_longest_pause_asked_for_counts(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1000, 1), clock)
    for minutes in (60, 1):
        gate.saw(Pass.ORDINARY, SendResult(verdict=SendVerdict.PAUSED, retry_after=timedelta(minutes=minutes)))
    clock.move(timedelta(minutes=59))
    late = asyncio.create_task(gate.enter())
    await settle()
    assert not late.done()
    late.cancel()
    clock.move(timedelta(minutes=1))
    assert await gate.enter() is Pass.PROBE


async def test_one_message_that_fails_again_and_again_among_others_that_go_shuts_nothing(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1000, 1), clock)
    for _ in range(50):
        gate.saw(await gate.enter(), DOWN)
        gate.saw(await gate.enter(), SENT)
    assert gate.is_open


async def test_one_conversation_that_fails_alone_shuts_nothing_and_several_do(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(1000, 1), clock)
    for _ in range(50):
        gate.saw(await gate.enter(), DOWN, "messenger:1:blocked")
    states = [gate.is_open]
    for number in range(OPENS_AFTER - 1):
        gate.saw(await gate.enter(), DOWN, f"messenger:1:{number}")
        states.append(gate.is_open)
    assert states == [True] * (OPENS_AFTER - 1) + [False]
    clock.move(timedelta(seconds=2))
    assert await gate.enter() is Pass.PROBE


async def test_above_four_fifths_of_the_platforms_allowance_sends_take_more_of_the_bucket(clock: Clock) -> None:
    limiter = AsyncLimiter(100, 3600)
    gate = Gate(limiter, clock)
    gate.saw(await gate.enter(), SendResult(verdict=SendVerdict.SENT, load=0.79))
    await gate.enter()
    assert limiter.has_capacity(97.9)
    gate.saw(Pass.ORDINARY, SendResult(verdict=SendVerdict.SENT, load=0.9))
    await gate.enter()
    assert not limiter.has_capacity(89)
    gate.saw(Pass.ORDINARY, SENT)
    await gate.enter()
    assert limiter.has_capacity(86)


@pytest.mark.parametrize(("most", "period"), [(100, 60), (2000, 60), (30, 1), (3, 1), (0.5, 1)])
async def test_no_stretch_of_a_period_holds_more_than_the_platform_takes(most: float, period: float) -> None:
    limiter = bucket(most, period)
    steady = limiter.max_rate / limiter.time_period * period
    assert limiter.max_rate >= 1
    assert steady == pytest.approx(most * 0.8)
    assert limiter.max_rate + steady <= max(most, 1 + steady) + 0.001


async def test_a_price_beyond_the_bucket_is_paid_bit_by_bit(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(2, 0.02), clock)
    gate.saw(await gate.enter(), SendResult(verdict=SendVerdict.SENT, load=0.9))
    async with asyncio.timeout(5):
        await gate.enter()
