"""A wall clock that somebody puts back: waits do not become hours."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from chatbot.app import steady_now
from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.outbox import wait_s
from chatbot.delivery.retry import LONGEST
from tests.delivery.conftest import START, Clock, make_rig, open_store, text

HOURS = timedelta(hours=5)


async def test_a_doubtful_send_is_looked_for_though_the_clock_was_put_back(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock)
    rig.phone.hold = asyncio.Event()
    rig.phone.results = [SendResult(verdict=SendVerdict.DOUBTFUL, code="TimeoutError")]
    await rig.inbox.accept([text("k", "chào")])
    async with asyncio.timeout(5):
        while not rig.phone.hold.is_set():
            if await rig.store.open_sends():
                rig.phone.hold.set()
            await asyncio.sleep(0.01)
    clock.move(-HOURS)
    await rig.settle()
    assert await rig.store.open_sends() == []
    await rig.stop()


@pytest.mark.parametrize(
    ("until", "seconds"),
    [(None, 0), (-HOURS, 0), (timedelta(seconds=3), 3), (LONGEST, 600), (HOURS, 600), (timedelta(days=9000), 600)],
)
def test_no_wait_from_the_disk_is_longer_than_the_longest_that_is_put_there(
    until: timedelta | None, seconds: float
) -> None:
    assert wait_s(START + until if until is not None else None, START) == seconds


def test_the_clock_for_waits_never_goes_back() -> None:
    moments = [steady_now() for _ in range(1000)]
    assert all(one <= other for one, other in pairwise(moments))
