"""A worker freezes at the worst places, is taken over, and wakes up: what it still wants to do comes to nothing."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Final

from chatbot.serve import Duty
from chatbot.storage.rows import PARTS
from tests.crash.history import Verdict
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.test_several import until_shared
from tests.crash.world import World

PLACES: Final = (
    "store.turn.before_commit",  # inside the transaction
    "outbox.before_send",  # "it is being sent" is on disk, and not a byte has left
    "outbox.after_send",  # the platform has it, and the disk does not know
)
CITIZENS: Final = [f"{channel}{number}" for channel in "zm" for number in range(6)]


async def test_a_worker_that_wakes_after_it_was_taken_over_says_nothing_twice(tmp_path: Path, template: str) -> None:
    async def scenario(place: str) -> Verdict:
        async with small_world(tmp_path, place, template) as here:
            return await _verdict_after_freezing_at(place, here)

    await side_by_side({place: partial(scenario, place) for place in PLACES})


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
