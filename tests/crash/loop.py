"""kill -9 at random moments under load, with repeats, overtaking, and platforms that are slow and lie."""

import asyncio
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Final

from chatbot.serve import Duty
from tests.crash.history import Verdict
from tests.crash.server import Server, interrupted
from tests.crash.world import World, world
from tests.postgres import database

CITIZENS: Final = 40
"""Few enough to be busy; so many that nobody gets 25 replies in 5 s, beyond which Meta's history cannot tell."""
EVENTS_A_SECOND: Final = 40
COPIES: Final = 0.1
"""Share of events that are delivered twice or thrice."""
TROUBLE: Final = 0.06
"""Faults for each event."""
LATE: Final = 0.05
"""Share of events that the platform dates up to `OLDEST_S` before what it delivered already."""
OLDEST_S: Final = 3.0
TOGETHER: Final = 0.04
"""Share of webhooks of Messenger that hold the messages of three citizens."""
LATENCY_S: Final = 0.03
KILLED_AT_START: Final = 0.2
LIFE_S: Final = 0.9


FREEZE: Final = 0.03
"""Share of the blows that stop a worker for longer than its session lives, instead of killing somebody."""
FROZEN_S: Final = 6.0
SERVER_STOP: Final = 0.02
"""Share of the blows that hit the database server."""
SEVERAL: Final = {"web0": Duty.INTAKE, "web1": Duty.INTAKE, "worker0": Duty.ANSWERS, "worker1": Duty.ANSWERS}


@dataclass(frozen=True, slots=True)
class Tally:
    """What a loop did and what it cost."""

    kills: int = 0
    events: int = 0
    replies: int = 0
    settled_by_asking: int = 0
    """Sends whose fate was in doubt: settled by the platform's echo or history, or sent again."""
    verdict: Verdict = Verdict()
    seconds: float = 0.0
    corrupt: int = 0
    frozen: int = 0
    server_stops: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.kills + other.kills,
            self.events + other.events,
            self.replies + other.replies,
            self.settled_by_asking + other.settled_by_asking,
            self.verdict + other.verdict,
            self.seconds + other.seconds,
            self.corrupt + other.corrupt,
            self.frozen + other.frozen,
            self.server_stops + other.server_stops,
        )

    def __str__(self) -> str:
        verdict = self.verdict
        return (
            f"kills={self.kills} events={self.events} replies={self.replies} lost={len(verdict.lost)} "
            f"doubled={len(verdict.doubled)} disordered={len(verdict.disordered)} corrupt={self.corrupt} "
            f"settled_by_asking={self.settled_by_asking} frozen={self.frozen} server_stops={self.server_stops} "
            f"seconds={self.seconds:.0f}"
        )


Progress = Callable[[int], None]


async def kill_loop(folder: Path, kills: int, seed: int, progress: Progress = lambda _done: None) -> Tally:
    """So many kills of one bot on one SQLite file; then everything settles and is judged."""
    began = monotonic()
    async with world(folder, seed, LATENCY_S) as here:
        await here.start()
        await here.until_ready()  # the single-use token is not at stake here: test_tokens.py kills around it
        corrupt = 0
        async with _talking(here):
            for kill in range(kills):
                await _some_life(here)
                await here.kill()
                corrupt += await asyncio.to_thread(_copy_is_corrupt, here.database)
                await here.start()
                progress(kill + 1)
        tally = replace(await _judged(here), kills=kills, corrupt=corrupt + (here.integrity() != "ok"))
    return replace(tally, seconds=monotonic() - began)


async def several_loop(
    folder: Path, server: Server, kills: int, seed: int, progress: Progress = lambda _done: None
) -> Tally:
    """So many kills of random ones of two webs and two workers on one database; some are frozen, and the database
    server crashes now and then. Then everything settles and is judged."""
    began = monotonic()
    async with database(server.url) as url, world(folder, seed, LATENCY_S, url) as here:
        for name, duty in SEVERAL.items():
            await here.start(name=name, duty=duty)
        await here.until_ready()
        blows = _Blows(here, server)
        async with _talking(here):
            while blows.kills < kills:
                await asyncio.sleep(here.chance.random() * LIFE_S)
                await blows.strike()
                progress(blows.kills)
            await blows.end()
        tally = await _judged(here)
    return replace(
        tally, kills=blows.kills, frozen=blows.frozen, server_stops=blows.server_stops, seconds=monotonic() - began
    )


@dataclass
class _Blows:
    """What happens to the processes of a loop with several of them."""

    here: World
    server: Server
    kills: int = 0
    frozen: int = 0
    server_stops: int = 0
    icy: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def strike(self) -> None:
        """One blow. Who could not even start, as the server was away, is started again."""
        chance = self.here.chance
        for name in self.here.ended():
            await self.here.kill(name)
            await self.here.start(name=name, duty=SEVERAL[name])
        kind = chance.random()
        if kind < SERVER_STOP:
            self.server_stops += 1
            async with interrupted(self.server):
                await asyncio.sleep(chance.random())
        elif kind < SERVER_STOP + FREEZE and not self.icy:
            self.frozen += 1
            name = chance.choice([name for name, duty in SEVERAL.items() if duty is Duty.ANSWERS])
            self.icy[name] = asyncio.create_task(self._freeze(name))
        else:
            self.kills += 1
            name = chance.choice([name for name in SEVERAL if name not in self.icy])
            await self.here.kill(name)
            await asyncio.sleep(chance.random() * 0.3)
            await self.here.start(name=name, duty=SEVERAL[name])

    async def end(self) -> None:
        """Wait until nobody is frozen any more, and everybody is there."""
        await asyncio.gather(*self.icy.values())
        for name in SEVERAL:
            await self.here.kill(name)
            await self.here.start(name=name, duty=SEVERAL[name])

    async def _freeze(self, name: str) -> None:
        pid = self.here.pid_of(name)
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FROZEN_S)
        os.kill(pid, signal.SIGCONT)
        del self.icy[name]


@asynccontextmanager
async def _talking(here: World) -> AsyncIterator[None]:
    """Traffic as long as the block takes; then the platforms are well again."""
    traffic = asyncio.create_task(_talk(here))
    yield
    traffic.cancel()
    with suppress(asyncio.CancelledError):  # any other end of it is an error
        await traffic
    here.zalo.faults.clear()
    here.messenger.faults.clear()


async def _judged(here: World) -> Tally:
    await here.settle(120)
    asked = "SELECT count(*) FROM outbox WHERE attempts > 1 OR updated_at - sending_at > 0.5"
    return Tally(
        events=here.said,
        replies=len(here.sent),
        settled_by_asking=int(here.rows(asked)[0][0]),
        verdict=here.verdict(),
    )


async def _some_life(here: World) -> None:
    """Now and then the victim dies while it starts, else after up to a second of work."""
    if here.chance.random() >= KILLED_AT_START:
        await here.until_listening()
    await asyncio.sleep(here.chance.random() * LIFE_S)


async def _talk(here: World) -> None:
    """Citizens of both platforms write at random moments."""
    chance = here.chance
    while True:
        copies = chance.randint(2, 3) if chance.random() < COPIES else 1
        older_by = chance.random() * OLDEST_S if chance.random() < LATE else 0.0
        if chance.random() < TOGETHER:
            here.say_together([f"m{one}" for one in chance.sample(range(CITIZENS // 2), 3)], copies, older_by=older_by)
        else:
            here.say(f"{chance.choice('zm')}{chance.randrange(CITIZENS // 2)}", copies, older_by=older_by)
        if chance.random() < TROUBLE:
            here.trouble()
        await asyncio.sleep(chance.expovariate(EVENTS_A_SECOND))


def _copy_is_corrupt(database: Path) -> bool:
    """SQLite's check of what the kill left behind, on a copy: the victim itself must recover the log."""
    if not database.exists():
        return False
    with tempfile.TemporaryDirectory(dir=database.parent) as place:
        for part in database.parent.glob(f"{database.name}*"):
            shutil.copy(part, place)
        with closing(sqlite3.connect(Path(place) / database.name)) as copy:
            return bool(copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok")
