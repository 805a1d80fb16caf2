"""A world around the victim: two simulated platforms that deliver until they are heard, and the means to kill it."""

import asyncio
import multiprocessing
import random
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from time import monotonic
from typing import Any, Final

import aiohttp
import pytest

from chatbot.serve import Duty
from chatbot.simulator import FaultKind, MessengerPlatform, Operation, ZaloPlatform
from chatbot.simulator.account import Sent
from chatbot.webhook.receive import AHEAD
from tests.app.whole import small_content, write_settings
from tests.crash import victim
from tests.crash.history import Said, Verdict, judge, judge_books
from tests.crash.slowness import Stalls, slow
from tests.ports import free_port
from tests.postgres import Asker

AGAIN: Final = tuple(timedelta(seconds=pause) for pause in (0.1, 0.2, 0.4, *[0.8] * 90))
"""The platforms try for more than a minute."""
SETTINGS: Final[dict[str, Any]] = {
    "lanes": {"settle_ms": 15, "shutdown_s": 2},
    "intake": {"budget_s": 1.5},
    "zalo": {"sends_per_minute": 100_000, "send_timeout_s": 0.7},
    "messenger": {"sends_per_second": 10_000, "send_timeout_s": 0.7},
}
OPEN_ROWS: Final = (
    "SELECT (SELECT count(*) FROM inbox WHERE status = 0) + (SELECT count(*) FROM outbox WHERE status IN (0, 1, 4))"
)
WAITING_EVENTS: Final = "SELECT id, conversation, kind, received_at FROM inbox WHERE status = 0"
WAITING_SENDS: Final = (
    "SELECT key, conversation, status, attempts, next_at, sending_at, error FROM outbox WHERE status IN (0, 1, 4)"
)
SENDS: Final = (
    "SELECT conversation, key, text, status, attempts, sending_at, updated_at, platform_id, error FROM outbox "
    "ORDER BY conversation, seq"
)
GRANTED: Final = "SELECT count(*) FROM token WHERE version > 1 AND state = 'good'"
"""The seed is the first version, the first pair the second."""
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.crash.fork_server", "pytest", "rich.progress", "tests.crash.loop"])
"""Each victim is a fork of a server that has imported everything: it starts in a fraction of a second."""
BOT: Final = "bot"


@dataclass
class World:
    """One database, one port, both platforms, and the processes that live and die there ("bot", or several by name)."""

    folder: Path
    port: int
    zalo: ZaloPlatform
    messenger: MessengerPlatform
    chance: random.Random
    environment: dict[str, str]
    database_url: str = ""
    """A PostgreSQL database; "" for the SQLite file."""
    asker: Asker | None = None
    """Asks that database."""
    members: dict[str, ForkServerProcess] = field(default_factory=dict)
    heard: dict[str, dict[str, Said]] = field(default_factory=dict)
    """The events of each citizen that were answered 200, by name."""
    unheard: list[str] = field(default_factory=list)
    """What the platform gave up delivering."""
    deliveries: set[asyncio.Task[None]] = field(default_factory=set)
    said: int = 0
    wrong_by_s: float = 0.0
    """How far the victims' wall clock is off."""

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
        """The process of the only victim."""
        return self.pid_of(BOT)

    def pid_of(self, name: str) -> int:
        """A victim's process."""
        pid = self.members[name].pid
        assert pid is not None
        return pid

    def orders(
        self,
        crash_at: str = "",
        duty: Duty = Duty.ALL,
        *,
        freezes: bool = False,
        database_url: str = "",
        poison: str = "",
        hangs: bool = False,
    ) -> victim.Orders:
        """What a victim must know. A worker has its own port; webs share theirs."""
        return victim.Orders(
            folder=str(self.folder),
            port=free_port() if duty is Duty.ANSWERS else self.port,
            environment=self.environment | ({"DATABASE_URL": database_url} if database_url else {}),
            crash_at=crash_at,
            duty=duty.name or "",
            freezes=freezes,
            clock=str(self.clock),
            poison=poison,
            hangs=hangs,
        )

    @property
    def clock(self) -> Path:
        """The file that says how many seconds the victims' wall clock is wrong."""
        return self.folder / "clock"

    def set_clock(self, wrong_by_s: float) -> None:
        """The victims' wall clock jumps."""
        self.wrong_by_s = wrong_by_s
        with self.clock.open("r+b") as file:
            file.write(victim.WRONG_BY.pack(wrong_by_s))

    # --- life and death -----------------------------------------------------------------------------------------------

    async def start(
        self,
        crash_at: str = "",
        *,
        name: str = BOT,
        duty: Duty = Duty.ALL,
        **more: Any,
    ) -> None:
        """Start one, not waiting until it listens; `more` as `orders` has it."""
        orders = self.orders(crash_at, duty, **more)
        process = _processes.Process(target=victim.run, args=(orders,), daemon=True)
        self.members[name] = process
        await asyncio.to_thread(process.start)

    def ended(self) -> list[str]:
        """Who has ended by itself: a process that cannot reach its database at its start does."""
        return [name for name, process in self.members.items() if process.exitcode is not None]

    async def until_frozen(self, name: str, seconds: float = 15) -> None:
        """Wait until it stands still (SIGSTOP)."""
        async with asyncio.timeout(seconds):
            while not _stands_still(self.pid_of(name)):
                await asyncio.sleep(0.02)

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

    async def until_listening(self, seconds: float = 20) -> None:
        """Wait until it takes connections."""
        async with asyncio.timeout(seconds):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    async def until_dead(self, seconds: float = 15, *, name: str = BOT) -> int:
        """Wait for its own death; its exit status."""
        process = self.members[name]
        await asyncio.to_thread(process.join, seconds)
        status = process.exitcode
        assert status is not None, "it did not die: the crash point was not reached"
        process.close()
        del self.members[name]
        return status

    async def kill(self, name: str = BOT) -> None:
        """kill -9."""
        if name in self.members:
            self.members[name].kill()
            await self.until_dead(name=name)

    # --- traffic ------------------------------------------------------------------------------------------------------

    def say(self, citizen: str, copies: int = 1, *, older_by: float = 0.0) -> str:
        """A citizen of Zalo ("z...") or Messenger writes; the platform delivers it so often, each until heard.

        It may bear an older time of the platform's than what was delivered before, by so many seconds.
        """
        return self.say_together([citizen], copies, older_by=older_by)[0]

    def say_together(self, citizens: Sequence[str], copies: int = 1, *, older_by: float = 0.0) -> list[str]:
        """The same, and Messenger puts the messages of several citizens into one webhook."""
        names = [f"e{self.said + nth}" for nth in range(1, len(citizens) + 1)]
        self.said += len(names)
        earlier = int(older_by * 1000)
        written = [self._written(citizen, name, earlier) for citizen, name in zip(citizens, names, strict=True)]
        for _ in range(copies):
            task = asyncio.create_task(self._heard(citizens, names, written))
            self.deliveries.add(task)
            task.add_done_callback(self.deliveries.discard)
        return names

    async def chat(self, seconds: float) -> None:
        """Both platforms, about forty messages a second from twenty citizens, some delivered twice."""
        end = monotonic() + seconds
        while monotonic() < end:
            self.say(f"{self.chance.choice('zm')}{self.chance.randrange(10)}", copies=self.chance.choice((1, 1, 1, 2)))
            await asyncio.sleep(0.025)

    def _written(self, citizen: str, name: str, earlier_ms: int) -> dict[str, Any]:
        """The event as the platform words it."""
        if citizen.startswith("z"):
            event = self.zalo.events.said(citizen, "text", {"text": name, "msg_id": name})
            event["timestamp"] = str(int(event["timestamp"]) - earlier_ms)
        else:
            event = self.messenger.events.said(citizen, {"mid": f"m_{name}", "text": name})
            event["timestamp"] -= earlier_ms
        return event

    async def _heard(self, citizens: Sequence[str], names: Sequence[str], written: Sequence[dict[str, Any]]) -> None:
        await asyncio.sleep(self.chance.random() * 0.05)  # one's second message may overtake the first
        posted = monotonic()
        of_zalo = citizens[0].startswith("z")
        delivery = await (self.zalo.deliver(*written) if of_zalo else self.messenger.deliver(*written))
        if not delivery.accepted:
            self.unheard += names
        for citizen, name, event in zip(citizens, names, written, strict=True):
            known = self.heard.setdefault(citizen, {})
            first = known.get(name)
            begun = min(posted, first.posted) if first else posted
            at = int(event["timestamp"]) if self.wrong_by_s > -AHEAD.total_seconds() else None
            known[name] = Said(name, at, begun, first.heard if first else monotonic())

    def trouble(self) -> None:
        """Something goes wrong at the next call of one of the platforms: it is out of order, lies, or wants less."""
        platform, too_many = self.chance.choice(((self.zalo, -32), (self.messenger, 613)))
        kind = self.chance.choice([one for one in FaultKind if one is not FaultKind.GARBAGE])
        asks_history = self.chance.random() < 0.1 and not kind.accepts
        operation = Operation.HISTORY if asks_history else Operation.SEND
        platform.faults.next(kind, operation=operation, code=too_many)

    async def settle(self, seconds: float = 60) -> None:
        """Wait until everything was heard, answered, sent and echoed."""
        try:
            async with asyncio.timeout(seconds):
                await self._settled()
        except TimeoutError:
            waiting = [*self.rows(WAITING_EVENTS), *self.rows(WAITING_SENDS)]
            pytest.fail(f"not settled after {seconds} s: {len(self.deliveries)} deliveries under way; {waiting}")

    async def until_heard(self, seconds: float = 20) -> None:
        """Wait until everything was heard and had its turn; answers may still wait."""
        async with asyncio.timeout(seconds):
            while self.deliveries or self.rows(WAITING_EVENTS):
                await asyncio.sleep(0.01)

    async def _settled(self) -> None:
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
        if self.asker:
            return self.asker.ask(query)
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def phone(self, citizen: str) -> Sequence[str]:
        """What arrived at a citizen, oldest first."""
        return [one.text for one in self.sent if one.citizen == citizen]

    @property
    def sent(self) -> list[Sent]:
        """What both platforms accepted, each in its order."""
        return [*self.zalo.sent, *self.messenger.sent]

    def verdict(self) -> Verdict:
        """Every citizen's history on the phone and in the books, and nothing left over in the database."""
        found = Verdict(lost=tuple(f"never heard: {name}" for name in self.unheard))
        books = self._books()
        for citizen in sorted({*self.heard, *books, *(one.citizen for one in self.sent)}):
            said = self.heard.get(citizen, {}).values()
            verdict = judge(citizen, said, self.phone(citizen)) + judge_books(citizen, said, books.get(citizen, []))
            found += verdict if verdict.fine else replace(verdict, evidence=self._evidence(citizen))
        dead = self.rows("SELECT id FROM inbox WHERE status = 2")
        failed = self.rows("SELECT key, error FROM outbox WHERE status NOT IN (2)")
        return found + Verdict(lost=(*(f"dead letter {row}" for row in dead), *(f"unsent {row}" for row in failed)))

    def _evidence(self, citizen: str) -> tuple[str, ...]:
        """When everything was said, sent and accepted, for whoever must find out why."""
        said = [f"{one.name} posted {one.posted:.2f} heard {one.heard:.2f}" for one in self.heard[citizen].values()]
        came = [f"{one.at.timestamp():.2f} {one.text}" for one in self.sent if one.citizen == citizen]
        rows = [row for row in self.rows(SENDS) if row[0].endswith(f":{citizen}")]
        return (f"{citizen}, monotonic: {said}", f"{citizen}, accepted: {came}", f"{citizen}, outbox: {rows}")

    def _books(self) -> dict[str, list[str]]:
        """The turns of each citizen as the database keeps them."""
        books: dict[str, list[str]] = {}
        for conversation, text in self.rows("SELECT conversation, text FROM turn WHERE text <> '' ORDER BY id"):
            books.setdefault(conversation.rpartition(":")[2], []).append(text)
        return books

    def integrity(self) -> str:
        """SQLite's own check."""
        return str(self.rows("PRAGMA integrity_check")[0][0])


@asynccontextmanager
async def world(
    folder: Path,
    seed: int = 1,
    latency_s: float = 0.0,
    database_url: str = "",
    changes: Mapping[str, Mapping[str, Any]] | None = None,
) -> AsyncIterator[World]:
    """Platforms on free ports; victims are started by the test and killed at the end. `changes` of their settings.

    Half of `latency_s` (at random, on average) passes before a platform acts and half after."""
    ensure_running()  # here and not by the first start in a thread: the fork server lives as long as who started it
    zalo, messenger = ZaloPlatform(ladder=AGAIN), MessengerPlatform(ladder=AGAIN)
    chance = random.Random(seed)
    stalls = Stalls()
    for platform in (zalo, messenger):
        platform.server.app.middlewares.append(slow(chance, latency_s, stalls))
    watch = asyncio.create_task(stalls.watch())
    await asyncio.gather(zalo.start(), messenger.start())
    small_content(folder)
    write_settings(folder, {name: {**values, **(changes or {}).get(name, {})} for name, values in SETTINGS.items()})
    (folder / "clock").write_bytes(victim.WRONG_BY.pack(0))
    port = free_port()
    zalo.courier.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    messenger.courier.url = f"http://127.0.0.1:{port}/webhooks/messenger"
    environment = {**zalo.environment(), **messenger.environment()}  # the seed stays, whatever is refreshed
    if database_url:
        environment["DATABASE_URL"] = database_url
    asker = Asker(database_url) if database_url else None
    made = World(folder, port, zalo, messenger, chance, environment, database_url, asker)
    try:
        yield made
    finally:
        for name in list(made.members):
            await made.kill(name)
        for task in (watch, *made.deliveries):
            task.cancel()
        await asyncio.gather(watch, *made.deliveries, return_exceptions=True)
        await asyncio.gather(zalo.close(), messenger.close())
        if asker:
            asker.close()


def _stands_still(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].startswith(" T")
