"""Every crash point once: the process dies there, is started again, and nothing is lost, doubled or out of order."""

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from chatbot.delivery.crash_points import EXIT_CODE, POINTS, arm
from chatbot.simulator import FaultKind
from tests.crash.history import Verdict
from tests.crash.world import World, world
from tests.postgres import copy

ROOT = Path(__file__).parents[2]
TOKENS = re.compile(r"tokens\..*|store\.(token|journal)\..*")
"""Their matrix is in test_tokens.py."""
AGAIN = ("outbox.before_send:2", "outbox.after_send:2", "store.mark.after_commit:2", "lanes.after_commit:2")


MOST_AT_ONCE: Final = 7
"""Worlds side by side: most of a test's time is waiting for the grace of a doubtful send."""


async def test_dying_anywhere_loses_and_doubles_nothing(tmp_path: Path, template_or_file: str) -> None:
    points = [*(one for one in POINTS if not TOKENS.fullmatch(one)), *AGAIN]
    gate = asyncio.Semaphore(MOST_AT_ONCE)

    async def attempt(nth: int, point: str) -> Verdict:
        folder = tmp_path / str(nth)
        folder.mkdir()
        async with gate, AsyncExitStack() as stack:
            url = await stack.enter_async_context(copy(template_or_file)) if template_or_file else ""
            here = await stack.enter_async_context(world(folder, database_url=url))
            return await _verdict_after_dying_at(point, here)

    verdicts = await asyncio.gather(*(attempt(*one) for one in enumerate(points)), return_exceptions=True)
    wrong = {
        point: verdict
        for point, verdict in zip(points, verdicts, strict=True)
        if isinstance(verdict, BaseException) or not verdict.fine
    }
    assert not wrong


async def _verdict_after_dying_at(point: str, here: World) -> Verdict:
    await here.start(point)
    await here.until_ready()  # a token that dies while it is refreshed is the matter of test_tokens.py
    if point.endswith("resolve"):
        here.zalo.faults.next(FaultKind.ACCEPT_THEN_DROP)
    for citizen in ("z1", "m1", "z1", "m1"):
        here.say(citizen, copies=2)
    assert await here.until_dead() == EXIT_CODE
    await here.start()
    await here.settle()
    here.say("z1")
    here.say("m1")
    await here.settle()
    return here.verdict()


def test_every_point_is_reached_by_the_program_and_listed() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "chatbot").rglob("*.py"))
    reached = set(re.findall(r'reach\("([a-z_.]+)"\)', sources))
    assert reached == {point for point in POINTS if not point.startswith("store.")}
    assert sources.count('reach(f"store.{kind}.') == 2


def test_an_unknown_point_is_refused() -> None:
    with pytest.raises(ValueError, match="no crash point"):
        arm("outbox.nowhere")
