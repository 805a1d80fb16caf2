"""A process that stands still ends, so that whoever restarts it gets people their answers.

An endless loop or a regular expression that takes years holds the interpreter: nothing written in Python can notice.
The standard library's `faulthandler` waits in a thread that needs no interpreter. It writes where every thread stands
(files, lines and functions, no values) and ends the process with status 1.
"""

import asyncio
import faulthandler
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TextIO

from chatbot.observe import log

STOOD_STILL_S: Final = 60.0
"""Nothing that the loop does itself takes a hundredth of it."""


@asynccontextmanager
async def watched(stack: TextIO, limit_s: float = STOOD_STILL_S) -> AsyncIterator[None]:
    """The process ends if the event loop does not go round for so long, or a quarter less; it says where in `stack`, a
    file and no pipe: that may be what it waits for. Ctrl-Z in a terminal is no standing still."""
    beat = asyncio.create_task(_beat(stack, limit_s))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTSTP, _sleep, stack, limit_s)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTSTP)
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)


async def _beat(stack: TextIO, limit_s: float) -> None:
    try:
        while True:
            _arm(stack, limit_s)
            await asyncio.sleep(limit_s / 4)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _arm(stack: TextIO, limit_s: float) -> None:
    try:
        faulthandler.dump_traceback_later(limit_s, exit=True, file=stack)
    except (AttributeError, RuntimeError, ValueError, OSError) as error:  # no thread or no file now: at the next beat
        log.watchdog_failed(type(error).__name__)


def _sleep(stack: TextIO, limit_s: float) -> None:
    """Stop as Ctrl-Z asks; `fg` goes on from here."""
    faulthandler.cancel_dump_traceback_later()
    os.kill(os.getpid(), signal.SIGSTOP)
    _arm(stack, limit_s)
