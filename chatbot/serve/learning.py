"""New content while the bot serves: learnt by a process of its own, then read from the cache within a second or two."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from chatbot.app import Brain, load_brain
from chatbot.config import Settings
from chatbot.knowledge.load import fingerprint


async def load_anew(settings: Settings) -> Brain:
    """The content that stands in the folder now. Raises ContentError, RegistrationError, OSError."""
    await learn_all(settings.intents, partial(learn_apart, settings.intents, settings.model_cache))
    return await asyncio.to_thread(load_brain, settings)


async def learn_all(intents: Path, learn: Callable[[], Awaitable[None]]) -> None:
    """Learn until the folder stands as it was learnt: learning takes a minute, and what is saved meanwhile must not be
    learnt by the process that serves. Raises OSError."""
    learnt = ""
    while learnt != (now := await asyncio.to_thread(fingerprint, intents)):
        learnt = now
        await learn()


async def learn_apart(intents: Path, cache: Path) -> None:
    """Bring the understanding of the content into the cache. Where that fails nothing is said: whoever reads the
    content learns it himself then, and says what is wrong with it."""
    command = (sys.executable, "-m", "chatbot.nlu", str(intents), str(cache))
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
