"""Load on a bot: as fast as the webhook takes it, or at a given rate whether or not anything was answered yet."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from benchmarks.measure import percentile
from benchmarks.world import World

AT_ONCE: Final = 32
PATIENCE_S: Final = 240.0
OK: Final = 200
BUSY: Final = 503
AGAIN_S: Final = 0.1
"""A refused webhook is posted again after this long (the platforms wait longer)."""
UNREACHED: Final = 0
"""The status of a request that no HTTP answer came to."""
_numbers = itertools.count(1)
Question = tuple[str, str]
"""(who asks, what)."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What a closed loop saw: replies a second, the milliseconds from each webhook to its reply, how many webhooks were
    refused and posted again, and the load's own processor time (milliseconds a message)."""

    rate: float
    waits: tuple[float, ...]
    refused: int
    load_cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What an open loop saw: the status of each person's request, milliseconds of those that got a 200, how late the
    generator itself was (milliseconds, p99), and how many were unanswered when the last one was posted."""

    statuses: dict[str, int]
    acks: tuple[float, ...]
    lateness: float
    behind: int

    @property
    def accepted(self) -> frozenset[str]:
        """Who got a 200: each must be answered, once."""
        return frozenset(citizen for citizen, status in self.statuses.items() if status == OK)

    def share(self, *statuses: int) -> float:
        """The share of requests that ended so."""
        return sum(status in statuses for status in self.statuses.values()) / len(self.statuses)


def strangers(meta: World, texts: Sequence[str], count: int) -> list[Question]:
    """`count` people nobody has met, with the texts in turn."""
    return [(meta.citizen(), texts[number % len(texts)]) for number in range(count)]


async def drive(origin: str, meta: World, texts: Sequence[str], count: int) -> Drive:
    """`count` strangers ask, 32 webhooks at once, until all are answered. Raises RuntimeError, TimeoutError."""
    return await drive_people(origin, meta, strangers(meta, texts, count))


async def drive_people(origin: str, meta: World, asked: Sequence[Question], *, patience_s: float = PATIENCE_S) -> Drive:
    """These people ask, each once, until all are answered. Raises RuntimeError for a status other than 200 and 503."""
    people = iter(asked)
    refused = 0

    async def keep_asking() -> None:
        nonlocal refused
        for citizen, text in people:
            mid = f"m_{citizen}_{next(_numbers)}"
            while (status := (await meta.ask(origin, citizen, text, mid))[0]) == BUSY:
                refused += 1
                await asyncio.sleep(AGAIN_S)
            if status != OK:
                raise RuntimeError(f"the webhook answered {status}")

    meta.forget()
    loop = asyncio.get_running_loop()
    began, used = loop.time(), time.process_time()
    await asyncio.gather(*(keep_asking() for _ in range(AT_ONCE)))
    await meta.until_answered(len(asked), patience_s)
    took, used = loop.time() - began, time.process_time() - used
    waits = tuple(wait * 1000 for wait in meta.waits)
    meta.forget()
    return Drive(len(asked) / took, waits, refused, used / len(asked) * 1000)


async def stream(origin: str, meta: World, asked: Sequence[Question], rate: float) -> Stream:
    """`rate` messages a second, each person once. Returns when the last webhook has its answer; replies go on."""
    meta.forget()
    loop = asyncio.get_running_loop()
    late: list[float] = []
    asking: list[asyncio.Task[tuple[int, float]]] = []
    began = loop.time()
    for number, (citizen, text) in enumerate(asked):
        due = began + number / rate
        if (wait := due - loop.time()) > 0:
            await asyncio.sleep(wait)
        elif number % AT_ONCE == 0:
            await asyncio.sleep(0)
        late.append((loop.time() - due) * 1000)
        asking.append(asyncio.create_task(_ask(origin, meta, citizen, text)))
    behind = len(asked) - len(meta.answered)
    answers = await asyncio.gather(*asking)
    statuses = {citizen: status for (citizen, _), (status, _) in zip(asked, answers, strict=True)}
    acks = tuple(took * 1000 for status, took in answers if status == OK)
    return Stream(statuses=statuses, acks=acks, lateness=percentile(late, 0.99), behind=behind)


async def _ask(origin: str, meta: World, citizen: str, text: str) -> tuple[int, float]:
    try:
        return await meta.ask(origin, citizen, text)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return UNREACHED, 0.0
