"""How lanes and senders end: with a little time, then without."""

import asyncio
from collections.abc import Sequence
from typing import Any


async def finish(tasks: Sequence[asyncio.Task[Any]], timeout_s: float) -> None:
    """Wait for the tasks, at most so long; then cancel them and wait until they are gone."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=timeout_s)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
