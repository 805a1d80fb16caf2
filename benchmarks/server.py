"""Servers for comparison: `bare` answers 200 to what it has read; `intake` is our webhook with nobody behind it;
`memory` is the whole bot on a store that keeps nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from aiohttp import web

from benchmarks.memory_store import MemoryStore
from chatbot.app import Mind, load_brain, utc_now
from chatbot.config import Config, load_config
from chatbot.delivery.inbox import Inbox
from chatbot.knowledge import Knowledge, load
from chatbot.model import Turn, TurnResult
from chatbot.observe import log
from chatbot.serve import Bot, heap, open_bot, until_signalled

if TYPE_CHECKING:
    from chatbot.storage.store import SqlStore


class Nobody:
    """The mind of a bot that only takes in."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.pipeline = self

    def turn(self, turn: Turn) -> TurnResult:
        """Lanes are paused, so nothing is ever asked."""
        raise AssertionError(turn)


async def _read(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text="EVENT_RECEIVED")


async def _bare(port: int) -> None:
    app = web.Application()
    app.router.add_post("/webhooks/messenger", _read)
    app.router.add_get("/healthz", _read)
    await _listen(app, port)


async def _intake(port: int) -> None:
    config = load_config()
    bot = await open_bot(config, Nobody(load(config.settings.intents)))
    bot.inbox = Inbox(bot.store, lambda _events: None, utc_now, queue=config.settings.intake.queue)
    try:
        await _listen(bot.web_app(), port)
    finally:
        await bot.stop()


@asynccontextmanager
async def forgetful(config: Config, mind: Mind) -> AsyncIterator[Bot]:
    """The whole bot, running on a store that keeps nothing."""
    opened = await open_bot(config, mind)
    bot = replace(opened, store=cast("SqlStore", MemoryStore()))
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()
        await opened.store.close()


async def _memory(port: int) -> None:
    config = load_config()
    async with forgetful(config, load_brain(config.settings)) as bot:
        heap.set_apart()
        await _listen(bot.web_app(), port)


async def _listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await until_signalled()
    await runner.cleanup()


if __name__ == "__main__":
    log.configure("ERROR")
    asyncio.run({"bare": _bare, "intake": _intake, "memory": _memory}[sys.argv[1]](int(sys.argv[2])))
