"""The same event five times at once: how many replies does the citizen read?"""

import asyncio
from typing import Final

from benchmarks.lab import Found, Lab
from benchmarks.program import bot
from benchmarks.world import World, world

TIMES: Final = 5
PEOPLE: Final = 20


async def measure(lab: Lab, found: Found) -> None:
    """Twenty people, each of whose questions Meta delivers five times."""
    async with world() as meta, bot(lab.folder, meta.url, lab.cache) as served:
        lab.say("the same event five times")
        replies = await replies_to_each(served.origin, meta)
    found.add("Same event 5 times: replies", f"{replies:g}", "1", replies == 1)


async def replies_to_each(origin: str, meta: World) -> float:
    """How many replies a citizen got whose question came five times."""
    meta.forget()
    people = [meta.citizen() for _ in range(PEOPLE)]
    await asyncio.gather(
        *(meta.ask(origin, one, "xin chào", mid=f"m_repeat_{one}") for one in people for _ in range(TIMES))
    )
    await meta.until_answered(PEOPLE, 30)
    await asyncio.sleep(1)
    replies = sum(map(len, meta.answered.values()))
    meta.forget()
    return replies / PEOPLE
