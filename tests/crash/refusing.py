"""What a bot that can store nothing tells the platforms and the operators."""

import asyncio
from time import monotonic

import aiohttp
import pytest

from tests.crash.world import World


async def status(here: World) -> int:
    """The answer to a webhook, tried once."""
    here.said += 1
    raw, headers = here.zalo.events.signed(here.zalo.events.seen("z0", [f"m-once{here.said}"]))
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{here.url}/webhooks/zalo", data=raw, headers=headers) as sent,
    ):
        return sent.status


async def until_not_ready(here: World, because: str) -> None:
    """Wait until /readyz says 503, and why."""
    await until_said(here, 503, because)


async def until_said(here: World, status_wanted: int, words: str, seconds: float = 15) -> None:
    """Wait until /readyz says this."""
    said = ""
    async with aiohttp.ClientSession() as http:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    async with http.get(f"{here.url}/readyz") as answer:
                        said = await answer.text()
                    if answer.status == status_wanted and words in said:
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"/readyz does not say {status_wanted} {words!r} but {said}")


async def readiness(here: World, seconds: float) -> set[int]:
    """What /readyz answers for so long."""
    found = set()
    ends = monotonic() + seconds
    async with aiohttp.ClientSession() as http:
        while monotonic() < ends:
            async with http.get(f"{here.url}/readyz") as answer:
                found.add(answer.status)
            await asyncio.sleep(0.05)
    return found
