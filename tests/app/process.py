"""A bot as a process: started, signalled, killed, started again around the same folder and platforms."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from chatbot.simulator import Delivery, MessengerPlatform, ZaloPlatform
from tests.app.whole import small_content, write_settings
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass
class Machine:
    """One folder, both platforms, and the processes that are started on them."""

    folder: Path
    zalo: ZaloPlatform
    messenger: MessengerPlatform
    port: int
    alive: list[asyncio.subprocess.Process]

    @property
    def environment(self) -> dict[str, str]:
        """What the process is told."""
        plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {"PYTHONPATH": str(ROOT), "CHATBOT_CONFIG": str(self.folder / "config.yaml")}
        return {**plain, **self.zalo.environment(), **self.messenger.environment(), **own}

    async def start(self, *, think_ms: int = 0, port: int | None = None) -> asyncio.subprocess.Process:
        """Start a bot; its log goes to `log` in the folder."""
        command = (sys.executable, "-m", "tests.app.echo_server", str(port or self.port), str(think_ms))
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        self.alive.append(process)
        return process

    async def until_ready(self, process: asyncio.subprocess.Process) -> None:
        """Wait until it serves. Raises RuntimeError with its log when it ends instead."""
        async with asyncio.timeout(30), aiohttp.ClientSession() as http:
            while process.returncode is None:
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
        raise RuntimeError(self.log())

    def log(self) -> str:
        """All it wrote."""
        return (self.folder / "log").read_text("utf-8")

    async def deliver(self, event: Mapping[str, Any]) -> Delivery:
        """Deliver until it is accepted, as the platform would."""
        async with asyncio.timeout(30):
            while not (delivery := await self.zalo.deliver(dict(event))).accepted:
                await asyncio.sleep(0.05)
        return delivery


@asynccontextmanager
async def machine(folder: Path, changes: Mapping[str, Any] | None = None) -> AsyncIterator[Machine]:
    """A folder with content and configuration, and both platforms."""
    small_content(folder)
    write_settings(folder, changes or {})
    port = free_port()
    base = f"http://127.0.0.1:{port}/webhooks"
    zalo, messenger = ZaloPlatform(webhook_url=f"{base}/zalo"), MessengerPlatform(webhook_url=f"{base}/messenger")
    await asyncio.gather(zalo.start(), messenger.start())
    made = Machine(folder, zalo, messenger, port, [])
    try:
        yield made
    finally:
        for process in made.alive:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()
        await asyncio.gather(zalo.close(), messenger.close())
