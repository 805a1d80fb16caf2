"""Servers for comparison: `bare` answers 200 to what it has read; `intake` is our webhook with nobody behind it."""

import asyncio
import sys

from aiohttp import web

from chatbot.app import utc_now
from chatbot.config import load_config
from chatbot.delivery.inbox import Inbox
from chatbot.knowledge import Knowledge, load
from chatbot.model import Turn, TurnResult
from chatbot.observe import log
from chatbot.serve import open_bot, until_signalled


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


async def _listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await until_signalled()
    await runner.cleanup()


if __name__ == "__main__":
    log.configure("ERROR")
    asyncio.run({"bare": _bare, "intake": _intake}[sys.argv[1]](int(sys.argv[2])))
