"""What both simulated platforms share: a server that begins and ends, webhooks that settle, messages waited for."""

import asyncio

from chatbot.simulator.account import Sent
from chatbot.simulator.courier import Courier
from chatbot.simulator.server import PlatformServer
from chatbot.simulator.threads import Threads


class Platform:
    """A server, its courier and its conversations. `sent` is every message that was accepted, oldest first."""

    def __init__(self, server: PlatformServer, courier: Courier, threads: Threads, sent: list[Sent]) -> None:
        self.server = server
        self.courier = courier
        self.threads = threads
        self.sent = sent

    @property
    def url(self) -> str:
        """The origin that stands for the platform's own hosts."""
        return self.server.url

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; 0 lets the system choose the port."""
        await self.server.start(port)

    async def close(self) -> None:
        """Stop listening and posting."""
        await self.courier.close()
        await self.server.close()

    async def settle(self) -> None:
        """Wait until every echo and receipt is delivered."""
        await self.courier.settle()

    async def until_sent(self, count: int, seconds: float = 10) -> list[Sent]:
        """Wait until the bot has sent `count` messages in all. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self.sent) < count:
                await self.threads.beyond(self.threads.version)
        return list(self.sent)
