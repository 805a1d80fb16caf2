"""What is told to people of dead letters, when one comes while they are counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.wake import report
from chatbot.observe import make_metrics
from tests.delivery.conftest import MOMENT_S, Clock, Rig, make_rig, open_store, text

REFUSED = SendResult(verdict=SendVerdict.REFUSED, code="200", alarm="permission")
ALARM = "zalo_permission"


class Counting:
    """A database that counts slowly: `counting` is set while it does, and it answers once `may_answer` is."""

    def __init__(self) -> None:
        self.troubled = 0
        self.counting, self.may_answer = asyncio.Event(), asyncio.Event()
        self.answered = 0

    async def setting(self, name: str) -> str | None:
        """Nobody left a sign."""

    async def troubles(self) -> int:
        """What it was when it was asked."""
        found = self.troubled
        self.counting.set()
        await self.may_answer.wait()
        self.answered += 1
        return found


@asynccontextmanager
async def reporting(board: Counting, rig: Rig) -> AsyncIterator[None]:
    """The report, all the time."""
    task = asyncio.create_task(report(board, rig.outbox, make_metrics(), rig.alarms, MOMENT_S))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def refused(rig: Rig, key: str) -> None:
    """The platform refuses the reply to this message; what the citizen is told of it goes out."""
    rig.phone.results = [REFUSED]
    await rig.inbox.accept([text(key, "chào")])
    await rig.settle()


async def until_answered(board: Counting, times: int) -> None:
    """Wait until so many more counts have been dealt with."""
    wanted = board.answered + times
    async with asyncio.timeout(5):
        while board.answered < wanted:
            await asyncio.sleep(MOMENT_S)


@pytest.mark.parametrize("earlier", [0, 1], ids=["the first", "another stood before"])
async def test_a_reply_refused_while_dead_letters_are_counted_stays_an_alarm(
    tmp_path: Path, clock: Clock, earlier: int
) -> None:
    rig, board = make_rig(open_store(tmp_path, clock), clock), Counting()
    for number in range(earlier):
        await refused(rig, f"e{number}")
    async with reporting(board, rig):
        await board.counting.wait()
        await refused(rig, "a")
        board.troubled = 1
        board.may_answer.set()
        await until_answered(board, 2)
        assert {ALARM, "dead_letters"} <= set(rig.alarms.standing)
        board.troubled = 0
        await until_answered(board, 2)
        await asyncio.sleep(MOMENT_S)
        assert not {ALARM, "dead_letters"} & set(rig.alarms.standing)
    await rig.stop()
