"""From the command to the first 200 of /readyz: with an empty model cache, and from the cache."""

import asyncio
import time
from pathlib import Path
from typing import Final

from benchmarks.lab import Depth, Found, Lab
from benchmarks.measure import wait_for_quiet
from benchmarks.program import NOWHERE, bot

MOST_CACHED_S: Final = 2.0
MOST_COLD_S: Final = 120.0


async def measure(lab: Lab, found: Found) -> None:
    """The very first start, where the model is learnt, and the best of every later one (the first warms the disk)."""
    lab.say("start from the cache")
    took = min([await _seconds(lab.folder / f"cached{number}", lab.cache) for number in range(lab.pick(2, 3, 5))])
    found.add("Start to ready, from the cache", f"{took:.2f} s", "<= 2 s", took <= MOST_CACHED_S)
    if lab.depth > Depth.QUICK:
        lab.say("first start: the model is learnt (up to two minutes)")
        took = await _seconds(lab.folder / "cold", None)
        found.add("Start to ready, nothing cached", f"{took:.1f} s", "<= 120 s", took <= MOST_COLD_S)


async def _seconds(folder: Path, cache: Path | None) -> float:
    await asyncio.to_thread(wait_for_quiet)
    began = time.perf_counter()
    async with bot(folder, NOWHERE, cache):
        return time.perf_counter() - began
