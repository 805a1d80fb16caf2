"""A world around the victim: two simulated platforms that deliver until they are heard, and the means to kill it."""

import asyncio
import multiprocessing
import random
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from chatbot.simulator import Delivery, FaultKind, MessengerPlatform, Operation, ZaloPlatform
from tests.app.whole import small_content, write_settings
from tests.crash import victim
from tests.crash.history import Verdict, judge

AGAIN: Final = (timedelta(seconds=0.1),) * 600
"""The platforms try for a minute."""
SETTINGS: Final[dict[str, Any]] = {
    "lanes": {"settle_ms": 15, "shutdown_s": 2},
    "intake": {"budget_s": 1.5},
    "zalo": {"sends_per_minute": 100_000, "send_timeout_s": 0.7},
    "messenger": {"sends_per_second": 10_000, "send_timeout_s": 0.7},
}
OPEN_ROWS: Final = (
    "SELECT (SELECT count(*) FROM inbox WHERE status = 0) + (SELECT count(*) FROM outbox WHERE status IN (0, 1, 4))"
)
GRANTED: Final = "SELECT count(*) FROM token WHERE version > 1 AND state = 'good'"
"""The seed is the first version, the first pair the second."""
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["__main__", "tests.crash.victim"])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class World:
    """One database, one port, both platforms, and the process that lives and dies there."""

    folder: Path
    port: int
    zalo: ZaloPlatform
    messenger: MessengerPlatform
    chance: random.Random
    environment: dict[str, str]
    process: ForkServerProcess | None = None
    heard: dict[str, set[str]] = field(default_factory=dict)
    """The events of each citizen that were answered 200."""
    deliveries: set[asyncio.Task[None]] = field(default_factory=set)
    said: int = 0

    @property
    def url(self) -> str:
        """The victim's origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "var" / "chatbot.db"

    @property
    def pid(self) -> int:
        """The victim's process."""
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid

    def orders(self, crash_at: str = "") -> victim.Orders:
        """What the victim must know."""
        return victim.Orders(str(self.folder), self.port, self.environment, crash_at)

    # --- life and death -----------------------------------------------------------------------------------------------

    async def start(self, crash_at: str = "") -> None:
        """Start it, not waiting until it listens."""
        self.process = _processes.Process(target=victim.run, args=(self.orders(crash_at),), daemon=True)
        await asyncio.to_thread(self.process.start)

    async def until_ready(self, seconds: float = 20) -> None:
        """Wait until it answers and has an access token of Zalo's."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(seconds):
            while True:
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200 and self.rows(GRANTED) == [(1,)]:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.03)

    async def until_dead(self, seconds: float = 15) -> int:
        """Wait for its own death; its exit status."""
        process = self.process
        assert process is not None
        await asyncio.to_thread(process.join, seconds)
        status = process.exitcode
        assert status is not None, "it did not die: the crash point was not reached"
        process.close()
        self.process = None
        return status

    async def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            await self.until_dead()

    # --- traffic ------------------------------------------------------------------------------------------------------

    def say(self, citizen: str, copies: int = 1) -> str:
        """A citizen of Zalo ("z...") or Messenger writes; the platform delivers it so often, each until heard."""
        self.said += 1
        name = f"e{self.said}"
        for deliver in [self._writing(citizen, name)] * copies:
            task = asyncio.create_task(self._heard(citizen, name, deliver))
            self.deliveries.add(task)
            task.add_done_callback(self.deliveries.discard)
        return name

    def _writing(self, citizen: str, name: str) -> Callable[[], Awaitable[Delivery]]:
        if citizen.startswith("z"):
            event = self.zalo.events.said(citizen, "text", {"text": name, "msg_id": name})
            return partial(self.zalo.deliver, event)
        item = self.messenger.events.said(citizen, {"mid": f"m_{name}", "text": name})
        return partial(self.messenger.deliver, item)

    async def _heard(self, citizen: str, name: str, deliver: Callable[[], Awaitable[Delivery]]) -> None:
        await asyncio.sleep(self.chance.random() * 0.05)  # one's second message may overtake the first
        assert (await deliver()).accepted, f"{name} was never heard"
        self.heard.setdefault(citizen, set()).add(name)

    def trouble(self) -> None:
        """Something goes wrong at the next call of one of the platforms."""
        platform = self.chance.choice((self.zalo, self.messenger))
        kind = self.chance.choice([one for one in FaultKind if one not in {FaultKind.CODE, FaultKind.GARBAGE}])
        operation = Operation.HISTORY if self.chance.random() < 0.1 and not kind.accepts else Operation.SEND
        platform.faults.next(kind, operation=operation)

    async def settle(self, seconds: float = 60) -> None:
        """Wait until everything was heard, answered, sent and echoed."""
        async with asyncio.timeout(seconds):
            while True:
                if self.deliveries:
                    await asyncio.gather(*self.deliveries)
                await self.zalo.settle()
                await self.messenger.settle()
                if not self.deliveries and self.rows(OPEN_ROWS) == [(0,)]:
                    return
                await asyncio.sleep(0.03)

    # --- judgement ----------------------------------------------------------------------------------------------------

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def phone(self, citizen: str) -> Sequence[str]:
        """What arrived at a citizen, oldest first."""
        return [one.text for one in (*self.zalo.sent, *self.messenger.sent) if one.citizen == citizen]

    def verdict(self) -> Verdict:
        """Every citizen's history, and the database's own health."""
        citizens = {*self.heard, *(one.citizen for one in (*self.zalo.sent, *self.messenger.sent))}
        found = Verdict()
        for citizen in sorted(citizens):
            found += judge(citizen, self.heard.get(citizen, set()), self.phone(citizen))
        dead = self.rows("SELECT id FROM inbox WHERE status = 2")
        failed = self.rows("SELECT key, error FROM outbox WHERE status NOT IN (2)")
        return found + Verdict(lost=(*(f"dead letter {row}" for row in dead), *(f"unsent {row}" for row in failed)))

    def integrity(self) -> str:
        """SQLite's own check."""
        return str(self.rows("PRAGMA integrity_check")[0][0])


@asynccontextmanager
async def world(folder: Path, seed: int = 1, latency_s: float = 0.0) -> AsyncIterator[World]:
    """Platforms on free ports; the victim is started by the test and killed at the end.

    Half of `latency_s` (at random, on average) passes before a platform acts and half after."""
    zalo, messenger = ZaloPlatform(ladder=AGAIN), MessengerPlatform(ladder=AGAIN)
    chance = random.Random(seed)
    if latency_s:
        for platform in (zalo, messenger):
            platform.server.app.middlewares.append(_slow(chance, latency_s))
    await asyncio.gather(zalo.start(), messenger.start())
    small_content(folder)
    write_settings(folder, SETTINGS)
    port = _free_port()
    zalo.courier.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    messenger.courier.url = f"http://127.0.0.1:{port}/webhooks/messenger"
    environment = {**zalo.environment(), **messenger.environment()}  # the seed stays, whatever is refreshed
    made = World(folder, port, zalo, messenger, chance, environment)
    try:
        yield made
    finally:
        await made.kill()
        for task in made.deliveries:
            task.cancel()
        await asyncio.gather(*made.deliveries, return_exceptions=True)
        await asyncio.gather(zalo.close(), messenger.close())


def _slow(chance: random.Random, latency_s: float) -> Any:
    @web.middleware
    async def slow(request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(chance.random() * latency_s)
        answer = await handler(request)
        await asyncio.sleep(chance.random() * latency_s)
        return answer

    return slow


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
