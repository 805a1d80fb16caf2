"""A process that stands still under load, and a disk that fills up in the middle."""

import os
import resource
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from tests.crash.history import Verdict
from tests.crash.refusing import status, until_not_ready
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.world import World

FROZEN_S = 3
FULL_S = 1.5


def _no_more_room(here: World) -> None:
    """No file of the victim may grow beyond what the database's log has now."""
    log = here.database.with_name(here.database.name + "-wal")
    _, most = resource.prlimit(here.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(here.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, most))


async def _restart(here: World) -> None:
    await here.kill()
    await here.start()


async def _make_room(here: World) -> None:
    _, most = resource.prlimit(here.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(here.pid, resource.RLIMIT_FSIZE, (most, most))


async def _disk_fills_up(here: World, recover: Callable[[World], Awaitable[None]]) -> None:
    _no_more_room(here)
    await here.chat(FULL_S)
    assert await status(here) == 503
    await until_not_ready(here, "check the disk's free space")
    await recover(here)
    await here.settle()
    assert await status(here) == 200


async def _stands_still(here: World) -> None:
    os.kill(here.pid, signal.SIGSTOP)
    await here.chat(FROZEN_S)
    os.kill(here.pid, signal.SIGCONT)
    await here.chat(0.5)


EVENTS: Final[dict[str, Callable[[World], Awaitable[None]]]] = {
    "stands still for three seconds": _stands_still,
    "no room until it is started again": partial(_disk_fills_up, recover=_restart),
    "no room until there is some again": partial(_disk_fills_up, recover=_make_room),
}


async def test_standing_still_and_a_full_disk_lose_and_double_nothing(tmp_path: Path) -> None:
    """And a full disk refuses loudly."""

    async def scenario(name: str) -> Verdict:
        async with small_world(tmp_path, name, latency_s=0.03) as here:
            await here.start()
            await here.until_ready()
            await here.chat(0.5)
            await EVENTS[name](here)
            await here.settle()
            assert here.integrity() == "ok"
            return here.verdict()

    await side_by_side({name: partial(scenario, name) for name in EVENTS})
