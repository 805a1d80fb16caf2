"""Several machines on one PostgreSQL: a dead or frozen worker's citizens are answered by the others, within seconds."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

from chatbot.serve import Duty
from chatbot.storage.rows import PARTS
from tests.crash.world import World, world
from tests.postgres import database

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
async def cluster(folder: Path, *, webs: int = 2, workers: int = 2) -> AsyncIterator[World]:
    """So many of each, ready, each worker with its fair share."""
    async with database() as url, world(folder, latency_s=0.02, database_url=url) as here:
        for number in range(webs):
            await here.start(name=f"web{number}", duty=Duty.INTAKE)
        for number in range(workers):
            await here.start(name=f"worker{number}", duty=Duty.ANSWERS)
        await here.until_ready()
        await until_shared(here, *[PARTS // workers] * workers)
        yield here


async def chat(here: World, seconds: float) -> None:
    """Both platforms, about forty messages a second from twenty citizens, some delivered twice."""
    end = monotonic() + seconds
    while monotonic() < end:
        here.say(f"{here.chance.choice('zm')}{here.chance.randrange(10)}", copies=here.chance.choice((1, 1, 1, 2)))
        await asyncio.sleep(0.025)


async def test_killed_workers_and_webs_lose_and_double_nothing(tmp_path: Path) -> None:
    async with cluster(tmp_path) as here:
        await chat(here, 0.5)
        await here.kill("worker0")
        took = await until_shared(here, PARTS)
        await chat(here, 0.5)
        await here.kill("web0")
        await chat(here, 0.5)
        await here.start(name="worker2", duty=Duty.ANSWERS)
        await until_shared(here, PARTS // 2, PARTS // 2)
        await chat(here, 0.5)
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict
    assert took < TAKEOVER_S


async def test_a_frozen_worker_is_taken_over_and_does_no_harm_when_it_wakes(tmp_path: Path) -> None:
    async with cluster(tmp_path, webs=1) as here:
        await chat(here, 0.3)
        os.kill(here.pid_of("worker0"), signal.SIGSTOP)
        frozen = asyncio.create_task(until_shared(here, PARTS))
        await chat(here, 0.5)
        took = await frozen
        os.kill(here.pid_of("worker0"), signal.SIGCONT)
        await until_shared(here, PARTS // 2, PARTS // 2)
        await chat(here, 0.3)
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict
    assert took < TAKEOVER_S


async def test_everybody_loses_the_server_again_and_again_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """What a restart of PostgreSQL looks like from here: every connection ends at once, under load."""
    async with cluster(tmp_path) as here:
        for _ in range(3):
            await chat(here, 0.4)
            here.rows(END_ALL)
        await chat(here, 0.4)
        await until_shared(here, PARTS // 2, PARTS // 2)
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict


@pytest.mark.parametrize("halves", [False, True])
async def test_the_same_bot_on_postgresql_in_one_process_or_two(tmp_path: Path, *, halves: bool) -> None:
    async with database() as url, world(tmp_path, database_url=url) as here:
        if halves:
            await here.start(name="web", duty=Duty.INTAKE)
            await here.start(name="worker", duty=Duty.ANSWERS)
        else:
            await here.start()
        await here.until_ready()
        await chat(here, 0.5)
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict
