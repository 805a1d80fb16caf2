"""Several machines on one PostgreSQL: a dead or frozen worker's citizens are answered by the others, within seconds."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

from chatbot.serve import Duty
from chatbot.storage.rows import PARTS
from tests.crash.history import Verdict
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.world import World

TAKEOVER_S: Final = 5.0
"""Within which a dead worker's parts have another owner (design, section 7)."""
PATIENCE_S: Final = 40
SESSIONS: Final = """
    SELECT application_name, pid, state, wait_event, now() - state_change, left(query, 60) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'chatbot worker%'
"""
HOLDERS: Final = """
    SELECT pid, count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = 1112037448 AND objid < 64
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY pid ORDER BY pid
"""

END_ALL: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def shares(here: World) -> list[int]:
    """How many parts each living worker holds, by the server's books."""
    return sorted(count for _, count in here.rows(HOLDERS))


async def until_shared(here: World, *counts: int) -> float:
    """Wait until the parts are held like this; how long it took, in seconds."""
    began = monotonic()
    while shares(here) != sorted(counts):
        if monotonic() - began > PATIENCE_S:
            pytest.fail(f"wanted {counts}; held {here.rows(HOLDERS)}; ended {here.ended()}; {here.rows(SESSIONS)}")
        await asyncio.sleep(0.02)
    return monotonic() - began


@asynccontextmanager
async def cluster(place: Path, name: str, template: str, *, webs: int = 2, workers: int = 2) -> AsyncIterator[World]:
    """So many of each, ready, each worker with its fair share."""
    async with small_world(place, name, template, latency_s=0.02) as here:
        for number in range(webs):
            await here.start(name=f"web{number}", duty=Duty.INTAKE)
        for number in range(workers):
            await here.start(name=f"worker{number}", duty=Duty.ANSWERS)
        await here.until_ready()
        await until_shared(here, *[PARTS // workers] * workers)
        yield here


async def _killed_workers_and_webs(here: World) -> None:
    await here.chat(0.5)
    await here.kill("worker0")
    assert await until_shared(here, PARTS) < TAKEOVER_S
    await here.chat(0.5)
    await here.kill("web0")
    await here.chat(0.5)
    await here.start(name="worker2", duty=Duty.ANSWERS)
    await until_shared(here, PARTS // 2, PARTS // 2)
    await here.chat(0.5)


async def _a_frozen_worker_that_wakes(here: World) -> None:
    await here.chat(0.3)
    os.kill(here.pid_of("worker0"), signal.SIGSTOP)
    frozen = asyncio.create_task(until_shared(here, PARTS))
    await here.chat(0.5)
    assert await frozen < TAKEOVER_S
    os.kill(here.pid_of("worker0"), signal.SIGCONT)
    await until_shared(here, PARTS // 2, PARTS // 2)
    await here.chat(0.3)


async def _everybody_loses_the_server_again_and_again(here: World) -> None:
    """What a restart of PostgreSQL looks like from here: every connection ends at once, under load."""
    for _ in range(3):
        await here.chat(0.4)
        here.rows(END_ALL)
    await here.chat(0.4)
    await until_shared(here, PARTS // 2, PARTS // 2)


EVENTS: Final = (_killed_workers_and_webs, _a_frozen_worker_that_wakes, _everybody_loses_the_server_again_and_again)


async def test_whatever_happens_to_several_machines_nothing_is_lost_or_doubled(tmp_path: Path, template: str) -> None:
    async def scenario(happens: Callable[[World], Awaitable[None]]) -> Verdict:
        async with cluster(tmp_path, happens.__name__, template) as here:
            await happens(here)
            await here.settle()
            return here.verdict()

    await side_by_side({happens.__name__: partial(scenario, happens) for happens in EVENTS})


async def test_the_same_bot_on_postgresql_in_one_process_or_two(tmp_path: Path, template: str) -> None:
    async def scenario(duties: Sequence[Duty]) -> Verdict:
        async with small_world(tmp_path, f"{len(duties)}", template) as here:
            for duty in duties:
                await here.start(name=f"{duty}", duty=duty)
            await here.until_ready()
            await here.chat(0.5)
            await here.settle()
            return here.verdict()

    await side_by_side({f"{duties}": partial(scenario, duties) for duties in ([Duty.ALL], [*Duty.ALL])})
