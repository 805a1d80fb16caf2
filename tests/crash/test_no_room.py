"""PostgreSQL's disk is full: the platforms keep the messages, and when there is room the bot goes on by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.serve import Duty
from tests.crash.disk import no_room, server_that_fills_up
from tests.crash.refusing import readiness, status, until_not_ready
from tests.crash.server import Server
from tests.crash.side_by_side import small_world
from tests.crash.world import World
from tests.postgres import database, execute


@pytest.fixture
def tight() -> Iterator[Server]:
    """A server that fills up."""
    with server_that_fills_up() as server:
        yield server


async def test_no_room_for_rows_or_for_the_log_loses_and_doubles_nothing(tmp_path: Path, tight: Server) -> None:
    async with database(tight.url) as template, small_world(tmp_path, "full", template, latency_s=0.02) as here:
        await here.start(name="web", duty=Duty.INTAKE)
        await here.start(name="worker", duty=Duty.ANSWERS)
        await here.until_ready()
        await here.chat(0.3)
        with no_room(tight, "base"):
            while await status(here) == 200:
                await here.chat(0.1)
            await until_not_ready(here, "no room left on its disk")
            assert await readiness(here, 1.5) == {503}, "it called itself ready, and took nothing"
        await _goes_on(here)
        with no_room(tight, "pg_wal"):
            await execute(here.database_url, "SELECT pg_switch_wal()")
            await here.chat(0.3)
            await until_not_ready(here, "PostgreSQL at")
            await _until_stopped(tight)
        await asyncio.to_thread(tight.start)
        await _goes_on(here)
        verdict = here.verdict()
    assert verdict.fine, verdict


async def _goes_on(here: World) -> None:
    await here.chat(0.3)
    assert not here.ended()
    await here.settle()
    assert await status(here) == 200


async def _until_stopped(server: Server) -> None:
    """It crashes at the next row, and finds no room to recover."""
    async with asyncio.timeout(20):
        while server.started:
            await asyncio.sleep(0.05)
