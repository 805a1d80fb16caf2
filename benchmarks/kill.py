"""kill -9 under load: whom has the bot told the platform "received" and then never answered?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import rivals
from benchmarks.lab import Found, Lab
from benchmarks.load import drive, strangers, stream
from benchmarks.program import Served, bot
from benchmarks.world import World, world

RATE: Final = 300
LOAD_S: Final = 4.0
KILLED_AT_S: Final = 3.0
THINK_MS: Final = 200
"""How long the rivals think before they answer; ours understands."""
PATIENCE_S: Final = 90.0
"""After the restart. A send that was under way is settled only after its time-out and grace."""
RIVALS_PATIENCE_S: Final = 5.0
"""They remember nothing: what they have not answered by then they never will."""
Start = Callable[[World], AbstractAsyncContextManager[Served]]


@dataclass(frozen=True, slots=True)
class Loss:
    """What one kill cost: acknowledged, of them never answered, sends that came twice."""

    accepted: int
    lost: int
    twice: int


async def measure(lab: Lab, found: Found) -> None:
    """Ours, then the rivals."""
    kills = lab.pick(1, 1, 5)
    ours = [await _ours(lab.room(f"ours{number}")) for number in range(kills)]
    accepted, lost, twice = (
        sum(column) for column in zip(*((one.accepted, one.lost, one.twice) for one in ours), strict=True)
    )
    found.add("Ours: acknowledged and never answered", f"{lost} of {accepted:,} ({_kills(kills)})", "0", lost == 0)
    found.add("... sends that came twice", f"{twice}", "0", twice == 0)
    if sentence := rivals.missing():
        found.add("Rivals from npm", sentence)
        return
    home = await rivals.installed(lab)
    for rival in rivals.RIVALS:
        lab.say(f"kill -9: {rival.name}")
        several = [await _rival(lab, rival, home) for _ in range(kills)]
        accepted, lost = sum(one.accepted for one in several), sum(one.lost for one in several)
        share = f", {lost / accepted:.1%}" if accepted else ""
        found.add(f"{rival.name}: acknowledged and never answered", f"{lost} of {accepted:,}{share}")


def _kills(count: int) -> str:
    return "1 kill" if count == 1 else f"{count} kills"


async def _ours(lab: Lab) -> Loss:
    lab.say("kill -9: ours")
    async with world() as meta:
        return await _killed(meta, partial(_bot, lab), lab.texts, PATIENCE_S)


@asynccontextmanager
async def _bot(lab: Lab, meta: World) -> AsyncIterator[Served]:
    async with bot(lab.folder, meta.url, lab.cache) as served:
        yield served


async def _rival(lab: Lab, rival: rivals.Rival, home: Path) -> Loss:
    async with rivals.rival_world(rival, lab.folder) as meta:
        start = partial(_thinking, rival, home)
        return await _killed(meta, start, ("xin chào",), RIVALS_PATIENCE_S)


def _thinking(rival: rivals.Rival, home: Path, meta: World) -> AbstractAsyncContextManager[Served]:
    return rivals.started(rival, home, meta, think_ms=THINK_MS)


async def _killed(meta: World, start: Start, texts: tuple[str, ...], patience_s: float) -> Loss:
    """Load, kill -9 in the middle of it, start again on the same data, wait."""
    async with start(meta) as served:
        await drive(served.origin, meta, texts, 50)
        asked = strangers(meta, texts, int(RATE * LOAD_S))
        loading = asyncio.create_task(stream(served.origin, meta, asked, RATE))
        await asyncio.sleep(KILLED_AT_S)
        await served.kill()
        seen = await loading
    async with start(meta):
        with suppress(TimeoutError):
            await meta.until_all(seen.accepted, patience_s)
        await asyncio.sleep(1)
    lost = len(seen.accepted - meta.answered.keys())
    return Loss(len(seen.accepted), lost, meta.twice())
