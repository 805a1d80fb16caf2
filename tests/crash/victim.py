"""The process that dies: the whole real bot, or half of it, with a mind that counts its turns.

Its replies are "#<turn> <events heard>" and, after every second turn, "Dạ.": the same sentence again and again, so that
reconciling by text is put to the test.
"""

import asyncio
import json
import mmap
import os
import signal
import struct
import sys
from ctypes import CDLL
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import parent_process
from pathlib import Path

from aiohttp import web

from chatbot.app import utc_now
from chatbot.config import load_config
from chatbot.delivery.crash_points import arm, die
from chatbot.knowledge import Knowledge, load
from chatbot.model import EventKind, Outcome, Part, Reply, Turn, TurnRecord, TurnResult
from chatbot.observe import log
from chatbot.serve import Duty, Rhythm, open_bot, until_signalled
from chatbot.serve.watchdog import STOOD_STILL_S, watched
from tests.crash.history import SAME

PR_SET_PDEATHSIG = 1
"""Linux: the signal when the parent ends."""
RHYTHM = Rhythm(grace=0.5, content=3600, measure=1, ping=0.5, tokens=0.5, retention=3600)
HANGS_S = 1.0
"""Who hangs on purpose is ended sooner than after the program's minute."""
WRONG_BY = struct.Struct("d")
_HEARD = frozenset({EventKind.TEXT})


@dataclass(frozen=True, slots=True)
class Orders:
    """Where it lives, whom it talks to, where it shall die ("" = nowhere) or only freeze, what it does (the name of a
    Duty), the file that says how wrong its clock is, and the message that it cannot survive, or never ends to read."""

    folder: str
    port: int
    environment: dict[str, str]
    crash_at: str = ""
    duty: str = Duty.ALL.name or ""
    freezes: bool = False
    clock: str = ""
    poison: str = ""
    hangs: bool = False

    def save(self, path: Path) -> None:
        """For a victim that is started as a program of its own."""
        path.write_text(json.dumps(asdict(self)), "utf-8")


class WrongClock:
    """The wall clock of this machine, plus as many seconds as a file says at this moment."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._seconds = mmap.mmap(file.fileno(), WRONG_BY.size, prot=mmap.PROT_READ)

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=WRONG_BY.unpack_from(self._seconds)[0])


@dataclass(frozen=True, slots=True)
class Counting:
    """Pure and deterministic: the number of the turn in its conversation, and the events it heard."""

    poison: str = ""
    hangs: bool = False

    def turn(self, turn: Turn) -> TurnResult:
        """One part, or two at every second turn."""
        heard = [event.text for event in turn.events if event.kind in _HEARD]
        if self.poison in heard:
            while self.hangs:
                pass
            os.kill(os.getpid(), signal.SIGKILL)
        if not heard:
            return TurnResult(
                session=turn.session, reply=Reply(outcome=Outcome.UNANSWERED_IGNORED), record=TurnRecord()
            )
        number = int(turn.session.slots.get("count", "0")) + 1
        parts = [Part(f"#{number} {' '.join(heard)}")] + ([Part(SAME)] if number % 2 == 0 else [])
        reply = Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=tuple(parts))
        session = replace(turn.session, slots={"count": str(number)})
        return TurnResult(session=session, reply=reply, record=TurnRecord(text=" ".join(heard)))


@dataclass(frozen=True, slots=True)
class CountingMind:
    """Small content and the counter."""

    knowledge: Knowledge
    pipeline: Counting


def die_with_parent() -> None:
    """Also when that is killed, and this one frozen."""
    CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    tests = parent_process()
    if tests is not None and not tests.is_alive():  # it was too late for that
        die()


def run(orders: Orders) -> None:
    """Live until killed, told to stop, dead at the crash point, or left alone by a killed test."""
    die_with_parent()
    arm(orders.crash_at, _freeze if orders.freezes else die)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        log.configure("ERROR", nowhere)
        asyncio.run(_serve(orders))


def _freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


async def _serve(orders: Orders) -> None:
    config = load_config(orders.environment, Path(orders.folder))
    now = WrongClock(Path(orders.clock)) if orders.clock else utc_now
    mind = CountingMind(load(config.settings.intents), Counting(orders.poison, orders.hangs))
    bot = await open_bot(config, mind, now, RHYTHM, Duty[orders.duty])
    runner = web.AppRunner(bot.web_app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    async with watched(bot.recorder.stack, HANGS_S if orders.hangs else STOOD_STILL_S):
        await bot.start()
        await web.TCPSite(runner, "127.0.0.1", orders.port, reuse_port=True).start()  # several webs, one address
        await until_signalled()
    await runner.cleanup()
    await bot.stop()


if __name__ == "__main__":
    run(Orders(**json.loads(Path(sys.argv[1]).read_text("utf-8"))))
