"""A worker freezes at the worst places, is taken over, and wakes up: what it still wants to do comes to nothing."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from chatbot.serve import Duty
from chatbot.storage.rows import PARTS
from tests.crash.history import Verdict
from tests.crash.test_several import until_shared
from tests.crash.world import World, world
from tests.postgres import copy

PLACES: Final = (
    "store.turn.before_commit",  # inside the transaction
    "outbox.before_send",  # "it is being sent" is on disk, and not a byte has left
    "outbox.after_send",  # the platform has it, and the disk does not know
)
CITIZENS: Final = [f"{channel}{number}" for channel in "zm" for number in range(6)]


async def test_a_worker_that_wakes_after_it_was_taken_over_says_nothing_twice(tmp_path: Path, template: str) -> None:
    async def attempt(nth: int, place: str) -> Verdict:
        folder = tmp_path / str(nth)
        folder.mkdir()
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(copy(template))
            return await _verdict_after_freezing_at(
                place, await stack.enter_async_context(world(folder, database_url=url))
            )

    found = await asyncio.gather(*(attempt(*one) for one in enumerate(PLACES)))
    assert not {place: verdict for place, verdict in zip(PLACES, found, strict=True) if not verdict.fine}


async def _verdict_after_freezing_at(place: str, here: World) -> Verdict:
    await here.start(name="web", duty=Duty.INTAKE)
    await here.start(place, name="zombie", duty=Duty.ANSWERS, freezes=True)
    await here.start(name="heir", duty=Duty.ANSWERS)
    await here.until_ready()
    await until_shared(here, PARTS // 2, PARTS // 2)
    for citizen in CITIZENS:
        here.say(citizen)
    await here.until_frozen("zombie")
    await until_shared(here, PARTS)
    for citizen in CITIZENS:
        here.say(citizen)
    await here.settle()  # the heir answers everybody while the zombie stands still
    os.kill(here.pid_of("zombie"), signal.SIGCONT)
    for citizen in CITIZENS:
        here.say(citizen)
    await until_shared(here, PARTS // 2, PARTS // 2)
    for citizen in CITIZENS:
        here.say(citizen)
    await here.settle()
    return here.verdict()
