"""From the command to the first 200 of /readyz: with an empty model cache, and from the cache."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.measure import Result, wait_for_quiet
from benchmarks.program import bot

MOST_CACHED_S: Final = 2.0
MOST_COLD_S: Final = 120.0
NOWHERE: Final = "http://127.0.0.1:9"


async def cold(folder: Path, say: Callable[[str], None]) -> list[Result]:
    """The very first start: the model is learnt."""
    say("first start: the model is learnt (up to two minutes)")
    took = await _seconds(folder, None)
    return [Result("Start to ready, nothing cached", f"{took:.1f} s", "<= 120 s", took <= MOST_COLD_S)]


async def cached(folder: Path, cache: Path, rounds: int, say: Callable[[str], None]) -> list[Result]:
    """Every later start; the best of `rounds` (the first one warms the disk)."""
    say("start from the cache")
    took = min([await _seconds(folder / str(number), cache) for number in range(rounds)])
    return [Result("Start to ready, from the cache", f"{took:.2f} s", "<= 2 s", took <= MOST_CACHED_S)]


async def _seconds(folder: Path, cache: Path | None) -> float:
    await asyncio.to_thread(wait_for_quiet)
    began = time.perf_counter()
    async with bot(folder, NOWHERE, cache):
        return time.perf_counter() - began
