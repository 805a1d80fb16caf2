"""A process that stands still ends, so that whoever restarts it gets people their answers.

An endless loop or a regular expression that takes years holds the interpreter: nothing written in Python can notice.
The standard library's `faulthandler` waits in a thread that needs no interpreter. It writes to stderr where every
thread stands (files and lines, no values) and ends the process with status 1.
"""

import asyncio
import faulthandler
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

STOOD_STILL_S: Final = 60.0
"""Nothing that the loop does itself takes a hundredth of it."""


@asynccontextmanager
async def watched(limit_s: float = STOOD_STILL_S) -> AsyncIterator[None]:
    """The process ends if the event loop does not go round for so long."""
    beat = asyncio.create_task(_beat(limit_s))
    try:
        yield
    finally:
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)


async def _beat(limit_s: float) -> None:
    try:
        while True:
            faulthandler.dump_traceback_later(limit_s, exit=True)
            await asyncio.sleep(limit_s / 4)
    finally:
        faulthandler.cancel_dump_traceback_later()
