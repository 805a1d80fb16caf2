"""The parts one after another; what one of them does never costs the others their results."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.lab import Found, Lab, Part
from benchmarks.measure import idle_share
from benchmarks.report import Measured


async def run(
    parts: Sequence[Part], chosen: Sequence[Part], lab: Lab, out: Path, idle: Callable[[], float] = idle_share
) -> Mapping[str, Measured]:
    """Measure the chosen ones; the page is written after each. `idle` tells how quiet the machine is before one.
    Returns what they found."""
    fresh: dict[str, Measured] = {}
    for number, part in enumerate(chosen, 1):
        lab.say(f"[{number}/{len(chosen)}] {part.title} (at most {part.limit_s(lab):.0f} s)")
        fresh[part.name] = await _measure(part, lab.room(part.name), out, await asyncio.to_thread(idle))
        report.write(out, parts, {**report.read(out), part.name: fresh[part.name]})  # another run may have written
    return fresh


async def _measure(part: Part, lab: Lab, out: Path, idle: float) -> Measured:
    found = Found()
    began = time.monotonic()
    try:
        async with asyncio.timeout(part.limit_s(lab)):
            await part.run(lab, found)
    except TimeoutError:
        found.add(part.title, f"not finished within {time.monotonic() - began:.0f} s", met=False)
    except Exception as error:  # noqa: BLE001 - the edge of a part: the others go on
        found.add(part.title, f"failed: {type(error).__name__}: {error}", met=False)
        lab.say(f"failed: {type(error).__name__}: {error}")
    if found.plot:
        report.draw(found.plot, out / report.picture(part.name))
    return report.measured(found.results, found.plot, lab.depth, idle, time.monotonic() - began)
