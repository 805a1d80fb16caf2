"""The whole simulator for one server: both platforms, the settings that point the bot at them, and the page."""

import asyncio
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from chatbot.simulator.account import Receipts
from chatbot.simulator.acts import Platforms
from chatbot.simulator.explain import Explain, explain_nothing
from chatbot.simulator.messenger_platform import MessengerPlatform
from chatbot.simulator.pages import add_simulator
from chatbot.simulator.zalo_platform import ZaloPlatform


@dataclass(frozen=True, slots=True)
class Simulator:
    """Start it before the bot reads its settings, close it after the bot has stopped."""

    platforms: Platforms

    @classmethod
    async def start(cls, webhook_base_url: str) -> Self:
        """Start both platforms on free loopback ports; webhooks go to `webhook_base_url` + /webhooks/<channel>."""
        base = webhook_base_url.rstrip("/")
        zalo = ZaloPlatform(webhook_url=f"{base}/webhooks/zalo", receipts=Receipts.ON)
        messenger = MessengerPlatform(webhook_url=f"{base}/webhooks/messenger", receipts=Receipts.ON)
        await asyncio.gather(zalo.start(), messenger.start())
        return cls(Platforms(zalo, messenger))

    def environment(self) -> dict[str, str]:
        """The ZALO_* and MESSENGER_* settings that the bot must use, instead of any others."""
        return {**self.platforms.zalo.environment(), **self.platforms.messenger.environment()}

    def routes(self, app: web.Application, explain: Explain = explain_nothing) -> None:
        """Serve the page at /simulator of the bot's own web application."""
        add_simulator(app, self.platforms, explain)

    async def close(self) -> None:
        """Stop both platforms."""
        await asyncio.gather(self.platforms.zalo.close(), self.platforms.messenger.close())
