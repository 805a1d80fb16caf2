"""Signals: how a person or a service manager ends a process."""

import asyncio
import signal
from functools import partial


async def until_signalled() -> str:
    """Wait for SIGTERM or SIGINT and tell which it was."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[str] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, partial(_tell, told, number.name))
    return await told


def _tell(told: "asyncio.Future[str]", name: str) -> None:
    if not told.done():
        told.set_result(name)
