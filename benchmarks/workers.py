"""One web process and 1, 2, 4 workers on one PostgreSQL database: what does another process gain?"""

import asyncio
from typing import Final

from benchmarks.lab import Found, Lab, Plot
from benchmarks.load import drive
from benchmarks.measure import cpu_count, wait_for_quiet
from benchmarks.postgres import database, missing
from benchmarks.program import halves
from benchmarks.world import world

WORKERS: Final = (1, 2, 4)
SHARED_OUT_S: Final = 6.0
"""Until workers have given each other their fair share of the conversations."""


async def measure(lab: Lab, found: Found) -> None:
    """Replies a second, all from new people."""
    if sentence := await missing():
        found.add("Several workers on PostgreSQL", sentence)
        return
    rates: list[float] = []
    for workers in WORKERS:
        lab.say(f"workers: one web process and {workers} of them")
        rate, cpu, mib = await _drive(lab.room(str(workers)), workers)
        rates.append(rate)
        gained = f", {rate / rates[0]:.2f} times one worker's" if len(rates) > 1 else ""
        found.add(f"Replies/s, {workers} worker{'s' if workers > 1 else ''}", f"{rate:,.0f}{gained}")
        found.add("... processor time a reply, memory, web process included", f"{cpu:.2f} ms, {mib:.0f} MiB")
    found.plot = Plot(
        title=f"Workers on PostgreSQL, {cpu_count()} cores for all (database and load included)",
        across="workers",
        up="replies/s",
        lines=(("replies/s", WORKERS, rates),),
        dots=True,
    )


async def _drive(lab: Lab, workers: int) -> tuple[float, float, float]:
    count = lab.pick(200, 1000, 4000)
    async with (
        world() as meta,
        database() as url,
        halves(lab.folder, meta.url, lab.cache, url, workers) as served,
    ):
        await asyncio.sleep(SHARED_OUT_S)
        await drive(served.origin, meta, lab.texts, max(50, count // 5))
        await asyncio.to_thread(wait_for_quiet)
        used = served.cpu_seconds
        seen = await drive(served.origin, meta, lab.texts[count // 5 :], count)
        return seen.rate, (served.cpu_seconds - used) / count * 1000, served.memory_mib
