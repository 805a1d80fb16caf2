"""A process that stands still under load, and a disk that fills up in the middle."""

import asyncio
import os
import resource
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from tests.crash.world import World, world

FROZEN_S = 3
FULL_S = 1.5


async def test_standing_still_for_three_seconds_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, latency_s=0.03) as here:
        await here.start()
        await here.until_ready()
        await here.chat(0.5)
        os.kill(here.pid, signal.SIGSTOP)
        await here.chat(FROZEN_S)
        os.kill(here.pid, signal.SIGCONT)
        await here.chat(0.5)
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict


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


async def _status(here: World) -> int:
    """The answer to a webhook, tried once."""
    raw, headers = here.zalo.events.signed(here.zalo.events.seen("z0", ["m-full"]))
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{here.url}/webhooks/zalo", data=raw, headers=headers) as sent,
    ):
        return sent.status


async def _until_not_ready(here: World) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(10):
        while True:
            async with http.get(f"{here.url}/readyz") as answer:
                if answer.status == 503:
                    return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("recover", [_restart, _make_room])
async def test_a_full_disk_refuses_loudly_and_loses_nothing(
    tmp_path: Path, recover: Callable[[World], Awaitable[None]]
) -> None:
    async with world(tmp_path, latency_s=0.03) as here:
        await here.start()
        await here.until_ready()
        await here.chat(0.5)
        _no_more_room(here)
        await here.chat(FULL_S)
        assert await _status(here) == 503
        await _until_not_ready(here)
        await recover(here)
        await here.settle()
        assert await _status(here) == 200
        verdict, integrity = here.verdict(), here.integrity()
    assert verdict.fine, verdict
    assert integrity == "ok"
