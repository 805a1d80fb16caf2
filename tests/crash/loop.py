"""kill -9 at random moments under load, with repeats, overtaking, and platforms that are slow and lie."""

import asyncio
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.crash.history import Verdict
from tests.crash.world import World, world

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

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.kills + other.kills,
            self.events + other.events,
            self.replies + other.replies,
            self.settled_by_asking + other.settled_by_asking,
            self.verdict + other.verdict,
            self.seconds + other.seconds,
            self.corrupt + other.corrupt,
        )

    def __str__(self) -> str:
        verdict = self.verdict
        return (
            f"kills={self.kills} events={self.events} replies={self.replies} lost={len(verdict.lost)} "
            f"doubled={len(verdict.doubled)} disordered={len(verdict.disordered)} corrupt={self.corrupt} "
            f"settled_by_asking={self.settled_by_asking} seconds={self.seconds:.0f}"
        )


async def kill_loop(folder: Path, kills: int, seed: int, progress: Callable[[int], None] = lambda _done: None) -> Tally:
    """So many kills on one database; then everything settles and is judged."""
    began = time.monotonic()
    async with world(folder, seed, LATENCY_S) as here:
        await here.start()
        await here.until_ready()  # the single-use token is not at stake here: test_tokens.py kills around it
        traffic = asyncio.create_task(_talk(here))
        corrupt = 0
        for kill in range(kills):
            await _some_life(here)
            await here.kill()
            corrupt += await asyncio.to_thread(_copy_is_corrupt, here.database)
            await here.start()
            progress(kill + 1)
        traffic.cancel()
        with suppress(asyncio.CancelledError):  # any other end of it is an error
            await traffic
        here.zalo.faults.clear()
        here.messenger.faults.clear()
        await here.settle(120)
        asked = "SELECT count(*) FROM outbox WHERE attempts > 1 OR updated_at - sending_at > 0.5"
        tally = Tally(
            kills=kills,
            events=here.said,
            replies=len(here.sent),
            settled_by_asking=int(here.rows(asked)[0][0]),
            verdict=here.verdict(),
            corrupt=corrupt + (here.integrity() != "ok"),
        )
    return replace(tally, seconds=time.monotonic() - began)


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
