"""Servers of the tests on free ports of this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from chatbot.simulator.server import ACCEPTING_ROUNDS


@asynccontextmanager
async def listening(app: web.Application, shutdown_timeout: float = 1) -> AsyncIterator[str]:
    """The origin of an application that listens, e.g. http://127.0.0.1:40123."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown_timeout)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        for _ in range(ACCEPTING_ROUNDS):
            await asyncio.sleep(0)
        await runner.cleanup()
